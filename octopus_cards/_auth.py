"""Where the token of a call comes from: it was given, it is asked for, or it is got by logging in."""

from __future__ import annotations

import copy
import datetime
import math
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from msgspec.structs import replace

from octopus_cards._base.clock import Clock
from octopus_cards._base.config import KeyPair, Token, check_token
from octopus_cards._base.exceptions import APIError, NotSentError, RateLimitError, RequestError, ServerError
from octopus_cards._base.request_ids import ksuid
from octopus_cards._base.responses import RawResponse, http_date
from octopus_cards._engine.effects import Alone, Consult, Flow, Private, Send
from octopus_cards._engine.exchange import Credentials, Reply, Session, attempt, exchange
from octopus_cards._engine.outcomes import unusable
from octopus_cards._engine.retry import Budget
from octopus_cards._io.codec import Call, TokenAnswer, login, logout, refresh_tokens

# How long before its end a token is renewed, in seconds, and as a part of its life where that is less: five minutes
# of the documented hour. Source: documentation page best-practices/authentication.
RENEW_BEFORE = 300.0
RENEW_BEFORE_PART = 1 / 12
# How long no login is tried after one that failed, in seconds, doubling: first and longest. Ten a minute are allowed;
# what may pass by itself is found out soon, a key that is refused stays so.
PASSING_BACKOFF = (0.5, 10.0)
REFUSED_BACKOFF = (6.0, 60.0)
# From where on a clock is thought to be wrong.
CLOCKS_DIFFER = datetime.timedelta(seconds=2)
# How often tokens are renewed because they were refused: so often at once, and so often a second.
REFUSALS = 5.0
REFUSALS_PER_SECOND = 0.1


def credentials(source: Token | KeyPair, clock: Clock) -> Credentials:
    """The credentials that a user's arguments stand for."""
    if isinstance(source, KeyPair):
        return LoggedIn(source, Budget(clock, capacity=REFUSALS, per_second=REFUSALS_PER_SECOND))
    return Given(source) if isinstance(source, str) else Asked(source)


class Given(Private, frozen=True):
    """One token, for good."""

    _token: str

    def token(self, session: Session, call: Call[Any], refused: str) -> Flow[str]:
        """The token."""
        return self._token
        yield

    def refused(self, token: str, clock: Clock) -> str:
        """There is no other."""
        return "a token that was given cannot be renewed: give api_key and api_secret, or a callable, instead"


class Asked(Private, frozen=True):
    """What the caller's function returns, asked before every try."""

    _function: Callable[[], Any]

    def token(self, session: Session, call: Call[Any], refused: str) -> Flow[str]:
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

    def refused(self, token: str, clock: Clock) -> str:
        """The function may know another."""
        return ""


class _Pair(Private, frozen=True):
    """Two tokens, and by the monotonic clock until when which of them serves."""

    access: str
    refresh: str
    renew_at: float
    access_until: float
    refresh_until: float


class LoggedIn:
    """Tokens got for a key, renewed before they expire or when they are refused; one thread or task does it for all.

    - A pair is replaced as a whole. While it is renewed in good time, the others go on with the old one.
    - A refresh token that fails is thought to be spent, and a login follows; but not if the refresh was not sent, or
      refused for its rate.
    - After a login that failed none is tried for a while, and who needs one is told the same.
    - A renewal that fails harms nobody while the old token is good.
    - Tokens are renewed for a refusal a few times only: what is refused again and again, others may be able to do.
    """

    def __init__(self, keys: KeyPair, refusals: Budget) -> None:
        self._keys = keys
        self._refusals = refusals
        self._pair: _Pair | None = None
        self._refused = ""
        self._renewing = False
        self._failure: RequestError | None = None
        self._failures = 0
        self._not_before = -math.inf

    def token(self, session: Session, call: Call[Any], refused: str) -> Flow[str]:
        """The access token; got or renewed first where that is due."""
        pair, failures, now = self._pair, self._failures, session.clock.monotonic()
        if pair and pair.access != self._refused and now < (pair.access_until if self._renewing else pair.renew_at):
            return pair.access
        token: str = yield Alone(call, partial(self._renewed, session, call, refused, failures))
        return token

    def refused(self, token: str, clock: Clock) -> str:
        """The tokens are renewed, unless others did so already."""
        pair = self._pair
        if pair is None or pair.access != token or self._refused == token:
            return ""
        if clock.monotonic() < pair.renew_at and not self._refusals.spend():
            return "tokens that were new were refused, again and again"
        self._refused = token
        return ""

    def forget(self) -> None:
        """Drops the tokens; the next call logs in."""
        self._pair = None

    def _renewed(self, session: Session, call: Call[Any], refused: str, failures_before: int) -> Flow[str]:
        pair, now = self._pair, session.clock.monotonic()
        if pair is not None and pair.access != self._refused and now < pair.renew_at:
            return pair.access
        # Who waited here while another failed is told of that failure instead of failing in its turn.
        if self._failure is None or (now >= self._not_before and self._failures == failures_before):
            self._renewing = True
            try:
                pair = self._pair = yield from self._next_pair(session, pair)
            except RequestError as error:
                self._failed(error, session.clock)
            else:
                self._failure, self._failures = None, 0
                return pair.access
            finally:
                self._renewing = False
        if pair is not None and pair.access != refused and session.clock.monotonic() < pair.access_until:
            return pair.access
        raise self._told(call, session.clock)

    def _next_pair(self, session: Session, pair: _Pair | None) -> Flow[_Pair]:
        if pair is not None and session.clock.monotonic() < pair.refresh_until:
            try:
                return (yield from _pair(refresh_tokens(pair.refresh), session))
            except (NotSentError, RateLimitError):
                raise  # the refresh token is as good as it was
            except RequestError:
                self._pair = replace(pair, refresh_until=-math.inf)
        return (yield from _pair(login(self._keys.key, self._keys.secret), session))

    def _failed(self, error: RequestError, clock: Clock) -> None:
        first, longest = PASSING_BACKOFF if error.passing else REFUSED_BACKOFF
        wait = max(min(longest, first * 2.0 ** min(self._failures, 10)), error.retry_after or 0.0)
        # A copy: the original leads to whoever called, and whoever catches it may write on it.
        self._failure = copy.copy(error)
        self._failures += 1
        self._not_before = clock.monotonic() + wait

    def _told(self, call: Call[Any], clock: Clock) -> RequestError:
        """The last failure to get a token, as what it means for a call: nothing of it was sent."""
        failure, wait = cast("RequestError", self._failure), max(0.0, self._not_before - clock.monotonic())
        if isinstance(failure, APIError) and not isinstance(failure, ServerError):
            told: RequestError = copy.copy(failure)
        else:
            problem = f"no token could be got: {failure.method} {failure.path}: {failure.args[0]}"
            told = NotSentError(problem, method=call.method, path=call.path)
            told.passing, told.request_id, told.__cause__ = failure.passing, failure.request_id, failure
        told.retry_after = wait
        told.stopped = f"no login is tried within the next {math.ceil(wait)} s" if wait else None
        return told


def _pair(call: Call[TokenAnswer], session: Session) -> Flow[_Pair]:
    """A pair of tokens, by one try: whoever needs them pauses and tries again, and holds up nobody meanwhile."""
    asked_at = session.clock.monotonic()
    reply: Reply[TokenAnswer] = yield from attempt(Send(call, "", ksuid(session.clock.now(), session.random)), session)
    tokens = reply.value.data
    if not reply.value.success:
        raise unusable(call, reply.raw, "a success that says success: false", reply.request_id)
    try:
        for name in ("access_token", "refresh_token"):
            check_token(getattr(tokens, name), name)
    except ValueError as error:
        raise unusable(call, reply.raw, str(error), reply.request_id) from None
    now = _now_there(reply.raw, session.clock)
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


def _now_there(answer: RawResponse, clock: Clock) -> datetime.datetime:
    """The server's time of day, so that a clock of ours that is wrong does no harm; in doubt rather too late."""
    here, there = clock.now(), http_date(answer.header("Date"))
    if there is None or abs(there - here) <= CLOCKS_DIFFER:
        return here
    return there + datetime.timedelta(seconds=1)  # it tells whole seconds only


def log_out(session: Session) -> Flow[None]:
    """Ends all tokens of the account."""
    call = logout()
    reply = yield from exchange(call, session)
    if isinstance(session.credentials, LoggedIn):
        session.credentials.forget()
    if not reply.value.success:
        raise unusable(call, reply.raw, "a success that says success: false", reply.request_id)
