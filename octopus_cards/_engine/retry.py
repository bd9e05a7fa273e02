"""When a call is tried again, how long that takes, and why it ends."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from msgspec import Struct

from octopus_cards._base.clock import Clock
from octopus_cards._base.exceptions import RequestError
from octopus_cards._base.responses import RawResponse, http_date

RETRY_AFTER_CAP = 120.0
_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")
_IN_MESSAGE = re.compile(r"retry after (\d+) second", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Retry:
    """What `on_retry` is told before a call is tried again.

    Attributes:
        attempt: How often it was tried so far.
        delay: How many seconds pass before the next try.
        cause: What the last try ended with.
    """

    __module__ = "octopus_cards"

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
    """How often all threads of a client together may do a thing, so that a broken server is left alone.

    Args:
        clock: Its time.
        capacity: How often at once.
        per_second: How many come back each second.
        per_success: How many come back for each call that succeeds.
    """

    # No lock: a lost update is one more or less, while a lock held over a fork would stop the child for good.

    def __init__(self, clock: Clock, *, capacity: float, per_second: float, per_success: float = 0.0) -> None:
        self._clock = clock
        self._capacity = self._left = capacity
        self._per_second = per_second
        self._per_success = per_success
        self._counted_at = clock.monotonic()

    @classmethod
    def for_retries(cls, clock: Clock) -> Budget:
        """A hundred tries beyond the first; one comes back each second, and one for every ten calls that succeed."""
        return cls(clock, capacity=100.0, per_second=1.0, per_success=0.1)

    def spend(self) -> bool:
        """Takes one; False where none is left."""
        now = self._clock.monotonic()
        self._add((now - self._counted_at) * self._per_second)
        self._counted_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def succeeded(self) -> None:
        """Counts a call that succeeded."""
        self._add(self._per_success)

    def _add(self, count: float) -> None:
        self._left = min(self._capacity, self._left + count)


class Retrying(Struct, frozen=True):
    """When a call is tried again, up to `attempts` tries in all.

    1. Nothing reached the server: any call is repeated.
    2. The answer was lost, or the server failed (500, 502, 503, 504): a call is repeated if doing it twice
       does no more than doing it once.
    3. 429: likewise.
    4. 401: any call is repeated, once, if there is another token for it; this try is not counted.
    5. Any other answer is final.

    Without a token nothing of a call is sent, which is the first rule's case; so a login that failed for a passing
    reason is tried again, too.

    Between tries the call waits as `backoff` says, or as long as the server asks (`Retry-After`); if that is over
    120 seconds it ends at once. Tries that the server did not ask for are paid from the `budget`.
    """

    attempts: int
    random: Random
    budget: Budget
    on_retry: OnRetry | None = None
    backoff: Callable[[int, Random], float] = backoff

    def verdict(self, error: RequestError, tries: int, left: float, *, harmless: bool) -> float | str | None:
        """Seconds until the next try; why there is none; None where repeating cannot help.

        Args:
            error: What the last try ended with.
            tries: How many there were.
            left: How many seconds the caller still has.
            harmless: Whether another try does no more than the ones before.
        """
        if not error.passing:
            return None
        if not harmless:
            return "repeating it could do it twice"
        if tries >= self.attempts:
            return "no attempt is left" if tries > 1 else "only one attempt was allowed"
        asked = error.retry_after
        if asked is not None and asked > RETRY_AFTER_CAP:
            return f"{asked:g} s is longer than the {RETRY_AFTER_CAP:g} s that a call waits"
        # A server that asks for no time at all is not hammered either.
        delay = max(asked or 0.0, self.backoff(tries, self.random))
        if delay >= left:
            return "the time is over"
        return delay if asked or self.budget.spend() else "the client's retry budget is spent"


def retry_after(answer: RawResponse, message: str, clock: Clock) -> float | None:
    """The seconds to wait: from the header, a number or a date, else from a 429's message as documented."""
    header = (answer.header("Retry-After") or "").strip()
    if _SECONDS.fullmatch(header):
        return float(header)
    if (moment := http_date(header)) is not None:
        # By the server's own clock, where it tells it, so that a clock of ours that is wrong does no harm.
        now = http_date(answer.header("Date")) or clock.now()
        return max(0.0, (moment - now).total_seconds())
    told = _IN_MESSAGE.search(message) if answer.status_code == 429 else None
    return float(told[1]) if told else None
