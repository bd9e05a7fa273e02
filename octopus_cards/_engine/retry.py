"""When a call is attempted again, after how long, and why not."""

from __future__ import annotations

import datetime
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from msgspec import Struct

from octopus_cards._base.clock import Clock
from octopus_cards._base.exceptions import AuthenticationError, NotSentError, RateLimitError, RequestError
from octopus_cards._base.responses import RawResponse, http_date

MAX_RETRY_AFTER = 120.0
# The most that is added to what the server asked for, in seconds.
MAX_JITTER = 1.0
# A number of seconds: some servers add a sign or a unit, or send the header twice.
_SECONDS = re.compile(r"\+?([0-9]+(?:\.[0-9]+)?) ?(?:s|sec|seconds?)?", re.IGNORECASE)
# Between two values of a repeated header; a date has a comma of its own, before its day.
_BETWEEN_VALUES = re.compile(r",(?! ?[0-9]{1,2}[ -][A-Z][a-z]{2}[ -])")
_LONGEST = 1e9
_EPOCH = datetime.datetime.fromtimestamp(0, datetime.UTC)
_IN_MESSAGE = re.compile(r"retry after (\d+) second", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Retry:
    """What `on_retry` receives before a call is attempted again.

    Attributes:
        attempt: How many times the call was attempted so far; an attempt that failed for want of a token counts.
        delay: Seconds until the next attempt.
        cause: The error of the last attempt.
    """

    __module__ = "octopus_cards"

    attempt: int
    delay: float
    cause: RequestError


OnRetry = Callable[[Retry], None]
AsyncOnRetry = Callable[[Retry], None] | Callable[[Retry], Awaitable[None]]


def backoff(attempt: int, random: Random) -> float:
    """Return the seconds before the attempt after this one: full jitter up to 200 ms, doubling, up to 10 s.

    Source: documentation page best-practices/before-you-go-live.
    """
    return random.uniform(0.0, min(10.0, 0.2 * 2.0 ** min(attempt - 1, 10)))


class TokenBucket:
    """How often all threads of a client together may do something, so that a failing server gets a rest.

    Args:
        clock: The clock that refills it.
        capacity: How many tokens it holds, and starts with.
        per_second: How many tokens return each second.
        per_success: How many tokens return for each call that succeeds.
    """

    # Without a lock: a lost update costs one token, but a lock held during a fork would block the child forever.

    def __init__(self, clock: Clock, *, capacity: float, per_second: float, per_success: float = 0.0) -> None:
        self._clock = clock
        self._capacity = self._tokens = capacity
        self._per_second = per_second
        self._per_success = per_success
        self._refilled_at = clock.monotonic()

    @classmethod
    def for_retries(cls, clock: Clock) -> TokenBucket:
        """Return a bucket of 100 retries; one returns each second, and one for every ten calls that succeed."""
        return cls(clock, capacity=100.0, per_second=1.0, per_success=0.1)

    def try_acquire(self) -> bool:
        """Take a token; return False where none is left."""
        now = self._clock.monotonic()
        self._add((now - self._refilled_at) * self._per_second)
        self._refilled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def refund(self) -> None:
        """Return the share of a token that a successful call earns."""
        self._add(self._per_success)

    def _add(self, tokens: float) -> None:
        self._tokens = min(self._capacity, self._tokens + tokens)


class Attempts(Struct):
    """What happened to one call so far.

    Attributes:
        sent: How many times it was sent.
        last_token: The token of the last attempt that was sent.
        was_sent: Whether the last attempt was sent at all.
        token_failures: How many times no token could be had, so that nothing was sent.
        rejected_token: The token that a 401 rejected; empty before that. That attempt does not count.
        may_have_executed: Whether an attempt may have had its effect on the server.
        last_error: The error of the last attempt.
    """

    sent: int = 0
    last_token: str = ""
    was_sent: bool = False
    token_failures: int = 0
    rejected_token: str = ""
    may_have_executed: bool = False
    last_error: RequestError | None = None

    @property
    def made(self) -> int:
        """The number of attempts, those for which no token could be had included."""
        return self.sent + self.token_failures

    @property
    def counted(self) -> int:
        """The number of attempts that count towards the limit."""
        return self.made - bool(self.rejected_token)

    def record(self, error: RequestError, *, sent: bool) -> None:
        """Record an attempt that failed; the server does not execute what it rejects for its token or its rate."""
        self.last_error, self.was_sent = error, sent
        if not sent:
            self.token_failures += 1
        elif not isinstance(error, NotSentError | AuthenticationError | RateLimitError):
            self.may_have_executed = True


class RetryPolicy(Struct, frozen=True):
    """When a call is attempted again, up to `attempts` in all.

    1. Nothing reached the server, or it answered 429, for which it executes nothing: any call is repeated.
    2. The response was lost, or the server or a proxy failed (5xx, 408, 425): an idempotent call is repeated.
    3. 401: any call is repeated once, if there is another token; the first attempt does not count.
    4. Any other response is final.

    A login that failed for a retryable reason belongs to the first rule: nothing of the call was sent.

    Between attempts the call waits as `backoff` says, or as long as the server asks (`Retry-After`) and up to a second
    more; more than 120 seconds end it at once. A retry that the server did not ask for takes a token from the `budget`.
    """

    attempts: int
    random: Random
    budget: TokenBucket
    on_retry: AsyncOnRetry | None = None
    backoff: Callable[[int, Random], float] = backoff

    def next_delay(self, error: RequestError, attempts: int, left: float, *, idempotent: bool) -> float | str | None:
        """Return the seconds until the next attempt, or why there is none; None where repeating cannot help.

        Args:
            error: The error of the last attempt.
            attempts: How many attempts count so far.
            left: How many seconds the caller still has.
            idempotent: Whether another attempt does no more than the ones before.
        """
        if not error.retryable:
            return None
        if not idempotent:
            return "a second attempt could execute it twice"
        if attempts >= self.attempts:
            return "no attempts left" if attempts > 1 else "only one attempt is allowed"
        requested = error.retry_after
        if requested is not None and requested > MAX_RETRY_AFTER:
            return f"server asked for {requested:g} s; the client waits at most {MAX_RETRY_AFTER:g} s"
        # The jitter spreads the clients that got the same Retry-After, and a 0 must not make them hammer the server.
        jitter = self.backoff(attempts, self.random)
        delay = requested + min(jitter, MAX_JITTER) if requested else jitter
        if delay >= left:
            return f"the next attempt would start in {delay:.1f} s, after the deadline"
        return delay if requested or self.budget.try_acquire() else "the retry budget of the client is spent"


def retry_after(response: RawResponse, message: str, clock: Clock) -> float | None:
    """Return the seconds to wait: from the header, numbers or dates, else from the message of a 429 as documented.

    Of several values the longest one applies.
    """
    # Compared with the server's own clock, where it is known, so that a wrong local clock does not matter.
    now = http_date(response.headers.get("date")) or clock.now()
    parts = _BETWEEN_VALUES.split(response.headers.get("retry-after", ""))
    found = [seconds for part in parts if (seconds := _seconds(part.strip(), now)) is not None]
    if not found and response.status_code == 429 and (match := _IN_MESSAGE.search(message)):
        found = [float(match[1])]
    return min(max(found), _LONGEST) if found else None


def _seconds(text: str, now: datetime.datetime) -> float | None:
    """Return what one value of the header asks for; None where it is neither a number nor a date."""
    if (match := _SECONDS.fullmatch(text)) is not None:
        seconds = float(match[1])
        # Some servers send the time of day as a number.
        return max(0.0, seconds - (now - _EPOCH).total_seconds()) if _LONGEST < seconds < 10 * _LONGEST else seconds
    moment = http_date(text)
    return None if moment is None else max(0.0, (moment - now).total_seconds())
