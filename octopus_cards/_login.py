"""Logging in with an API key: a token cache, and when the client logs in or renews its tokens."""

from __future__ import annotations

import datetime
import math
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from octopus_cards._base.clock import Clock
from octopus_cards._base.credentials import ApiKey, Secret, check_token
from octopus_cards._base.exceptions import NotSentError, RateLimitError, RequestError
from octopus_cards._base.forks import register_fork_aware
from octopus_cards._base.redacted import Redacted
from octopus_cards._base.request_ids import ksuid
from octopus_cards._base.responses import RawResponse, http_date
from octopus_cards._base.timeouts import Timeouts
from octopus_cards._engine.effects import Flow, Send, Shared
from octopus_cards._engine.exchange import CallResult, Session, attempt
from octopus_cards._engine.operation import Call, prepare
from octopus_cards._engine.outcomes import invalid_response
from octopus_cards._engine.retry import TokenBucket
from octopus_cards._login_backoff import LoginBackoff
from octopus_cards_api.models import TokenAnswer
from octopus_cards_api.operations import LOGIN, REFRESH_TOKENS

# How long before its expiry a token is renewed: in seconds, and as a fraction of its lifetime where that is less;
# five minutes of the documented hour. Source: documentation page best-practices/authentication.
RENEW_BEFORE = 300.0
RENEW_BEFORE_FRACTION = 1 / 12
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


class ApiKeyLogin:
    """Tokens from a login, renewed before they expire or when they are rejected; one thread or task renews for all.

    - A login or refresh belongs to the client: it continues if its caller leaves, and later callers use its tokens.
    - A refresh token that may have been used is never sent again: a server may revoke every token then. After a fork
      only the parent has it; the child logs in when the access token expires.
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
        register_fork_aware(self)

    def reset_after_fork(self) -> None:
        """Leave the refresh token to the parent, which will send it; the threads that renew are not in this process."""
        self._renewing = False
        if (pair := self._cache.pair) is not None:
            self._cache.pair = replace(pair, refresh_until=-math.inf)

    def token(self, session: Session, call: Call[Any], rejected: str, until: float) -> Flow[str]:
        """Return the access token; log in or renew it first where that is due."""
        now = session.clock.monotonic()
        pair = self._cache.usable("access_until" if self._renewing else "renew_at", now)
        if pair is not None:
            return pair.access
        for _ in range(MAX_LOGINS_OF_A_CALL):
            failures, problem = self._backoff.failures, None
            if self._backoff.allows(now, failures):
                problem = yield from self._renewed_by(session, call, failures, until)
                now = session.clock.monotonic()
            pair = self._cache.pair
            if pair is not None and pair.access != rejected and now < pair.access_until:
                return pair.access
            error = problem or self._backoff.error_for(call, now)
            if error is not None:
                raise error
        raise NotSentError("the tokens were revoked at once", method=call.method, path=call.path)

    def _renewed_by(self, session: Session, call: Call[Any], failures: int, until: float) -> Flow[RequestError | None]:
        """Wait until the tokens were renewed or the renewal failed; return why the call cannot wait for it."""
        left = until - session.clock.monotonic()
        try:
            in_time = yield Shared(call, partial(self._renew, session, failures), left)
        except RequestError as error:
            return error
        if in_time:
            return None
        late = NotSentError("the login takes longer than the time of the call", method=call.method, path=call.path)
        late.stop_reason = "the deadline is over"
        return late

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
            self._cache.pair = spent = replace(pair, refresh_until=-math.inf)
            try:
                return (yield from _request_pair(prepare(REFRESH_TOKENS, {"refresh_token": pair.refresh}), session))
            except (NotSentError, RateLimitError):
                if self._cache.pair is spent:  # no logout revoked it meanwhile
                    self._cache.pair = pair
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
