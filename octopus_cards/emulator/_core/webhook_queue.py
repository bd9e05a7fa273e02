"""The deliveries that are waiting for their time."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True, slots=True, order=True)
class Delivery:
    """An event that is to be sent.

    Attributes:
        at: When, by the monotonic time of the clock.
        number: Deliveries with the same time are sent in this order.
        event_id: The id of the event.
        event_type: Its type.
        body: The body.
        attempt: The number of the attempt, from 1.
    """

    at: float
    number: int
    event_id: str = field(compare=False)
    event_type: str = field(compare=False)
    body: bytes = field(compare=False, repr=False)
    attempt: int = field(compare=False, default=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreliability:
    """How deliveries go wrong.

    Attributes:
        duplicates: The share of events that are sent a second time, from 0 to 1.
        reorder: By how many seconds of the clock a delivery may be late, so that others overtake it.
        attempts: How many times a delivery is attempted.
        retry_delay: The seconds before the second attempt; each further delay is twice as long.
    """

    duplicates: float = 0.0
    reorder: float = 0.0
    attempts: int = 8
    retry_delay: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.duplicates <= 1:
            raise ValueError(f"duplicates must be from 0 to 1, got {self.duplicates!r}")
        if not (0 <= self.reorder < float("inf") and 0 <= self.retry_delay < float("inf")):
            raise ValueError("reorder and retry_delay must be 0 seconds or more")
        if self.attempts < 1:
            raise ValueError(f"attempts must be 1 or more, got {self.attempts}")


class DeliveryQueue:
    """Deliveries in order of their time; not for several threads at once."""

    def __init__(self, unreliability: Unreliability, random: Random) -> None:
        self._unreliability = unreliability
        self._random = random
        self._heap: list[Delivery] = []
        self._count = 0

    def add_event(self, now: float, event_id: str, event_type: str, body: bytes) -> None:
        """Add the one or two deliveries of an event."""
        copies = 2 if self._random.random() < self._unreliability.duplicates else 1
        for _ in range(copies):
            late = self._random.uniform(0, self._unreliability.reorder)
            self._add(now + late, event_id, event_type, body, 1)

    def retry(self, now: float, failed: Delivery) -> bool:
        """Add the next attempt of a delivery; return False where it was the last."""
        if failed.attempt >= self._unreliability.attempts:
            return False
        at = now + self._unreliability.retry_delay * 2 ** (failed.attempt - 1)
        self._add(at, failed.event_id, failed.event_type, failed.body, failed.attempt + 1)
        return True

    def take_due(self, now: float) -> Delivery | None:
        """Remove and return the first delivery whose time has come."""
        return heapq.heappop(self._heap) if self.has_due(now) else None

    def has_due(self, now: float) -> bool:
        """Return whether the time of a delivery has come."""
        return bool(self._heap) and self._heap[0].at <= now

    def _add(self, at: float, event_id: str, event_type: str, body: bytes, attempt: int) -> None:
        self._count += 1
        heapq.heappush(self._heap, Delivery(at, self._count, event_id, event_type, body, attempt))
