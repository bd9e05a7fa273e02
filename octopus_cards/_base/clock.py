"""The source of all time in the package."""

from __future__ import annotations

import datetime
import time
from typing import Protocol


class Clock(Protocol):
    """The clock that a client reads and sleeps by; pass your own to test without waiting."""

    def monotonic(self) -> float:
        """Return seconds since a fixed point; the value never decreases."""
        ...

    def now(self) -> datetime.datetime:
        """Return the time of day as an aware datetime."""
        ...

    def sleep(self, seconds: float) -> None:
        """Block for `seconds`."""
        ...

    async def asleep(self, seconds: float) -> None:
        """Wait for `seconds` while other tasks run."""
        ...


Clock.__module__ = "octopus_cards"


class SystemClock:
    """The clock of this machine."""

    __module__ = "octopus_cards"

    def monotonic(self) -> float:
        """Return seconds since a fixed point."""
        return time.monotonic()

    def now(self) -> datetime.datetime:
        """Return the time of day in UTC."""
        return datetime.datetime.now(datetime.UTC)

    def sleep(self, seconds: float) -> None:
        """Block for `seconds`."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Wait for `seconds` under asyncio or trio."""
        import anyio  # anyio is slow to import, and a synchronous client does not need it

        await anyio.sleep(seconds)
