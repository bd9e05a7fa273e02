"""The store that tells the first delivery of an event from the others."""

from __future__ import annotations

import datetime
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from octopus_cards._base.clock import Clock, SystemClock
from octopus_cards._base.plain import plain_number
from octopus_cards.webhooks._events import Event

KEEP = 30 * 86_400.0
LEASE = 600.0
_CLAIMS_PER_SWEEP = 1_000


class SeenEvents(Protocol):
    """What happened to each event: nothing, claimed by somebody who processes it, or done.

    The id goes from unknown to claimed with `first_time`, and then to done with `done` or back to unknown with
    `release`. A claim that is neither done nor released when its lease ends is open again, because its process
    may have crashed. So an event is processed at least once: twice if a process crashes between processing it
    and `done`, or processes it for longer than the lease.
    """

    def first_time(self, event_id: str, event: Event | None = None) -> bool:
        """Claim an event, atomically; return False where it is done, or claimed by somebody else.

        Args:
            event_id: Its id.
            event: The event; kept until it is done, for `unfinished`.
        """
        ...

    def done(self, event_id: str) -> None:
        """Remember that an event was processed."""
        ...

    def release(self, event_id: str) -> None:
        """End the claim of an event that was not processed."""
        ...

    def unfinished(self) -> Iterator[Event]:
        """Claim and yield the kept events, one by one, whose claim was released or outlived its lease."""
        ...


@dataclass(slots=True)
class _Entry:
    is_done: bool
    until: float  # the end of the lease, or of the time for which a done event is remembered
    event: Event | None
    received_at: float


class MemorySeenEvents:
    """Seen events in the memory of this process, for one process and for tests: a crash forgets them.

    Threads can share it.

    Args:
        keep: For how many seconds it remembers an event.
        lease: For how many seconds a claim holds; longer than processing takes.
        clock: The clock; by default that of this machine.

    Raises:
        ValueError: A time is not positive or not finite.
    """

    def __init__(self, *, keep: float = KEEP, lease: float = LEASE, clock: Clock | None = None) -> None:
        self._keep, self._lease = check_seconds("keep", keep), check_seconds("lease", lease)
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._claims = 0

    def __len__(self) -> int:
        return len(self._entries)

    def first_time(self, event_id: str, event: Event | None = None) -> bool:
        """Claim an event; return False where it is done, or claimed by somebody else."""
        now = unix_now(self._clock)
        with self._lock:
            self._sweep(now)
            before = self._entries.get(event_id)
            if before is not None and before.until > now:
                return False
            self._entries[event_id] = _Entry(is_done=False, until=now + self._lease, event=event, received_at=now)
            return True

    def done(self, event_id: str) -> None:
        """Remember that an event was processed."""
        now = unix_now(self._clock)
        with self._lock:
            self._entries[event_id] = _Entry(is_done=True, until=now + self._keep, event=None, received_at=now)

    def release(self, event_id: str) -> None:
        """End the claim of an event that was not processed."""
        with self._lock:
            entry = self._entries.get(event_id)
            if entry is not None and not entry.is_done:
                entry.until = -math.inf

    def unfinished(self) -> Iterator[Event]:
        """Claim and yield the kept events, one by one, whose claim was released or outlived its lease."""
        started = unix_now(self._clock)
        with self._lock:
            candidates = [id_ for id_, entry in self._entries.items() if _is_open(entry, started)]
        for event_id in candidates:
            event = self._claim_again(event_id, started)
            if event is not None:
                yield event

    def _claim_again(self, event_id: str, started: float) -> Event | None:
        with self._lock:
            entry = self._entries.get(event_id)
            if entry is None or not _is_open(entry, started):
                return None
            entry.until = unix_now(self._clock) + self._lease
            return entry.event

    def _sweep(self, now: float) -> None:
        self._claims += 1
        if self._claims % _CLAIMS_PER_SWEEP:
            return
        for event_id, entry in list(self._entries.items()):
            if entry.until <= now and (entry.is_done or entry.received_at + self._keep <= now):
                del self._entries[event_id]


def check_seconds(name: str, seconds: float) -> float:
    """Return a positive time.

    Raises:
        ValueError: It is not positive or not finite.
    """
    number = plain_number(seconds)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} must be more than 0 seconds, got {number!r}")
    return number


def unix_now(clock: Clock) -> float:
    """Return the time of day as a Unix time; processes can compare it."""
    now: datetime.datetime = clock.now()
    return now.timestamp()


def _is_open(entry: _Entry, now: float) -> bool:
    return not entry.is_done and entry.event is not None and entry.until <= now
