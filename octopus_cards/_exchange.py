"""One call: send it, judge the answer, and repeat it where that is right."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass, field
from random import Random
from typing import Any, Generic, Protocol, TypeVar

from octopus_cards._answers import RawResponse
from octopus_cards._clock import Clock
from octopus_cards._exceptions import (
    AuthenticationError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitError,
    RequestError,
)
from octopus_cards._flows import Consult, Flow, Pause, Send
from octopus_cards._judging import judge
from octopus_cards._redaction import withheld
from octopus_cards._request_ids import ksuid
from octopus_cards._retrying import Retry, Retrying
from octopus_cards._wire import Call

T = TypeVar("T")
_LOGGER = logging.getLogger("octopus_cards")


class Credentials(Protocol):
    """Where the token of a call comes from."""

    def token(self, session: Session, call: Call[Any]) -> Flow[str]:
        """The token for a call that is about to be sent.

        Raises:
            RequestError: There is none, and nothing was sent of the call.
        """
        ...

    def accepted(self) -> None:
        """Takes note that the server took a token."""
        ...

    def refused(self, token: str, error: AuthenticationError, clock: Clock) -> bool:
        """Takes note that the server refused a token; returns whether there may be another."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """What all calls of one client share."""

    credentials: Credentials = field(repr=False)
    clock: Clock
    random: Random
    retrying: Retrying


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What a call came to, and the answer that it was read from."""

    value: T
    raw: RawResponse
    request_id: str


def exchange(
    call: Call[T], session: Session, *, until: float = math.inf, request_id: str | None = None
) -> Flow[Reply[T]]:
    """Makes one call, by the rules of `Retrying`; begins no further try at or after `until` (monotonic).

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


@dataclass(slots=True)
class _Tried:
    """How often a call was tried, and whether the server may have done what it asks."""

    times: int = 0
    perhaps_done: bool = False

    def failed(self, failure: RequestError) -> None:
        """Counts a try that failed; what was refused for its token or its rate was not done."""
        self.perhaps_done |= not isinstance(failure, NotSentError | AuthenticationError | RateLimitError)


def _tries(call: Call[T], session: Session, until: float, request_id: str, tried: _Tried) -> Flow[Reply[T]]:
    refused, failure = None, None
    while True:
        token = (yield from session.credentials.token(session, call)) if call.authenticated else ""
        if failure is not None and token == refused:
            raise failure
        tried.times += 1
        try:
            return (yield from _attempt(Send(call, token, request_id), session, tried.times))
        except RequestError as error:
            failure = error
        tried.failed(failure)
        left = until - session.clock.monotonic()
        if isinstance(failure, AuthenticationError) and token:
            another = session.credentials.refused(token, failure, session.clock)
            if another and refused is None and left > 0:
                refused = token
                continue
        counted = tried.times if refused is None else tried.times - 1
        delay = session.retrying.verdict(failure, call, counted, left)
        if delay is None or isinstance(delay, str):
            failure.stopped = delay
            raise failure
        yield from _pause_before_repeating(Retry(tried.times, delay, failure), session)


def _attempt(send: Send, session: Session, attempt: int) -> Flow[Reply[Any]]:
    """Sends a call once and judges the answer; writes one line of the log."""
    started, ended, request_id = session.clock.monotonic(), "cut off", send.request_id
    try:
        answer: RawResponse = yield send
        ended = str(answer.status_code)
        # A server can put anything there, the token that it was sent among it.
        request_id = withheld(send.without_secrets(answer.request_id or send.request_id))
        if send.token and answer.status_code < 500 and answer.status_code != 401:
            session.credentials.accepted()
        value = judge(send, answer, session.clock)
    except RequestError as error:
        ended = ended if ended != "cut off" else type(error).__name__
        error.attempts, error.request_id = attempt, request_id
        raise
    finally:
        _LOGGER.debug(
            "%s %s %s in %.0f ms (request %s, attempt %d)",
            send.call.method, send.call.path, ended, (session.clock.monotonic() - started) * 1000, request_id, attempt,
        )  # fmt: skip
    session.retrying.budget.succeeded()
    return Reply(value, answer, request_id)


def _pause_before_repeating(retry: Retry, session: Session) -> Flow[None]:
    cause = retry.cause
    _LOGGER.info(
        "%s %s is tried again in %.3f s after %s (request %s, attempt %d)",
        cause.method, cause.path, retry.delay, type(cause).__name__, cause.request_id, retry.attempt,
    )  # fmt: skip
    if session.retrying.on_retry is not None:
        yield Consult(session.retrying.on_retry, (retry,))
    yield Pause(retry.delay)
