"""When a call is tried again, how long that takes, and why it ends."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from octopus_cards._answers import RawResponse, http_date
from octopus_cards._clock import Clock
from octopus_cards._exceptions import (
    APIError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitError,
    RequestError,
    ServerError,
)
from octopus_cards._wire import Call

RETRY_AFTER_CAP = 120.0
_IN_MESSAGE = re.compile(r"retry after (\d+) second", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Retry:
    """What `on_retry` is told before a call is tried again.

    Attributes:
        attempt: How often it was tried so far.
        delay: How many seconds pass before the next try.
        cause: What the last try ended with.
    """

    attempt: int
    delay: float
    cause: RequestError


OnRetry = Callable[[Retry], None] | Callable[[Retry], Awaitable[None]]


def backoff(attempt: int, random: Random) -> float:
    """Seconds before the try after `attempt`: up to 200 ms, doubling, up to 10 s, all of it jitter.

    Source: documentation page best-practices/before-you-go-live.
    """
    return random.uniform(0.0, min(10.0, 0.2 * 2.0 ** min(attempt - 1, 10)))


class Budget:
    """How many tries beyond the first all threads of a client may make, so that a broken server is left alone.

    A hundred at once; one comes back each second, and one for every ten calls that succeed.
    """

    # No lock: a lost update is one try more or less, while a lock held over a fork would stop the child for good.

    CAPACITY = 100.0
    PER_SECOND = 1.0
    PER_SUCCESS = 0.1

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left = self.CAPACITY
        self._counted_at = clock.monotonic()

    def spend(self) -> bool:
        """Takes one try; False where none is left."""
        now = self._clock.monotonic()
        self._add((now - self._counted_at) * self.PER_SECOND)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def succeeded(self) -> None:
        """Counts a call that succeeded."""
        self._add(self.PER_SUCCESS)

    def _add(self, tries: float) -> None:
        self._left = min(self.CAPACITY, self._left + tries)


@dataclass(frozen=True, slots=True)
class Retrying:
    """When a call is tried again, up to `attempts` tries in all.

    1. Nothing reached the server: any call is repeated.
    2. The answer was lost, or the server failed (500, 502, 503, 504): a call is repeated if doing it twice
       does no more than doing it once.
    3. 429: likewise.
    4. 401: any call is repeated, once, if there is another token for it; this try is not counted.
    5. Any other answer is final.

    Between tries the call waits as `backoff` says, or as long as the server asks (`Retry-After`, with 429 or 503);
    if that is over 120 seconds it ends at once. Tries that the server did not ask for are paid from the `budget`.
    """

    attempts: int
    random: Random
    budget: Budget
    on_retry: OnRetry | None = None
    backoff: Callable[[int, Random], float] = field(default=backoff, repr=False)

    def verdict(self, error: RequestError, call: Call[Any], tries: int, left: float) -> float | str | None:
        """Seconds until the next try; why there is none; None where repeating cannot help.

        `left` is how many seconds the caller still has.
        """
        if not is_passing(error):
            return None
        if over := self._over(error, call, tries):
            return over
        asked = error.retry_after if isinstance(error, APIError) else None
        if asked is not None and asked > RETRY_AFTER_CAP:
            return f"{asked:g} s is longer than the {RETRY_AFTER_CAP:g} s that a call waits"
        # A server that asks for no time at all is not hammered either.
        delay = max(asked or 0.0, self.backoff(tries, self.random))
        if delay >= left:
            return "the time is over"
        return delay if asked or self.budget.spend() else "the client's retry budget is spent"

    def _over(self, error: RequestError, call: Call[Any], tries: int) -> str:
        """Why a call may not be repeated, whatever time there is."""
        if not call.repeatable and not isinstance(error, NotSentError):
            return "repeating it could do it twice"
        if tries < self.attempts:
            return ""
        return "no attempt is left" if tries > 1 else "only one attempt was allowed"


def is_passing(error: RequestError) -> bool:
    """Whether the same request may come to something better later."""
    if isinstance(error, ServerError):
        return error.status_code in (500, 502, 503, 504)
    return error.passing and isinstance(error, NotSentError | OutcomeUnknownError | RateLimitError)


def retry_after(answer: RawResponse, message: str, clock: Clock) -> float | None:
    """The seconds to wait: from the header, a number or a date, else from a 429's message as documented."""
    header = (answer.header("Retry-After") or "").strip()
    if header.isdecimal() and header.isascii():
        return float(header)
    if (moment := http_date(header)) is not None:
        return max(0.0, (moment - clock.now()).total_seconds())
    told = _IN_MESSAGE.search(message) if answer.status_code == 429 else None
    return float(told[1]) if told else None
