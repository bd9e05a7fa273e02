"""Waiting until items become final: what to read, when to read it, and when to stop. Any resource can be waited for."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from heapq import heapify, heappop, heappush
from typing import Any, Generic, TypeVar

from msgspec import Struct

from octopus_cards._base.clock import Clock
from octopus_cards._base.exceptions import RequestError
from octopus_cards._base.wait_errors import WaitCancelledError, WaitTimeoutError
from octopus_cards._engine.effects import Emit, Flow, Invoke, Pause, Stream
from octopus_cards._engine.retry import MAX_JITTER
from octopus_cards._engine.stepping import Cancelled, until_cancelled
from octopus_cards._engine.wait_options import MAX_INTERVAL, MIN_INTERVAL, WaitOptions, is_cancelled
from octopus_cards_api.operation import Operation

T = TypeVar("T")
# Seconds for the attempts of the first read, whatever the timeout of the wait: without it nothing is known.
FIRST_READ_TIMEOUT = 15.0
# Seconds between two reads where many items are waited for: 240 a minute, of the 300 that production allows.
MIN_READ_INTERVAL = 0.25


# Reads one item by its id; no attempt starts at or after the moment (monotonic).
ReadItem = Callable[[int, float], Flow[Any]]


class WaitTarget(Struct, Generic[T], frozen=True):
    """What a resource says about waiting for its items.

    Attributes:
        operation: The operation that reads an item.
        argument: The argument of that operation that has the id.
        label: The item in words, e.g. "topup order".
        is_final: Whether an item will not change any more.
    """

    operation: Operation[T]
    argument: str
    label: str
    is_final: Callable[[T], bool]


class _Timer:
    """The time that a wait has taken: by the clock, or by its own pauses if the clock does not advance.

    A test may freeze the monotonic clock; a wait must end nevertheless.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = self._now = clock.monotonic()

    def now(self) -> float:
        """Return the current moment (monotonic)."""
        self._now = max(self._now, self._clock.monotonic())
        return self._now

    def elapsed(self) -> float:
        """Return the seconds since the wait started."""
        return self.now() - self._started

    def pause_until(self, moment: float) -> Flow[None]:
        """Pause until a moment."""
        if (seconds := moment - self.now()) > 0:
            yield Pause(seconds)
            self._now = max(self._now, moment)


class PendingItem(Struct, order=True):
    """An item that is not final yet, ordered by when it is read next (monotonic)."""

    due: float
    rank: int
    item_id: int
    item: Any = None


class _Schedule:
    """The items that are not final yet: a heap of those to read, and those for which the time is over."""

    def __init__(self, ids: Sequence[int], now: float) -> None:
        self.due = [PendingItem(now, rank, item_id) for rank, item_id in enumerate(ids)]
        self.expired: list[PendingItem] = []
        heapify(self.due)

    def __len__(self) -> int:
        return len(self.due) + len(self.expired)

    def postpone(self, pending: PendingItem, due: float | None) -> None:
        """Read an item again at this moment; None where it is not read again."""
        if due is None:
            self.expired.append(pending)
        else:
            heappush(self.due, PendingItem(due, pending.rank, pending.item_id, pending.item))

    def remaining(self, current: PendingItem | None = None) -> list[PendingItem]:
        """Return the items that are not final yet, in the order of the caller."""
        extra = [] if current is None else [current]
        return sorted([*self.due, *self.expired, *extra], key=lambda each: each.rank)


def wait(ids: Sequence[int], target: WaitTarget[Any], read: ReadItem, options: WaitOptions) -> Stream[Any]:
    """Read items one after the other, each at once and then by the cadence; emit each of them once it is final.

    Once an item was read, a later read that fails for a retryable reason counts as missed, and the wait continues. No
    read starts before the server allows it; if that is after the end of the wait, there is no last read.
    """
    timer = _Timer(options.clock)
    started = timer.now()
    until = math.inf if options.timeout is None else started + options.timeout
    schedule, polls, missed = _Schedule(ids, started), 0, None
    not_before = started  # the server's limits are those of the account, so they apply to every item
    while schedule.due:
        pending = heappop(schedule.due)
        try:
            if not_before > until:
                yield from _cancellable(timer.pause_until(until), options)
                schedule.postpone(pending, None)
                continue
            pending.due = max(pending.due, not_before)
            missed = yield from _read(pending, read, options, until, timer)
        except Cancelled:
            remaining = schedule.remaining(pending)
            ids = [each.item_id for each in remaining]
            raise WaitCancelledError.after(target.label, ids, _read_items(remaining)) from None
        if missed is None:
            polls += 1
            if options.on_poll is not None:
                yield Invoke(options.on_poll, (pending.item,))
        if target.is_final(pending.item):
            yield Emit(pending.item)
            continue
        now = timer.now()
        interval = max(options.cadence.interval(now - started), MIN_READ_INTERVAL * len(schedule), MIN_INTERVAL)
        if missed is not None and missed.retry_after is not None:
            not_before = _postponed(now, missed.retry_after, until, options)
        schedule.postpone(pending, min(now + interval, until) if now < until else None)
    if schedule.expired:
        items = _read_items(schedule.remaining())
        raise WaitTimeoutError.after(target.label, items, elapsed=timer.elapsed(), polls=polls) from missed


def _postponed(now: float, seconds: float, until: float, options: WaitOptions) -> float:
    """Return the moment of the next read that the server allows, and up to a second more, as after every Retry-After.

    A wait without an end still reads once a day.
    """
    allowed = now + min(seconds, MAX_INTERVAL)
    jittered = allowed + options.random.uniform(0.0, MAX_JITTER)
    return min(jittered, until) if allowed <= until else jittered


def _read(
    pending: PendingItem, read: ReadItem, options: WaitOptions, until: float, timer: _Timer
) -> Flow[RequestError | None]:
    """Read an item when it is due; return the error where the read counts as missed."""
    limit = until if pending.item is not None else max(until, timer.now() - timer.elapsed() + FIRST_READ_TIMEOUT)
    try:
        yield from _cancellable(timer.pause_until(pending.due), options)
        pending.item = yield from _cancellable(read(pending.item_id, limit), options)
    except RequestError as error:
        if pending.item is None or not error.retryable:
            raise
        return error
    return None


def _read_items(pending: Sequence[PendingItem]) -> list[Any]:
    return [each.item for each in pending if each.item is not None]


def _cancellable(flow: Flow[T], options: WaitOptions) -> Flow[T]:
    if options.cancel is None:
        return flow
    return until_cancelled(flow, partial(is_cancelled, options.cancel), options.clock)
