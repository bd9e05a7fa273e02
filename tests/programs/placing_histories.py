"""Kill processes that place orders, at every effect and at random moments: `nox -s placing`, 2,000 histories.

Each history is one client_reference. Some processes place it or recover the journal, one after the other or at the same
time, and are killed (SIGKILL); requests fail as well. In the end one process recovers the journal, and one places the
order again. There must be one order for the reference, and the journal must name it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import octopus_cards as oc
from octopus_cards.emulator import EmulatorClock
from octopus_cards.journal import Journal

# Waits of the client, for retries and lookups, pass this many times faster.
SPEED = 40.0
ORDER: dict[str, Any] = {"input_data": {"player_id": "5123456789", "server": "asia"}}
FAULTY = 0.25
# Seconds until the list shows an order.
LIST_DELAY = 0.01
PARALLEL = 4


class Life(NamedTuple):
    """What one process does, and when it is killed."""

    recovers: bool
    kill_at: int | None
    kill_before: bool
    kill_after_seconds: float | None
    max_debit: bool


class History(NamedTuple):
    """The processes of one reference; those of one group run at the same time."""

    reference: str
    is_encrypted: bool
    groups: list[list[Life]]

    @classmethod
    def random(cls, number: int) -> History:
        """Return the history with this number."""
        draw = random.Random(number)
        lives = [_random_life(draw) for _ in range(draw.randint(1, 4))]
        groups = [lives] if draw.random() < 0.2 else [[life] for life in lives]
        return cls(f"HISTORY-{number}", draw.random() < 0.5, groups)


def _random_life(draw: random.Random) -> Life:
    at_effect = draw.random() < 0.75
    return Life(
        recovers=draw.random() < 0.25,
        kill_at=draw.randint(1, 14) if at_effect else None,
        kill_before=draw.random() < 0.5,
        kill_after_seconds=None if at_effect else draw.uniform(0.0, 0.05),
        max_debit=draw.random() < 0.3,
    )


class Killer:
    """Kills its process before or after an effect."""

    def __init__(self, client: oc.OctopusCards, life: Life) -> None:
        self.count = 0
        self._life = life
        self._perform = client._driver._perform
        client._driver._perform = self.perform  # type: ignore[method-assign]

    def perform(self, effect: Any) -> Any:
        self.count += 1
        if self.count == self._life.kill_at and self._life.kill_before:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return self._perform(effect)
        finally:
            if self.count == self._life.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)


def live(life: Life, history: History, url: str, journal_path: Path) -> None:
    """Be one process of a history."""
    code: dict[str, Any] = {"encrypt": _flip, "decrypt": _flip} if history.is_encrypted else {}
    clock = EmulatorClock(start=_now(), speed=SPEED)
    with (
        Journal.open(journal_path, **code) as journal,
        oc.OctopusCards("emulator-token", base_url=url, clock=clock) as client,
    ):
        Killer(client, life)
        with suppress(oc.OctopusCardsError):
            if life.recovers:
                list(client.recover(journal))
            else:
                # The price is 4.7405.
                limit = random.Random(life.kill_at).choice(["5", "4.50"]) if life.max_debit else None
                client.topups.orders.place(
                    4218, "4.99", client_reference=history.reference, journal=journal, max_debit=limit, **ORDER
                )


def _flip(data: bytes) -> bytes:
    return bytes(byte ^ 0x5A for byte in data)


def _now() -> Any:
    import datetime

    return datetime.datetime.now(datetime.UTC)


def fork(function: Any, *arguments: Any) -> int:
    """Run a function in a child process; return its id."""
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            function(*arguments)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def play(history: History, url: str, folder: Path, seen: Counter[str]) -> str | None:
    """Play a history to its end; return what is wrong."""
    journal_path = folder / f"{history.reference}.db"
    for group in history.groups:
        children = [(life, fork(live, life, history, url, journal_path)) for life in group]
        for life, child in children:
            if life.kill_after_seconds is not None:
                time.sleep(life.kill_after_seconds)
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            status = os.waitpid(child, 0)[1]
            if os.WIFSIGNALED(status):
                seen["processes killed"] += 1
            elif status:
                return f"a process ended with status {status}"
    return _settle(history, url, journal_path, seen)


def _settle(history: History, url: str, journal_path: Path, seen: Counter[str]) -> str | None:
    """Recover the journal, compare it with the server, and place the order again."""
    code: dict[str, Any] = {"encrypt": _flip, "decrypt": _flip} if history.is_encrypted else {}
    clock = EmulatorClock(start=_now(), speed=SPEED)
    with (
        Journal.open(journal_path, **code) as journal,
        oc.OctopusCards("emulator-token", base_url=url, clock=clock, attempts=20, deadline=600.0) as client,
    ):
        orders, reference = client.topups.orders, history.reference
        recovered = list(client.recover(journal))
        again = list(client.recover(journal))
        entries = [entry for entry in journal.entries() if entry.reference == reference]
        state = str(entries[0].state) if entries else "no entry"
        time.sleep(LIST_DELAY)
        existing = list(orders.page(client_reference=reference))
        seen[f"state after recover: {state}"] += 1
        seen["orders after recover"] += len(existing)
        problem = _problem(history, state, entries, existing, recovered, again)
        if problem is not None:
            return problem
        placement = orders.place(4218, "4.99", client_reference=reference, journal=journal, **ORDER)
        # After a doubt, an order whose response is lost again may stem from an earlier request.
        is_certain = state in ("no entry", "INTENT", "REJECTED")
        if (placement.created and existing) or (is_certain and not placement.created):
            return f"state {state}, created {placement.created}, and the order existed: {bool(existing)}"
        time.sleep(LIST_DELAY)
        found = orders.page(client_reference=reference)
        (entry,) = journal.entries()
        if [order.id for order in found] != [entry.order_id] or entry.state != "ACCEPTED":
            return f"{len(found)} orders, state {entry.state}"
    return None


def _problem(
    history: History, state: str, entries: list[Any], existing: list[Any], recovered: list[Any], again: list[Any]
) -> str | None:
    if len(existing) > 1 or len(recovered) > 1 or again:
        return f"{len(existing)} orders, {len(recovered)} recovered, {len(again)} recovered again"
    if state == "ACCEPTED":
        ids = {entry.order_id for entry in entries} | {placement.order.id for placement in recovered}
        return None if ids == {order.id for order in existing} else f"the journal has {ids}"
    if state in ("no entry", "INTENT", "REJECTED") and not existing:
        return None
    # Without private arguments the request cannot be sent again, so a person must look.
    if state == "REVIEW" and not existing and not history.is_encrypted:
        return None
    return f"state {state} with {len(existing)} orders"


def run(numbers: range, url: str, folder: Path, results: Path) -> None:
    """Play some histories; write what was seen."""
    seen, wrong = Counter[str](), list[str]()
    for number in numbers:
        history = History.random(number)
        problem = play(history, url, folder, seen)
        if problem is not None:
            wrong.append(f"{history}: {problem}")
    results.write_text(json.dumps({"seen": seen, "wrong": wrong}))


def main() -> None:
    """Run the histories in some processes at a time, against one server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    program = [sys.executable, str(Path(__file__).with_name("placing_server.py")), "7", str(LIST_DELAY)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        server.stdin.write(f"{FAULTY}\n")
        server.stdin.flush()
        server.stdout.readline()
        numbers = [range(options.first + i, options.first + options.count, PARALLEL) for i in range(PARALLEL)]
        results = [folder / f"results-{i}.json" for i in range(PARALLEL)]
        children = [fork(run, part, url, folder, result) for part, result in zip(numbers, results, strict=True)]
        statuses = [os.waitpid(child, 0)[1] for child in children]
        server.stdin.close()
    seen, wrong = Counter[str](), list[str]()
    for result in results:
        found = json.loads(result.read_text()) if result.exists() else {"seen": {}, "wrong": ["a runner failed"]}
        seen.update(found["seen"])
        wrong += found["wrong"]
    for name, count in sorted(seen.items()):
        print(f"{name}: {count}")
    print(f"{options.count} histories, {len(wrong)} wrong", *wrong[:20], sep="\n")
    if wrong or any(statuses):
        sys.exit("the histories of placed orders failed")


if __name__ == "__main__":
    main()
