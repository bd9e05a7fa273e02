"""The emulator's clock, which a test advances."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable

import anyio
import anyio.lowlevel

START = datetime.datetime(2026, 5, 19, 14, 30, tzinfo=datetime.UTC)


# A day in less than a second; much more would leave the years that a datetime can hold.
MAX_SPEED = 100_000.0


class EmulatorClock:
    """A clock that is stopped until a test advances it, or runs at a chosen speed.

    Sleeping on a stopped clock advances it instantly, so no test waits in real time.

    Args:
        start: The first time of day, with a UTC offset.
        speed: 0 stops the clock; 1 runs in real time; 60 makes a minute pass in a second.

    Raises:
        ValueError: `start` has no UTC offset, or `speed` is negative or above 100,000.
    """

    def __init__(self, start: datetime.datetime = START, speed: float = 0.0) -> None:
        if start.tzinfo is None:
            raise ValueError(f"start must be aware of its offset, got {start!r}")
        if not 0 <= speed <= MAX_SPEED:
            raise ValueError(f"speed must be from 0 to {MAX_SPEED:g}, got {speed!r}")
        self.start = start
        self.speed = speed
        self._advanced = 0.0
        self._real_start = time.monotonic()
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def monotonic(self) -> float:
        """Return the seconds since the start."""
        return self._advanced + (time.monotonic() - self._real_start) * self.speed

    def now(self) -> datetime.datetime:
        """Return the time of day."""
        return self.start + datetime.timedelta(seconds=self.monotonic())

    def advance(self, seconds: float) -> None:
        """Advance the clock instantly.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            raise ValueError(f"seconds must be 0 or more, got {seconds!r}")
        with self._lock:
            self._advanced += seconds
        self._notify()

    def sleep(self, seconds: float) -> None:
        """Block for this time by the clock; a stopped clock advances instead."""
        if self.speed:
            time.sleep(seconds / self.speed)
        else:
            self._advance_to(self._advanced + seconds)

    async def asleep(self, seconds: float) -> None:
        """Await this time by the clock; a stopped clock advances instead, after a checkpoint."""
        if self.speed:
            await anyio.sleep(seconds / self.speed)
            return
        wake_at = self._advanced + seconds
        await anyio.lowlevel.checkpoint()
        self._advance_to(wake_at)

    def _advance_to(self, advanced: float) -> None:
        """Advance to the latest wake-up time: concurrent sleeps overlap, they do not add up."""
        with self._lock:
            self._advanced = max(self._advanced, advanced)
        self._notify()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call a listener whenever the clock was advanced."""
        with self._lock:
            self._listeners.append(listener)

    def unsubscribe(self, listener: Callable[[], None]) -> None:
        """Do not call a listener any more; it may be an unknown one."""
        with self._lock:
            self._listeners = [each for each in self._listeners if each != listener]

    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()
