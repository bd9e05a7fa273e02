"""The limits of one attempt while it uses a connection."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

# The longest time between two checks whether the client was closed, in seconds.
POLL_INTERVAL = 0.25


def _never() -> bool:
    return False


class AttemptControl:
    """Bounds every network operation of the attempt that currently uses a connection.

    Timeouts of single reads do not bound a response that arrives byte by byte. Sockets know only real time, so this and
    the other modules of the network do not use the injected clock.

    Attributes:
        was_sent: Whether a byte of the request may have reached the server; None if the transport does not say.
    """

    __slots__ = ("_ends_at", "_is_closed", "was_sent")

    def __init__(self) -> None:
        self._ends_at = math.inf
        self._is_closed: Callable[[], bool] = _never
        self.was_sent: bool | None = None

    def start(self, seconds: float, is_closed: Callable[[], bool], *, was_sent: bool | None) -> None:
        """Begin an attempt that may take this many seconds."""
        self._ends_at = time.monotonic() + seconds
        self._is_closed = is_closed
        self.was_sent = was_sent

    @property
    def is_closed(self) -> bool:
        """Whether the client was closed during the attempt."""
        return self._is_closed()

    @property
    def is_over(self) -> bool:
        """Whether the time of the attempt is over."""
        return time.monotonic() >= self._ends_at

    def limit(self, timeout: float | None) -> float:
        """Return the seconds that an operation with this timeout may take."""
        left = self._ends_at - time.monotonic()
        return max(0.0, left if timeout is None else min(timeout, left))
