"""The number of calls of one client that may use a connection at the same time."""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue
from threading import RLock
from weakref import WeakSet


class Slot:
    """The right to use a connection."""

    __slots__ = ("__weakref__",)


class Slots:
    """A fixed number of slots for threads. Callers queue here: queueing in the HTTP library's pool is far slower.

    The slots in use are counted by weak references: a KeyboardInterrupt can arrive between taking a slot and entering
    a block that would release it. Nothing refers to such a slot, so it stops counting by itself.
    """

    # The longest time before a waiting thread looks again, in seconds: a slot that was lost wakes nobody.
    _MAX_PAUSE = 0.1

    def __init__(self, count: int) -> None:
        self._count = count
        self._in_use: WeakSet[Slot] = WeakSet()
        self._lock = RLock()  # a signal handler may use the client while its thread is in here
        self._released: SimpleQueue[None] = SimpleQueue()

    def take(self, seconds: float) -> Slot | None:
        """Return a slot, which counts as long as it exists or until it is released; None if none is free in time."""
        ends_at = time.monotonic() + seconds
        while True:
            with self._lock:
                if len(self._in_use) < self._count:
                    slot = Slot()
                    self._in_use.add(slot)
                    return slot
            left = ends_at - time.monotonic()
            if left <= 0:
                return None
            try:
                self._released.get(timeout=min(left, self._MAX_PAUSE))
            except Empty:
                continue

    def release(self, slot: Slot) -> None:
        """Return a slot; a second time has no effect."""
        self._in_use.discard(slot)
        if self._released.qsize() < self._count:
            self._released.put(None)
