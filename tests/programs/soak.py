"""Run eight threads on one client against a failing server: `nox -s soak`, five minutes.

The server is the emulator over HTTP, in a process of its own: one request in twenty fails in a random way, access
tokens live two seconds, and orders are added all the time. Every call must return the right result or raise an
exception of the package, and neither sockets nor memory may grow.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import random
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psutil

import octopus_cards as oc
from octopus_cards.emulator import Emulator, EmulatorClock

ORDERS = 300
FAULT_RATE = 0.05
TOKEN_LIFE = 2.0
ADDED_EVERY = 0.5
# A worker pauses while no login is possible; most calls must return a result.
PAUSE_AFTER_FAILURE = 0.05
MIN_CORRECT_SHARE = 0.9
FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 401},
    {"status": 404},
    {"status": 429, "retry_after": 0},
    {"status": 429, "message": "slow down"},
    {"status": 500},
    {"status": 502},
    {"status": 503, "retry_after": 1},
    {"status": 504},
    {"status": 520},
    {"status": 200, "body": "<html>log in</html>"},
    {"status": 200, "body": ""},
    {"status": 200, "body": b'[{"id": 1'},
    {"status": 302, "headers": {"location": "https://elsewhere.example/"}},
    {"connection": "dropped"},
    {"connection": "reset"},
    {"connection": "cut"},
    {"connection": "cut chunk"},
    {"connection": "not http"},
    {"connection": "read timeout"},
)


def new_emulator() -> tuple[Emulator, list[int]]:
    """Return an emulator, the same in the server and in the checks, and the ids of its orders."""
    emulator = Emulator(
        seed=1,
        clock=EmulatorClock(datetime.datetime(2026, 5, 19, tzinfo=datetime.UTC), speed=1.0),
        access_lifetime=TOKEN_LIFE,
        limits=None,
    )
    ids = [
        emulator.add_order(client_reference=f"ORDER-{number}", amount=f"{number}.0{number % 10}", status="DELIVERED")
        for number in range(ORDERS)
    ]
    return emulator, ids


def serve() -> None:
    """Serve until the standard input ends."""
    emulator, _ = new_emulator()
    draw = random.Random(7)
    answer = emulator.handle

    def fail_randomly(incoming: Any) -> oc.RawResponse:
        if draw.random() < FAULT_RATE:
            emulator.fail_next(**draw.choice(FAULTS))
        return answer(incoming)

    emulator.handle = fail_randomly  # type: ignore[method-assign]

    def move() -> None:
        while True:
            time.sleep(ADDED_EVERY)
            emulator.add_order(delivered_after=1.0)
            emulator.requests.clear()

    threading.Thread(target=move, daemon=True).start()
    with emulator.serve() as url:
        print(url, flush=True)
        sys.stdin.read()


@dataclass
class Tally:
    """The results of the calls."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    retries: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, call: str, outcome: str) -> None:
        """Count one call."""
        with self.lock:
            self.outcomes[call, outcome] += 1

    def retried(self, retry: oc.Retry) -> None:
        """Count one retry."""
        with self.lock:
            self.retries += 1


class Calls:
    """The calls of the workers; each returns whether its result is right."""

    def __init__(self, client: oc.OctopusCards, ids: list[int]) -> None:
        self._orders = client.topups.orders
        self._ids = ids

    def get(self, draw: random.Random) -> bool:
        """Read one order by its id."""
        number = draw.randrange(ORDERS)
        order = self._orders.get(self._ids[number])
        return (order.id, order.client_reference, str(order.amount)) == (
            self._ids[number], f"ORDER-{number}", f"{number}.0{number % 10}",
        )  # fmt: skip

    def find(self, draw: random.Random) -> bool:
        """Find one order by its reference."""
        number = draw.randrange(ORDERS)
        order = self._orders.find(f"ORDER-{number}")
        return order is not None and order.id == self._ids[number]

    def page(self, draw: random.Random) -> bool:
        """Read one page."""
        page = self._orders.page(per_page=50)
        ids = [order.id for order in page]
        return (len(ids), page.number) == (50, 1) and ids == sorted(ids, reverse=True)

    def walk(self, draw: random.Random) -> bool:
        """Read the whole moving list, resumed after each error."""
        got: list[int] = []
        items = self._orders.list(per_page=100)
        for left in reversed(range(20)):
            try:
                for order in items:
                    got.append(order.id)  # noqa: PERF401
            except oc.RequestError as error:
                if not left:
                    raise
                items = self._orders.list(resume=error.position)
            else:
                return sorted(set(got), reverse=True) == got and set(self._ids) <= set(got)
        raise AssertionError("the loop returns or raises")

    def wait(self, draw: random.Random) -> bool:
        """Wait for an order that becomes final soon."""
        newest = self._orders.page(per_page=1)[0]
        return self._orders.wait(newest.id, timeout=30.0, cadence=oc.Cadence([(30, 0.5)])).status == "DELIVERED"

    def email(self, draw: random.Random) -> bool:
        """Set the e-mail address of an order, which may already be final."""
        newest = self._orders.page(per_page=1)[0]
        try:
            return self._orders.set_notification_email(newest.id, "soak@example.com").success
        except oc.BadRequestError:
            return True


def work(calls: Calls, tally: Tally, seed: int, until: float) -> None:
    """Make the calls of one thread."""
    draw = random.Random(seed)
    weighted: list[tuple[Callable[[random.Random], bool], int]] = [
        (calls.get, 8), (calls.find, 4), (calls.page, 3), (calls.email, 2), (calls.walk, 1), (calls.wait, 1),
    ]  # fmt: skip
    functions, weights = zip(*weighted, strict=True)
    while time.monotonic() < until:
        call = draw.choices(functions, weights)[0]
        try:
            right = call(draw)
        except oc.OctopusCardsError as error:
            tally.count(call.__name__, type(error).__name__)
            time.sleep(PAUSE_AFTER_FAILURE)
            continue
        except BaseException as error:
            tally.count(call.__name__, "ESCAPED")
            tally.wrong.append(f"{call.__name__}: {error!r}")
            continue
        tally.count(call.__name__, "right" if right else "WRONG")
        if not right:
            tally.wrong.append(f"{call.__name__}: wrong result")


@dataclass(frozen=True)
class Size:
    """The resources that this process holds."""

    sockets: int
    files: int
    megabytes: float
    objects: int

    @classmethod
    def now(cls) -> Size:
        """Return the current resources."""
        gc.collect()
        process = psutil.Process()
        connections = process.net_connections()
        return cls(len(connections), process.num_fds(), process.memory_info().rss / 2**20, len(gc.get_objects()))


def watch(until: float, tally: Tally) -> list[Size]:
    """Measure twenty times and print each measurement."""
    began, sizes = time.monotonic(), []
    for step in range(1, 21):
        time.sleep(max(0.0, began + (until - began) * step / 20 - time.monotonic()))
        sizes.append(size := Size.now())
        calls = sum(tally.outcomes.values())
        print(
            f"{time.monotonic() - began:5.0f} s  {calls:7} calls  {tally.retries:5} retries"
            f"  {size.sockets:3} sockets  {size.megabytes:6.1f} MiB  {size.objects:7} objects"
            f"  {len(tally.wrong)} wrong",
            flush=True,
        )
    return sizes


def report(tally: Tally, sizes: list[Size], seconds: float) -> bool:
    """Print the results and return whether they are good."""
    total = sum(tally.outcomes.values())
    right = sum(count for (_, outcome), count in tally.outcomes.items() if outcome == "right")
    print(f"\n{total} calls in {seconds:.0f} s ({total / seconds:.0f} a second), {tally.retries} retries")
    for name in dict.fromkeys(name for name, _ in tally.outcomes):
        found = sorted(((n, outcome) for (call, outcome), n in tally.outcomes.items() if call == name), reverse=True)
        print(f"  {name:6}", ", ".join(f"{outcome} {count}" for count, outcome in found))
    early, late = sizes[4:9], sizes[-5:]
    print(
        f"right results {right}, exceptions of the package {total - right - len(tally.wrong)}, wrong {len(tally.wrong)}"
    )
    good = not tally.wrong and right > MIN_CORRECT_SHARE * total
    for what, allowed in (("sockets", 8.0), ("files", 8.0), ("megabytes", 5.0), ("objects", 2000.0)):
        before, after = (statistics.median(getattr(size, what) for size in part) for part in (early, late))
        grown = after - before
        good = good and grown <= allowed
        print(f"{what}: {before:.0f} early, {after:.0f} late ({grown:+.1f}, allowed {allowed:+.0f})")
    print(*tally.wrong[:20], sep="\n")
    return good


def soak(seconds: float, threads: int) -> bool:
    """Return whether every call had the right result or exception and no resource grew."""
    _, ids = new_emulator()
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin is not None
    assert server.stdout is not None
    tally, until = Tally(), time.monotonic() + seconds
    try:
        with oc.OctopusCards(
            api_key="emulator-key",
            api_secret="emulator-secret",
            base_url=server.stdout.readline().strip(),
            timeout=1.0,
            on_retry=tally.retried,
        ) as client:
            calls = Calls(client, ids)
            workers = [threading.Thread(target=work, args=(calls, tally, seed, until)) for seed in range(threads)]
            for worker in workers:
                worker.start()
            sizes = watch(until, tally)
            for worker in workers:
                worker.join()
    finally:
        server.stdin.close()
        server.wait(30)
        server.stdout.close()
    return report(tally, sizes, seconds)


def main() -> None:
    """Run the soak test, or its server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
    elif not soak(options.seconds, options.threads):
        sys.exit("the soak test failed")


if __name__ == "__main__":
    main()
