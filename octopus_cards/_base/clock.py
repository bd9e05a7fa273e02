"""Where all time comes from."""

from __future__ import annotations

import datetime
import time
from typing import Protocol


class Clock(Protocol):
    """What a client reads the time from and sleeps by; give your own to test without waiting."""

    def monotonic(self) -> float:
        """Seconds from some fixed point; never goes back."""
        ...

    def now(self) -> datetime.datetime:
        """The time of day, aware of its offset."""
        ...

    def sleep(self, seconds: float) -> None:
        """Returns after `seconds`."""
        ...

    async def asleep(self, seconds: float) -> None:
        """Returns after `seconds`, letting other tasks run."""
        ...


Clock.__module__ = "octopus_cards"


class SystemClock:
    """The clock of this machine."""

    __module__ = "octopus_cards"

    def monotonic(self) -> float:
        """Seconds from some fixed point."""
        return time.monotonic()

    def now(self) -> datetime.datetime:
        """The time of day in UTC."""
        return datetime.datetime.now(datetime.UTC)

    def sleep(self, seconds: float) -> None:
        """Blocks for `seconds`."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Waits for `seconds` under asyncio or trio."""
        import anyio  # it is heavy, and threads do without

        await anyio.sleep(seconds)
