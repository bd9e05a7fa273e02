"""A server for programs that place orders: the emulator over HTTP, whose requests fail at random moments.

It prints its address. Each line on its standard input is a share of requests that fail from then on; it answers `ok`.
"""

from __future__ import annotations

import random
import sys
from typing import Any

from octopus_cards.emulator import Assumptions, Emulator, EmulatorClock

ORDERS = "/api/v1/topups/orders"
FAULTS: tuple[dict[str, Any], ...] = (
    {"lost": True},
    {"connection": "cut"},
    {"connection": "reset"},
    {"status": 500},
    {"status": 502, "executed": True},
    {"status": 503, "retry_after": 1},
    {"status": 429, "retry_after": 1},
    {"status": 408},
    {"status": 200, "body": "<html>log in</html>", "executed": True},
    {"status": 302, "headers": {"location": "https://elsewhere.example/"}},
)


def main() -> None:
    """Serve until the standard input ends."""
    seed, list_delay = int(sys.argv[1]), float(sys.argv[2])
    clock = EmulatorClock(speed=1.0)
    emulator = Emulator(seed, clock=clock, limits=None, assumptions=Assumptions(list_delay=list_delay))
    share, draw, handle = 0.0, random.Random(seed), emulator.handle

    def faulty(incoming: Any) -> Any:
        if draw.random() < share:
            fault = draw.choice(FAULTS)
            # Reads fail only in ways that the client retries, so that the program can check the result.
            if incoming.method == "POST" or fault.get("status") not in (200, 302):
                emulator.fail_next(**fault, method=incoming.method, path=incoming.target.partition("?")[0])
        return handle(incoming)

    emulator.handle = faulty  # type: ignore[method-assign]
    with emulator.serve() as url:
        print(url, flush=True)
        for line in sys.stdin:
            share = float(line)
            print("ok", flush=True)


if __name__ == "__main__":
    main()
