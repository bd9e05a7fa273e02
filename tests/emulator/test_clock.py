"""The emulator's clock is stopped until it is advanced, or runs at a chosen speed."""

from __future__ import annotations

import datetime

import anyio
import pytest

from octopus_cards.emulator import EmulatorClock


def test_the_clock_advances_by_the_given_time() -> None:
    clock = EmulatorClock()
    clock.advance(1.5)
    clock.sleep(2)
    assert clock.monotonic() == 3.5
    assert clock.now() == clock.start + datetime.timedelta(seconds=3.5)
    with pytest.raises(ValueError, match="seconds must be 0 or more"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="speed must be from 0 to 100000"):
        EmulatorClock(speed=-1)
    with pytest.raises(ValueError, match="must be aware"):
        EmulatorClock(datetime.datetime(2026, 5, 19))  # noqa: DTZ001


def test_concurrent_sleeps_overlap() -> None:
    clock = EmulatorClock()

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            for seconds in (3, 5, 4):
                tasks.start_soon(clock.asleep, seconds)

    anyio.run(main)
    assert clock.monotonic() == 5.0


def test_a_running_clock_runs_at_its_speed() -> None:
    clock = EmulatorClock(speed=10_000.0)
    clock.sleep(100)
    anyio.run(clock.asleep, 100)
    assert clock.monotonic() >= 200
