"""The clock of this machine, by which a client really waits."""

from __future__ import annotations

import datetime
import time

import anyio
import pytest

from octopus_cards import SystemClock


def test_the_system_clock_is_the_systems() -> None:
    clock = SystemClock()
    assert abs(clock.now() - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(seconds=60)
    assert clock.now().tzinfo is datetime.UTC
    before = time.monotonic()
    assert clock.monotonic() >= before


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it_waits(backend: str) -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0.02)
    anyio.run(clock.asleep, 0.02, backend=backend)
    assert clock.monotonic() - before >= 0.04
