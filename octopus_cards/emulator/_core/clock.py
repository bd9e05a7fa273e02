"""The emulator's time, which moves as the test says."""

from __future__ import annotations

import datetime
import threading
import time

import anyio
import anyio.lowlevel

START = datetime.datetime(2026, 5, 19, 14, 30, tzinfo=datetime.UTC)


class EmulatorClock:
    """A clock that stands until it is moved, or runs at a speed of its own.

    Whoever sleeps by a standing clock moves it instead, so that no test really waits.

    Args:
        start: The time of day at first, aware of its offset.
        speed: 0 stands; 1 runs as time does; 60 makes a minute pass in a second.
    """

    def __init__(self, start: datetime.datetime = START, speed: float = 0.0) -> None:
        if start.tzinfo is None:
            raise ValueError(f"start must be aware of its offset, got {start!r}")
        if speed < 0:
            raise ValueError(f"speed must be 0 or more, got {speed!r}")
        self.start = start
        self.speed = speed
        self._moved = 0.0
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._moved + (time.monotonic() - self._began) * self.speed

    def now(self) -> datetime.datetime:
        """The time of day."""
        return self.start + datetime.timedelta(seconds=self.monotonic())

    def advance(self, seconds: float) -> None:
        """Moves the clock on at once.

        Raises:
            ValueError: `seconds` is negative; a clock does not go back.
        """
        if seconds < 0:
            raise ValueError(f"seconds must be 0 or more, got {seconds!r}")
        with self._lock:
            self._moved += seconds

    def sleep(self, seconds: float) -> None:
        """Waits, or moves a standing clock."""
        if self.speed:
            time.sleep(seconds / self.speed)
        else:
            self._reach(self._moved + seconds)

    async def asleep(self, seconds: float) -> None:
        """Waits, or moves a standing clock once other tasks had their turn."""
        if self.speed:
            await anyio.sleep(seconds / self.speed)
            return
        wake_at = self._moved + seconds
        await anyio.lowlevel.checkpoint()
        self._reach(wake_at)

    def _reach(self, moved: float) -> None:
        """Who sleeps side by side sleeps the same seconds: the clock moves to the latest, not by the sum."""
        with self._lock:
            self._moved = max(self._moved, moved)
