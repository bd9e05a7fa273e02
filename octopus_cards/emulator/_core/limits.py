"""Rate limits: how many requests of a class the server admits in a rolling minute."""

from __future__ import annotations

import datetime
import math
from collections import deque
from collections.abc import Callable, Mapping

from octopus_cards.emulator._core.problems import rate_limited
from octopus_cards.emulator._core.responses import ErrorResponse

_WINDOW = datetime.timedelta(minutes=1)


class RateLimiter:
    """Counts the admitted requests of each rate class.

    Args:
        limits: How many requests a minute each class admits; a class without an entry has no limit.
        now: The time of day.
    """

    def __init__(self, limits: Mapping[str, int], now: Callable[[], datetime.datetime]) -> None:
        self._limits = limits
        self._now = now
        self._admitted: dict[str, deque[datetime.datetime]] = {rate_class: deque() for rate_class in limits}

    def admit(self, rate_class: str) -> None:
        """Count a request of this class.

        Raises:
            ErrorResponse: The class has reached its limit; 429 with `Retry-After`.
        """
        if rate_class not in self._limits:
            return
        now, admitted = self._now(), self._admitted[rate_class]
        while admitted and admitted[0] <= now - _WINDOW:
            admitted.popleft()
        if len(admitted) >= self._limits[rate_class]:
            wait = math.ceil((admitted[0] + _WINDOW - now).total_seconds())
            raise ErrorResponse(rate_limited(wait), {"retry-after": str(wait)})
        admitted.append(now)
