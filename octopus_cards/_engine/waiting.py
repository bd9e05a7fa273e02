"""Waiting for an order to become final: what to poll, when to poll, and when to stop."""

from __future__ import annotations

import inspect
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, TypeVar

from msgspec import Struct

from octopus_cards._base.clock import Clock
from octopus_cards._base.exceptions import RequestError, WaitCancelledError, WaitTimeoutError
from octopus_cards._base.redaction import shown
from octopus_cards._engine.effects import Cancelled, Consult, Emit, Flow, Pause, Stream, until_cancelled
from octopus_cards._io.codec import TopupOrder, TopupStatus

T = TypeVar("T")
OnPoll = Callable[[TopupOrder], None] | Callable[[TopupOrder], Awaitable[None]]
# How long the first read may be tried, in seconds, whatever time the wait has: without it nothing is known.
FIRST_READ_WITHIN = 15.0
# Seconds from read to read where many orders are waited for: 240 a minute, of the 300 that are allowed in production.
READS_APART = 0.25
_FINAL = frozenset({TopupStatus.DELIVERED, TopupStatus.FAILED, TopupStatus.CANCELLED})


class Event(Protocol):
    """What can cancel a wait: an event of threading, asyncio, anyio or trio."""

    def is_set(self) -> bool:
        """Whether the wait shall end."""
        ...


Cancel = Event | Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often to poll, as steps of (until so many elapsed seconds, poll every so many seconds).

    After the last step its interval goes on.

    Raises:
        ValueError: There is no step, an interval is not above 0, or the times do not rise from 0.
        TypeError: The steps are no pairs of numbers.
    """

    __module__ = "octopus_cards"

    steps: tuple[tuple[float, float], ...]

    def __init__(self, steps: Iterable[tuple[float, float]]) -> None:
        rule = "steps must be pairs of (until elapsed seconds, interval in seconds)"
        try:
            pairs = tuple((float(until), float(interval)) for until, interval in steps)
        except (TypeError, ValueError):
            raise TypeError(f"{rule}, got {shown(steps)}") from None
        if not pairs:
            raise ValueError(f"{rule}, got none")
        if not all(0 < interval < math.inf for _, interval in pairs):
            raise ValueError(f"{rule} with every interval above 0, got {pairs}")
        if any(not earlier[0] < later[0] for earlier, later in pairwise([(0.0, 0.0), *pairs])):
            raise ValueError(f"{rule} with times that rise from 0, got {pairs}")
        object.__setattr__(self, "steps", pairs)

    def interval(self, elapsed: float) -> float:
        """Seconds to pause when so many have passed."""
        return next((interval for until, interval in self.steps if elapsed < until), self.steps[-1][1])


TOPUP_ORDER = Cadence([(60.0, 5.0), (math.inf, 30.0)])
"""Every 5 s in the first minute, then every 30 s. Source: documentation page reference/topups/orders."""


def is_final(order: TopupOrder) -> bool:
    """Whether an order will not change any more.

    True for DELIVERED, FAILED and CANCELLED; for any other status, known or not, once `completed_at` is
    there. Source: documentation page reference/topups/orders (`completed_at` is present only when terminal).
    """
    return order.status in _FINAL or order.completed_at is not None


class Waiting(Struct, frozen=True):
    """The terms of a wait."""

    clock: Clock
    timeout: float | None
    cadence: Cadence
    on_poll: OnPoll | None
    cancel: Callable[[], bool] | None

    def cancelled(self) -> bool:
        """Whether the caller wants no more."""
        if self.cancel is None:
            return False
        wanted = self.cancel()
        if inspect.iscoroutine(wanted):
            wanted.close()
            raise TypeError("cancel must return whether to stop, got something to await, which would always look true")
        return wanted


class _Watched(Struct):
    """An order that is not final yet, and when it is read next (monotonic)."""

    order_id: int
    due: float
    order: TopupOrder | None = None


def wait(
    order_ids: Sequence[int], read: Callable[[int, float], Flow[TopupOrder]], terms: Waiting
) -> Stream[TopupOrder]:
    """Reads orders one after the other, each at once and then by the cadence; emits each once it is final.

    Once an order was seen, a read of it that fails for a passing reason is a missed one, and the wait goes on.
    """
    started = terms.clock.monotonic()
    until = math.inf if terms.timeout is None else started + terms.timeout
    watched = {order_id: _Watched(order_id, started) for order_id in order_ids}
    polls, missed = 0, None
    while watched:
        one = min(watched.values(), key=lambda each: each.due)
        try:
            yield from _cancellable(_pause_until(one.due, terms.clock), terms)
            limit = until if one.order else max(until, started + FIRST_READ_WITHIN)
            one.order = yield from _cancellable(read(one.order_id, limit), terms)
            polls, missed = polls + 1, None
        except RequestError as error:
            if one.order is None or not error.passing:
                raise
            missed = error
        except Cancelled:
            raise WaitCancelledError.after(list(watched), _seen(watched)) from None
        if missed is None and terms.on_poll is not None:
            yield Consult(terms.on_poll, (one.order,))
        if is_final(one.order):
            del watched[one.order_id]
            yield Emit(one.order)
            continue
        now = terms.clock.monotonic()
        interval = max(terms.cadence.interval(now - started), READS_APART * (len(watched) - 1))
        one.due = min(now + interval, until) if now < until else math.inf
        if all(each.due == math.inf for each in watched.values()):
            raise WaitTimeoutError.after(_seen(watched), elapsed=now - started, polls=polls) from missed


def _seen(watched: Mapping[int, _Watched]) -> list[TopupOrder]:
    return [each.order for each in watched.values() if each.order is not None]


def _pause_until(moment: float, clock: Clock) -> Flow[None]:
    if (seconds := moment - clock.monotonic()) > 0:
        yield Pause(seconds)


def _cancellable(flow: Flow[T], terms: Waiting) -> Flow[T]:
    return flow if terms.cancel is None else until_cancelled(flow, terms.cancelled, terms.clock)
