"""Measure what the journal adds to a placement, and its updates: alone, and with eight processes or threads.

python benchmarks/journal_updates.py [folder]
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from octopus_cards.emulator import Emulator
from octopus_cards.journal import Entry, Journal, State

ORDERS = 1000
WRITERS = 8
REQUEST = {"product_id": 4218, "amount": Decimal("4.99"), "wallet_id": 7}


def place(journal: Journal, reference: str) -> list[float]:
    """Update the journal three times, as an order does, and return the seconds of each."""
    entry = Entry(reference, State.INTENT, "create_topup_order", REQUEST, "salt:hash", created_at=time.time())
    times = []
    for state in (State.INTENT, State.SENDING, State.ACCEPTED):
        start = time.perf_counter()
        journal.update(reference, lambda before, state=state: replace(before or entry, state=state))  # type: ignore[misc]
        times.append(time.perf_counter() - start)
    return times


def place_many(journal: Journal, name: int, orders: int, results: Any) -> None:
    start = time.time()
    times = [each for number in range(orders) for each in place(journal, f"{name}-{number}")]
    results.put((start, time.time(), times))


def run_process(path: Path, name: int, orders: int, results: Any) -> None:
    with Journal.open(path) as journal:
        place_many(journal, name, orders, results)


def measure(title: str, workers: Sequence[Any], results: Any) -> None:
    for worker in workers:
        worker.start()
    reports = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    times = [each for _, _, part in reports for each in part]
    seconds = max(end for _, end, _ in reports) - min(start for start, _, _ in reports)
    median, longest = statistics.median(times) * 1000, max(times) * 1000
    print(f"{title}: {len(times) / seconds:,.0f} updates a second, median {median:.2f} ms, longest {longest:,.0f} ms")


def measure_placements(folder: str | None) -> None:
    """Place orders with and without a journal, in turn, against an emulator in this process."""
    emulator, times = Emulator(limits=None), dict[bool, list[float]]()
    with tempfile.TemporaryDirectory(dir=folder) as name, Journal.open(Path(name, "orders.db")) as journal:
        orders = emulator.client().topups.orders
        for number in range(ORDERS):
            for has_journal in (False, True):
                start = time.perf_counter()
                orders.place(
                    4218, "0.99", client_reference=f"{number}-{has_journal}", input_data={"player_id": "5123456789"},
                    journal=journal if has_journal else None,
                )  # fmt: skip
                times.setdefault(has_journal, []).append(time.perf_counter() - start)
    without, with_journal = (statistics.median(times[key]) * 1000 for key in (False, True))
    difference = with_journal - without
    print(f"placement: {without:.2f} ms, with a journal {with_journal:.2f} ms: {difference:.2f} ms more (medians)")


def main(folder: str | None) -> None:
    measure_placements(folder)
    results: Any = multiprocessing.Queue()
    for count in (1, WRITERS):
        with tempfile.TemporaryDirectory(dir=folder) as name:
            arguments = [(Path(name, "orders.db"), number, ORDERS // count, results) for number in range(count)]
            processes = [multiprocessing.Process(target=run_process, args=each) for each in arguments]
            measure(f"processes: {count}", processes, results)
    with tempfile.TemporaryDirectory(dir=folder) as name, Journal.open(Path(name, "orders.db")) as journal:
        shares = [(journal, number, ORDERS // WRITERS, results) for number in range(WRITERS)]
        threads = [threading.Thread(target=place_many, args=each) for each in shares]
        measure(f"threads: {WRITERS}", threads, results)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
