"""Logging in with an API key: a token cache, a login backoff, and the rules that connect them."""

from __future__ import annotations

import copy
import datetime
import math
from collections import deque
from functools import partial
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from octopus_cards._base.clock import Clock
from octopus_cards._base.credentials import ApiKey, Secret, check_token
from octopus_cards._base.exceptions import APIError, NotSentError, RateLimitError, RequestError, ServerError
from octopus_cards._base.redacted import Redacted
from octopus_cards._base.request_ids import ksuid
from octopus_cards._base.responses import RawResponse, http_date
from octopus_cards._base.timeouts import Timeouts
from octopus_cards._engine.effects import Flow, Send, Shared
from octopus_cards._engine.exchange import CallResult, Session, attempt
from octopus_cards._engine.operation import Call, prepare
from octopus_cards._engine.outcomes import invalid_response
from octopus_cards._engine.retry import TokenBucket
from octopus_cards_api.models import TokenAnswer
from octopus_cards_api.operations import LOGIN, REFRESH_TOKENS

# How long before its expiry a token is renewed: in seconds, and as a fraction of its lifetime where that is less;
# five minutes of the documented hour. Source: documentation page best-practices/authentication.
RENEW_BEFORE = 300.0
RENEW_BEFORE_FRACTION = 1 / 12
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
# How long one login may take, in seconds, whatever the deadline of the call that needs it.
LOGIN_DEADLINE = 60.0
# How often a call logs in anew if another caller logs out before it can use the token.
MAX_LOGINS_OF_A_CALL = 3
# A larger difference between the server's clock and ours means that one of them is wrong.
CLOCK_SKEW_TOLERANCE = datetime.timedelta(seconds=2)
# The limit on renewals after a 401: a burst of five, then one every ten seconds.
REJECTION_BURST = 5.0
REJECTIONS_PER_SECOND = 0.1


class TokenPair(Redacted, frozen=True):
    """An access token and a refresh token, and their times by the monotonic clock."""

    access: str
    refresh: str
    renew_at: float
    access_until: float
    refresh_until: float


class TokenCache(Struct):
    """The current pair of tokens, and the access token that the server rejected last."""

    pair: TokenPair | None = None
    rejected: str = ""

    def usable(self, until: str, now: float) -> TokenPair | None:
        """Return the pair if it is not rejected and its time `until` has not come."""
        pair = self.pair
        if pair is None or pair.access == self.rejected or now >= getattr(pair, until):
            return None
        return pair


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
            error.retryable, error.request_id, error.__cause__ = failure.retryable, failure.request_id, failure
        error.retry_after = wait
        error.stop_reason = f"no login is attempted for the next {math.ceil(wait)} s" if wait else None
        return error


class ApiKeyLogin:
    """Tokens from a login, renewed before they expire or when they are rejected; one thread or task renews for all.

    - A login or refresh belongs to the client: it continues if its caller leaves, and later callers use its tokens.
    - A refresh token is sent once: a server may revoke every token of the account if one comes twice.
    - A pair is replaced as a whole. Other callers use the old token while it is renewed early.
    - If a refresh fails, the client logs in. It keeps the refresh token if it was not sent, or got 429.
    - After a failed login there is a pause, during which callers get the same error.
    - A failed renewal is no error while the old token is valid.
    - Rejected tokens are renewed only a few times: whatever rejects them again and again is not cured by new ones.
    """

    def __init__(self, key: ApiKey, rejections: TokenBucket, timeouts: Timeouts) -> None:
        self._key = key
        self._rejections = rejections
        self._timeouts = timeouts
        self._cache = TokenCache()
        self._backoff = LoginBackoff()
        self._renewing = False

    def token(self, session: Session, call: Call[Any], rejected: str, until: float) -> Flow[str]:
        """Return the access token; log in or renew it first where that is due."""
        now = session.clock.monotonic()
        pair = self._cache.usable("access_until" if self._renewing else "renew_at", now)
        if pair is not None:
            return pair.access
        in_time = True
        for _ in range(MAX_LOGINS_OF_A_CALL):
            failures = self._backoff.failures
            if self._backoff.allows(now, failures):
                in_time = yield Shared(call, partial(self._renew, session, failures), until - now)
                now = session.clock.monotonic()
            pair = self._cache.pair
            if pair is not None and pair.access != rejected and now < pair.access_until:
                return pair.access
            if not in_time:
                break
            error = self._backoff.error_for(call, now)
            if error is not None:
                raise error
        problem = "the tokens were revoked at once" if in_time else "the login takes longer than the time of the call"
        raise NotSentError(problem, method=call.method, path=call.path)

    def rejected(self, token: str, clock: Clock) -> str:
        """Mark the token for renewal, unless another caller has renewed it already."""
        pair = self._cache.pair
        if pair is None or pair.access != token or self._cache.rejected == token:
            return ""
        if clock.monotonic() < pair.renew_at and not self._rejections.try_acquire():
            return "the server keeps rejecting new tokens"
        self._cache.rejected = token
        return ""

    def clear(self) -> None:
        """Drop the tokens; the next call logs in."""
        self._cache.pair = None

    def _renew(self, session: Session, failures: int) -> Flow[None]:
        """Log in or renew the tokens if that is still due, and record how it went."""
        now = session.clock.monotonic()
        if self._cache.usable("renew_at", now) is not None or not self._backoff.allows(now, failures):
            return
        self._renewing = True
        try:
            self._cache.pair = yield from self._fetch_pair(replace(session, timeouts=self._timeouts))
            self._backoff.clear()
        except RequestError as error:
            self._backoff.record(error, session.clock.monotonic())
        finally:
            self._renewing = False

    def _fetch_pair(self, session: Session) -> Flow[TokenPair]:
        pair = self._cache.pair
        if pair is not None and session.clock.monotonic() < pair.refresh_until:
            # Marked as spent before it is sent, so that nothing can make it be sent again.
            self._cache.pair = replace(pair, refresh_until=-math.inf)
            try:
                return (yield from _request_pair(prepare(REFRESH_TOKENS, {"refresh_token": pair.refresh}), session))
            except (NotSentError, RateLimitError):
                self._cache.pair = pair  # it was not used
                raise
            except RequestError:
                pass  # it may have been used: log in
        login = prepare(LOGIN, {"username": self._key.key, "password": self._key.secret})
        self._backoff.take_turn(login, session.clock.monotonic())
        return (yield from _request_pair(login, session))


def _request_pair(call: Call[TokenAnswer], session: Session) -> Flow[TokenPair]:
    """Return a new pair of tokens, by one attempt: callers retry, so that none waits for another's pause."""
    requested_at = session.clock.monotonic()
    timeouts = session.timeouts_of(call, LOGIN_DEADLINE)
    send = Send(call, "", ksuid(session.clock.now(), session.random), timeouts, LOGIN_DEADLINE)
    result: CallResult[TokenAnswer] = yield from attempt(send, session)
    tokens = result.value.data
    try:
        for name in ("access_token", "refresh_token"):
            check_token(getattr(tokens, name), name)
    except ValueError as error:
        raise invalid_response(call, result.raw, str(error), result.request_id) from None
    now = _server_now(result.raw, session.clock)
    access, refresh = ((end - now).total_seconds() for end in (tokens.access_expires_at, tokens.refresh_expires_at))
    # A token that is expired on arrival means clock skew: keep it and rely on 401.
    access, refresh = (lifetime if lifetime > 0 else math.inf for lifetime in (access, refresh))
    return TokenPair(
        Secret(tokens.access_token),
        Secret(tokens.refresh_token),
        renew_at=requested_at + access - min(RENEW_BEFORE, access * RENEW_BEFORE_FRACTION),
        access_until=requested_at + access,
        refresh_until=requested_at + refresh,
    )


def _server_now(response: RawResponse, clock: Clock) -> datetime.datetime:
    """Return the server's time of day, so that a wrong local clock does no harm; rounded up where in doubt."""
    local, server = clock.now(), http_date(response.headers.get("date"))
    # A second later than the last year that a datetime can hold would be an error.
    if server is None or server.year >= datetime.MAXYEAR or abs(server - local) <= CLOCK_SKEW_TOLERANCE:
        return local
    return server + datetime.timedelta(seconds=1)  # the header has whole seconds only
