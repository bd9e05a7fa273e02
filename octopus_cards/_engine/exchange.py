"""One call: send it, judge the answer, and repeat it where that is right."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from random import Random
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from octopus_cards._base.clock import Clock
from octopus_cards._base.exceptions import (
    AuthenticationError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitError,
    RequestError,
)
from octopus_cards._base.redaction import withheld
from octopus_cards._base.request_ids import ksuid
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Consult, Flow, Pause, Private, Send
from octopus_cards._engine.outcomes import judge
from octopus_cards._engine.retry import Retry, Retrying
from octopus_cards._io.codec import Call

T = TypeVar("T")
_LOGGER = logging.getLogger("octopus_cards")
# Who does not ask for the log sees none of it.
_LOGGER.addHandler(logging.NullHandler())


class Credentials(Protocol):
    """Where the token of a call comes from."""

    def token(self, session: Session, call: Call[Any], refused: str) -> Flow[str]:
        """The token for a call that is about to be sent; not the one that was `refused` for it, if there is another.

        Raises:
            RequestError: There is none, and nothing was sent of the call; where it has a `retry_after`, there may be
                one after so many seconds.
        """
        ...

    def refused(self, token: str, clock: Clock) -> str:
        """Takes note that the server refused a token; returns why there is no other, empty if there may be one."""
        ...


class Session(Private, frozen=True):
    """What all calls of one client share."""

    credentials: Credentials
    clock: Clock
    random: Random
    retrying: Retrying


class Reply(Struct, Generic[T], frozen=True):
    """What a call came to, and the answer that it was read from."""

    value: T
    raw: RawResponse
    request_id: str


def exchange(
    call: Call[T], session: Session, *, until: float = math.inf, request_id: str | None = None
) -> Flow[Reply[T]]:
    """Makes one call with a token, by the rules of `Retrying`.

    It begins no further try at or after `until` (monotonic), but for the one with another token, which does not wait.
    All its tries carry one `X-Request-Id`. What it raises speaks of all of them: nothing of a call was sent only if
    nothing of any try was.
    """
    request_id = request_id or ksuid(session.clock.now(), session.random)
    tried = _Tried()
    try:
        return (yield from _tries(call, session, until, request_id, tried))
    except NotSentError as error:
        if not tried.perhaps_done:
            raise
        told = f"an earlier attempt was sent, and what came of it is not known; of the last: {error.args[0]}"
        unknown = OutcomeUnknownError(told, method=call.method, path=call.path, attempts=tried.times)
        unknown.request_id, unknown.stopped, unknown.passing = request_id, error.stopped, error.passing
        raise unknown from error


class _Tried(Struct):
    """How often a call was tried, and whether the server may have done what it asks."""

    times: int = 0
    without_token: int = 0
    perhaps_done: bool = False

    def failed(self, failure: RequestError) -> None:
        """Counts a try that failed; what was refused for its token or its rate was not done."""
        self.perhaps_done |= not isinstance(failure, NotSentError | AuthenticationError | RateLimitError)


def _tries(call: Call[T], session: Session, until: float, request_id: str, tried: _Tried) -> Flow[Reply[T]]:
    refused, failure, sent = "", None, False
    while True:
        try:
            token = yield from session.credentials.token(session, call, refused)
        except RequestError as error:
            if error.retry_after is None:
                raise
            failure, sent = error, False
            tried.without_token += 1
        else:
            if failure is not None and token == refused:
                raise failure
            tried.times, sent = tried.times + 1, True
            try:
                return (yield from attempt(Send(call, token, request_id), session, tried.times))
            except RequestError as error:
                failure = error
            tried.failed(failure)
            if isinstance(failure, AuthenticationError) and not refused:
                failure.stopped = session.credentials.refused(token, session.clock) or None
                if failure.stopped is None:
                    refused = token
                    continue
        counted = tried.times + tried.without_token - bool(refused)
        harmless = call.repeatable or not sent or isinstance(failure, NotSentError)
        left = until - session.clock.monotonic()
        delay = session.retrying.verdict(failure, counted, left, harmless=harmless)
        if delay is None or isinstance(delay, str):
            failure.stopped = delay or failure.stopped
            raise failure
        yield from _pause_before_repeating(Retry(tried.times, delay, failure), session)


def attempt(send: Send, session: Session, number: int = 1) -> Flow[Reply[Any]]:
    """Sends a call once and judges the answer; writes one line of the log."""
    started, ended, request_id = session.clock.monotonic(), "cut off", send.request_id
    try:
        answer = yield send
        if number > 1:
            answer = replace(answer, attempt=number)
        ended, request_id = str(answer.status_code), _printable(answer.request_id, send)
        value = judge(send, answer, session.clock)
    except RequestError as error:
        if ended == "cut off":
            cause = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
            ended, request_id = f"{type(error).__name__}{cause}", _printable(error.request_id, send)
        error.attempts, error.request_id = number, request_id
        raise
    finally:
        _LOGGER.debug(
            "%s %s %s in %.0f ms (request %s, attempt %d)",
            send.call.method, send.call.path, ended, (session.clock.monotonic() - started) * 1000, request_id, number,
        )  # fmt: skip
    session.retrying.budget.succeeded()
    return Reply(value, answer, request_id)


def _printable(request_id: str | None, send: Send) -> str:
    """The server's id, else the one that was sent: a server can put anything there, a token that it got among it."""
    return withheld(send.without_secrets(request_id or send.request_id))


def _pause_before_repeating(retry: Retry, session: Session) -> Flow[None]:
    cause = retry.cause
    _LOGGER.info(
        "%s %s is tried again in %.3f s after %s (request %s, attempt %d)",
        cause.method, cause.path, retry.delay, type(cause).__name__, cause.request_id, retry.attempt,
    )  # fmt: skip
    if session.retrying.on_retry is not None:
        yield Consult(session.retrying.on_retry, (retry,))
    yield Pause(retry.delay)
