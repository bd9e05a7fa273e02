"""How often a client logs in: pauses after logins that failed, and the limit of the documentation."""

from __future__ import annotations

import copy
import math
from collections import deque
from typing import Any

from msgspec import Struct, field

from octopus_cards._base.exceptions import APIError, NotSentError, RequestError, ServerError
from octopus_cards._engine.operation import Call

# Seconds without a login after one that failed: the first pause, which doubles, and the longest. Ten logins a minute
# are allowed; an error that may pass deserves a quick retry, a rejected key does not.
RETRYABLE_BACKOFF = (0.5, 10.0)
REJECTED_BACKOFF = (6.0, 60.0)
# The longest pause that a server can ask for; a wrong header must not stop all logins for years.
MAX_LOGIN_PAUSE = 600.0
# Source: documentation page best-practices/rate-limits.
LOGINS_PER_MINUTE = 10
# The client counts when it sends, the server when a login arrives, which may be some seconds later.
LOGIN_WINDOW = 65.0


class LoginBackoff(Struct):
    """The last failed login, and how long the next one has to wait."""

    error: RequestError | None = None
    failures: int = 0
    not_before: float = -math.inf
    recent: deque[float] = field(default_factory=deque[float])

    def take_turn(self, call: Call[Any], now: float) -> None:
        """Count a login.

        Raises:
            NotSentError: There were as many in the last minute as the documentation allows.
        """
        while self.recent and self.recent[0] <= now - LOGIN_WINDOW:
            self.recent.popleft()
        if len(self.recent) >= LOGINS_PER_MINUTE:
            text = f"the client has logged in {LOGINS_PER_MINUTE} times in the last minute, which is the limit"
            error = NotSentError(text, method=call.method, path=call.path)
            error.retry_after = self.recent[0] + LOGIN_WINDOW - now
            raise error
        self.recent.append(now)

    def record(self, error: RequestError, now: float) -> None:
        """Record a failed login."""
        first, longest = RETRYABLE_BACKOFF if error.retryable else REJECTED_BACKOFF
        requested = min(error.retry_after or 0.0, MAX_LOGIN_PAUSE)
        wait = max(min(longest, first * 2.0 ** min(self.failures, 10)), requested)
        # A copy: the original has a traceback into the caller, who may also modify it.
        self.error = copy.copy(error)
        self.failures += 1
        self.not_before = now + wait

    def clear(self) -> None:
        """Record a successful login."""
        self.error, self.failures = None, 0

    def allows(self, now: float, failures_before: int) -> bool:
        """Return whether a login may be attempted now by a caller who knew of that many failures."""
        return self.error is None or (now >= self.not_before and self.failures == failures_before)

    def error_for(self, call: Call[Any], now: float) -> RequestError | None:
        """Return the last failure as the error of a call, of which nothing was sent; None after a successful login."""
        failure = self.error
        if failure is None:
            return None
        wait = max(0.0, self.not_before - now)
        if isinstance(failure, APIError) and not isinstance(failure, ServerError):
            error: RequestError = copy.copy(failure)
        else:
            problem = f"the login failed: {failure.method} {failure.path}: {failure.args[0]}"
            error = NotSentError(problem, method=call.method, path=call.path)
            error.retryable = failure.retryable
        error.__cause__ = copy.copy(failure)  # each caller gets its own
        error.retry_after = wait
        error.stop_reason = f"no login is attempted for the next {math.ceil(wait)} s" if wait else None
        return error
