"""Where the token of a call comes from: it was given, it is asked for, or it is got by logging in."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

from octopus_cards._answers import http_date
from octopus_cards._clock import Clock
from octopus_cards._config import KeyPair, Token, check_token
from octopus_cards._exceptions import APIError, AuthenticationError, NotSentError, RequestError, ServerError
from octopus_cards._exchange import Credentials, Reply, Session, exchange
from octopus_cards._flows import Alone, Consult, Flow
from octopus_cards._judging import unusable
from octopus_cards._retrying import is_passing
from octopus_cards._wire import Call, TokenAnswer, login, logout, refresh_tokens

# How long before its end a token is renewed, in seconds, and as a part of its life where that is less: five minutes
# of the documented hour. Source: documentation page best-practices/authentication.
RENEW_BEFORE = 300.0
RENEW_BEFORE_PART = 1 / 12
# How long no login is tried after one that failed, in seconds; doubling where it was refused. Ten a minute are allowed.
LOGIN_BACKOFF = 6.0
LOGIN_BACKOFF_MAX = 60.0


def credentials(source: Token | KeyPair) -> Credentials:
    """The credentials that a user's arguments stand for."""
    if isinstance(source, KeyPair):
        return LoggedIn(source)
    return Given(source) if isinstance(source, str) else Asked(source)


@dataclass(frozen=True, slots=True)
class Given:
    """One token, for good."""

    _token: str = field(repr=False)

    def token(self, session: Session, call: Call[Any]) -> Flow[str]:
        """The token."""
        return self._token
        yield

    def accepted(self) -> None:
        """Nothing follows."""

    def refused(self, token: str, error: AuthenticationError, clock: Clock) -> bool:
        """There is no other."""
        return False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller's function returns, asked before every try."""

    _function: Callable[[], Any] = field(repr=False)

    def token(self, session: Session, call: Call[Any]) -> Flow[str]:
        """The token that the function returns."""
        try:
            token = yield Consult(self._function)
        except Exception as error:
            problem = f"the token callable raised {type(error).__name__}"
            raise NotSentError(problem, method=call.method, path=call.path) from error
        try:
            return check_token(token, "the result of the token callable")
        except (TypeError, ValueError) as error:
            raise NotSentError(str(error), method=call.method, path=call.path) from None

    def accepted(self) -> None:
        """Nothing follows."""

    def refused(self, token: str, error: AuthenticationError, clock: Clock) -> bool:
        """The function may know another."""
        return True


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two tokens, and by the monotonic clock until when which of them serves."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    renew_at: float
    access_until: float
    refresh_until: float


class LoggedIn:
    """Tokens got for a key, renewed before they expire or when they are refused; one thread or task does it for all.

    A pair is replaced as a whole. A refresh token that fails in any way is thought to be spent, and a login follows.
    After a login that failed, or tokens that were refused though they were new, none is tried for a while, and
    who needs one is told the same.
    """

    def __init__(self, keys: KeyPair) -> None:
        self._keys = keys
        self._pair: _Pair | None = None
        self._refusals = 0
        self._failure: RequestError | None = None
        self._failures = 0
        self._not_before = -math.inf

    def token(self, session: Session, call: Call[Any]) -> Flow[str]:
        """The access token; got or renewed first where that is due."""
        pair, failures = self._pair, self._failures
        if pair is not None and session.clock.monotonic() < pair.renew_at:
            return pair.access
        token: str = yield Alone(call, partial(self._renewed, session, call, failures))
        return token

    def accepted(self) -> None:
        """The tokens are good."""
        self._refusals = 0

    def refused(self, token: str, error: AuthenticationError, clock: Clock) -> bool:
        """The tokens are renewed, unless others did so already; new ones that are refused count as a failed login."""
        pair = self._pair
        # Many are refused with one pair at the same time; it counts once.
        if pair is not None and pair.access == token and pair.access_until > -math.inf:
            self._pair = replace(pair, renew_at=-math.inf, access_until=-math.inf)
            self._refusals += 1
            if self._refusals > 1:
                self._failed(error, clock)
        return True

    def forget(self) -> None:
        """Drops the tokens; the next call logs in."""
        self._pair = None

    def _renewed(self, session: Session, call: Call[Any], failures_before: int) -> Flow[str]:
        pair, now = self._pair, session.clock.monotonic()
        if pair is not None and now < pair.renew_at:
            return pair.access
        # Who waited here while another failed is told of that failure instead of failing in its turn.
        if self._failure is None or (now >= self._not_before and self._failures == failures_before):
            try:
                pair = self._pair = yield from self._next_pair(session, pair)
            except RequestError as error:
                self._failed(error, session.clock)
            else:
                self._failure, self._failures = None, 0
                return pair.access
        if pair is not None and session.clock.monotonic() < pair.access_until:
            return pair.access
        raise self._told(call, session.clock)

    def _next_pair(self, session: Session, pair: _Pair | None) -> Flow[_Pair]:
        if pair is not None and session.clock.monotonic() < pair.refresh_until:
            try:
                return (yield from _pair(refresh_tokens(pair.refresh), session))
            except NotSentError:
                raise  # the refresh token is as good as it was
            except RequestError:
                self._pair = replace(pair, refresh_until=-math.inf)
        return (yield from _pair(login(self._keys.key, self._keys.secret), session))

    def _failed(self, error: RequestError, clock: Clock) -> None:
        # What may pass by itself is found out soon; a key that is not good stays so.
        doubled = 0 if is_passing(error) else min(self._failures, 10)
        self._failure = error
        self._failures += 1
        self._not_before = clock.monotonic() + min(LOGIN_BACKOFF_MAX, LOGIN_BACKOFF * 2.0**doubled)

    def _told(self, call: Call[Any], clock: Clock) -> RequestError:
        """The last failure to get a token, as what it means for a call: nothing of it was sent."""
        failure, wait = cast("RequestError", self._failure), max(0.0, self._not_before - clock.monotonic())
        if isinstance(failure, APIError) and not isinstance(failure, ServerError):
            told: RequestError = copy.copy(failure)
        else:
            told = NotSentError(f"no token could be got: {failure}", method=call.method, path=call.path)
            told.passing, told.request_id, told.__cause__ = is_passing(failure), failure.request_id, failure
        told.stopped = f"no login is tried within the next {wait:.0f} s"
        return told


def _pair(call: Call[TokenAnswer], session: Session) -> Flow[_Pair]:
    asked_at = session.clock.monotonic()
    reply: Reply[TokenAnswer] = yield from exchange(call, session)
    tokens = reply.value.data
    if not reply.value.success:
        raise unusable(call, reply.raw, "a success that says success: false")
    try:
        for name in ("access_token", "refresh_token"):
            check_token(getattr(tokens, name), name)
    except ValueError as error:
        raise unusable(call, reply.raw, str(error)) from None
    # By the server's own clock, where it tells it, so that a clock of ours that is wrong does no harm.
    now = http_date(reply.raw.header("Date")) or session.clock.now()
    access, refresh = ((end - now).total_seconds() for end in (tokens.access_expires_at, tokens.refresh_expires_at))
    # A pair that is over when it comes is no pair that anybody makes: the clocks differ, and a 401 will tell.
    access, refresh = (life if life > 0 else math.inf for life in (access, refresh))
    return _Pair(
        tokens.access_token,
        tokens.refresh_token,
        renew_at=asked_at + access - min(RENEW_BEFORE, access * RENEW_BEFORE_PART),
        access_until=asked_at + access,
        refresh_until=asked_at + refresh,
    )


def log_out(session: Session) -> Flow[None]:
    """Ends all tokens of the account."""
    call = logout()
    reply = yield from exchange(call, session)
    if isinstance(session.credentials, LoggedIn):
        session.credentials.forget()
    if not reply.value.success:
        raise unusable(call, reply.raw, "a success that says success: false")
