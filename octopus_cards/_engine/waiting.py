"""Waiting until items become final: what to read, when to read it, and when to stop. Any resource can be waited for."""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from octopus_cards._base.clock import Clock
from octopus_cards._base.exceptions import RequestError
from octopus_cards._base.plain import plain_number
from octopus_cards._base.redaction import describe_value
from octopus_cards._base.wait_errors import WaitCancelledError, WaitTimeoutError
from octopus_cards._engine.effects import Emit, Flow, Invoke, Pause, Stream
from octopus_cards._engine.stepping import Cancelled, until_cancelled
from octopus_cards_api.operation import Operation

T = TypeVar("T")
OnPoll = Callable[[T], None]
AsyncOnPoll = Callable[[T], None] | Callable[[T], Awaitable[None]]
# Seconds for the attempts of the first read, whatever the timeout of the wait: without it nothing is known.
FIRST_READ_TIMEOUT = 15.0
# Longer intervals and timeouts are mistakes, in seconds: a day, and a year.
MAX_INTERVAL = 86_400.0
MAX_TIMEOUT = 366 * 86_400.0
MAX_SHOWN_STEPS = 8
# Seconds between two reads where many items are waited for: 240 a minute, of the 300 that production allows.
MIN_READ_INTERVAL = 0.25


class Event(Protocol):
    """An event that can cancel a wait: of threading, asyncio, anyio or trio."""

    def is_set(self) -> bool:
        """Return whether the wait must end."""
        ...


Cancel = Event | Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often to poll: steps of (until this many seconds have passed, poll at this interval in seconds).

    The interval of the last step applies from then on.

    Raises:
        ValueError: There is no step, an interval is not above 0 and at most a day, or the times do not rise from 0.
        TypeError: The steps are not pairs of numbers.
    """

    __module__ = "octopus_cards"

    steps: tuple[tuple[float, float], ...]

    def __init__(self, steps: Iterable[tuple[float, float]]) -> None:
        rule = "steps must be pairs of (until elapsed seconds, interval in seconds)"
        try:
            pairs = tuple((plain_number(until), plain_number(interval)) for until, interval in steps)
        except (TypeError, ValueError):
            raise TypeError(f"{rule}, got {describe_value(steps)}") from None
        if not pairs:
            raise ValueError(f"{rule}, got none")
        came = f"got {pairs}" if len(pairs) <= MAX_SHOWN_STEPS else f"got {len(pairs)} of them"
        if not all(0 < interval <= MAX_INTERVAL for _, interval in pairs):
            raise ValueError(f"{rule} with every interval above 0 and at most a day, {came}")
        if any(not earlier[0] < later[0] for earlier, later in pairwise([(0.0, 0.0), *pairs])):
            raise ValueError(f"{rule} with times that rise from 0, {came}")
        object.__setattr__(self, "steps", pairs)

    def interval(self, elapsed: float) -> float:
        """Return the seconds to pause after this many elapsed seconds."""
        return next((interval for until, interval in self.steps if elapsed < until), self.steps[-1][1])


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


class WaitOptions(Struct, frozen=True):
    """The options of a wait, checked."""

    clock: Clock
    timeout: float | None
    cadence: Cadence
    on_poll: Callable[[Any], Any] | None
    cancel: Callable[[], bool] | None

    @classmethod
    def checked(
        cls, clock: Clock, timeout: object, cadence: object, on_poll: Callable[[Any], Any] | None, cancel: Cancel | None
    ) -> WaitOptions:
        """Return the options that a caller passed.

        Raises:
            TypeError, ValueError: An option is not valid.
        """
        if not isinstance(cadence, Cadence):
            raise TypeError(f"cadence must be a Cadence, got {describe_value(cadence)}")
        if on_poll is not None and not callable(on_poll):
            raise TypeError(f"on_poll must be a callable or None, got {describe_value(on_poll)}")
        return cls(clock, _check_timeout(timeout), cadence, on_poll, _cancel_predicate(cancel))


def _check_timeout(timeout: object) -> float | None:
    if timeout is None:
        return None
    try:
        seconds = plain_number(timeout)
    except TypeError:
        raise TypeError(f"timeout must be a number of seconds or None, got {describe_value(timeout)}") from None
    if not 0 <= seconds <= MAX_TIMEOUT:
        rule = "timeout must be a number of seconds from 0 to a year, or None for no limit"
        raise ValueError(f"{rule}, got {describe_value(timeout)}")
    return seconds


def _cancel_predicate(cancel: Cancel | None) -> Callable[[], bool] | None:
    if inspect.iscoroutinefunction(cancel):
        raise TypeError("cancel must be a plain callable, got an async one, whose result is always true")
    if cancel is None or callable(cancel):
        return cancel
    if not callable(getattr(cancel, "is_set", None)):
        raise TypeError(f"cancel must be an event with is_set() or a callable, got {describe_value(cancel)}")
    return cancel.is_set


def _is_cancelled(cancel: Callable[[], bool]) -> bool:
    result = cancel()
    if inspect.iscoroutine(result):
        result.close()
        raise TypeError("cancel must return a bool, got an awaitable, which is always true")
    return result


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

    Once an item was read, a later read that fails for a retryable reason counts as missed, and the wait continues.
    """
    timer = _Timer(options.clock)
    started = timer.now()
    until = math.inf if options.timeout is None else started + options.timeout
    schedule, polls, missed = _Schedule(ids, started), 0, None
    not_before = started
    while schedule.due:
        pending = heappop(schedule.due)
        try:
            pending.due = max(pending.due, min(not_before, until))
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
        interval = max(options.cadence.interval(now - started), MIN_READ_INTERVAL * len(schedule))
        if missed is not None and missed.retry_after is not None:
            not_before = now + missed.retry_after  # the limit is that of the account, so it applies to every item
            interval = max(interval, missed.retry_after)
        schedule.postpone(pending, min(now + interval, until) if now < until else None)
    if schedule.expired:
        items = _read_items(schedule.remaining())
        raise WaitTimeoutError.after(target.label, items, elapsed=timer.elapsed(), polls=polls) from missed


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
    return until_cancelled(flow, partial(_is_cancelled, options.cancel), options.clock)
