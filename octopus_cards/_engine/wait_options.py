"""The options of a wait: how often to poll, for how long, and what the caller hears of it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from octopus_cards._base.clock import Clock
from octopus_cards._base.plain import plain_number
from octopus_cards._base.redaction import describe_value

T = TypeVar("T")
OnPoll = Callable[[T], None]
AsyncOnPoll = Callable[[T], None] | Callable[[T], Awaitable[None]]
# Longer intervals and timeouts are mistakes, in seconds: a day, and a year.
MAX_INTERVAL = 86_400.0
MAX_TIMEOUT = 366 * 86_400.0
MAX_SHOWN_STEPS = 8
# No wait polls more often than this, in seconds, whatever its cadence: a pause must make the time of the wait advance.
MIN_INTERVAL = 0.01


class Event(Protocol):
    """An event that can cancel a wait: of threading, asyncio, anyio or trio."""

    def is_set(self) -> bool:
        """Return whether the wait must end."""
        ...


Cancel = Event | Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often to poll: steps of (until this many seconds have passed, poll at this interval in seconds).

    The interval of the last step applies from then on. No wait polls more often than a hundred times a second.

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


class WaitOptions(Struct, frozen=True):
    """The options of a wait, checked."""

    clock: Clock
    random: Random
    timeout: float | None
    cadence: Cadence
    on_poll: Callable[[Any], Any] | None
    cancel: Callable[[], bool] | None

    @classmethod
    def checked(
        cls,
        clock: Clock,
        random: Random,
        timeout: object,
        cadence: object,
        on_poll: Callable[[Any], Any] | None,
        cancel: Cancel | None,
    ) -> WaitOptions:
        """Return the options that a caller passed.

        Raises:
            TypeError, ValueError: An option is not valid.
        """
        if not isinstance(cadence, Cadence):
            raise TypeError(f"cadence must be a Cadence, got {describe_value(cadence)}")
        if on_poll is not None and not callable(on_poll):
            raise TypeError(f"on_poll must be a callable or None, got {describe_value(on_poll)}")
        return cls(clock, random, _check_timeout(timeout), cadence, on_poll, _cancel_predicate(cancel))


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


def is_cancelled(cancel: Callable[[], bool]) -> bool:
    """Return what the caller's callable says."""
    result = cancel()
    if inspect.iscoroutine(result):
        result.close()
        raise TypeError("cancel must return a bool, got an awaitable, which is always true")
    return result
