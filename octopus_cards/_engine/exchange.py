"""One call: get a token, send the request, interpret the response, and retry by the rules of `RetryPolicy`."""

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
from octopus_cards._base.redacted import Redacted
from octopus_cards._base.redaction import redact
from octopus_cards._base.request_ids import ksuid
from octopus_cards._base.responses import RawResponse
from octopus_cards._base.timeouts import DEFAULT_TIMEOUTS, Timeouts
from octopus_cards._engine.effects import Flow, Invoke, Pause, Send
from octopus_cards._engine.operation import Call
from octopus_cards._engine.outcomes import interpret
from octopus_cards._engine.retry import Attempts, Retry, RetryPolicy

T = TypeVar("T")
# How long an attempt may outlast the caller's `until`, in seconds: a wait makes its last read when its time is over.
MAX_OVERTIME = 5.0
_LOGGER = logging.getLogger("octopus_cards")
# Without a handler of the application's, the log is silent.
_LOGGER.addHandler(logging.NullHandler())


class Credentials(Protocol):
    """The source of the token of a call."""

    def token(self, session: Session, call: Call[Any], rejected: str, until: float) -> Flow[str]:
        """Return the token for a call that is about to be sent, if possible another one than the `rejected` one.

        The caller can wait for it until that moment (monotonic).

        Raises:
            RequestError: There is no token, so nothing of the call was sent; with `retry_after`, there may be one then.
        """
        ...

    def rejected(self, token: str, clock: Clock) -> str:
        """Note that the server rejected a token; return why there is no other, empty if there may be one."""
        ...


class Session(Redacted, frozen=True):
    """What all calls of one client share."""

    credentials: Credentials
    clock: Clock
    random: Random
    policy: RetryPolicy
    timeouts: Timeouts
    deadline: float | None
    server: str

    def timeouts_of(self, call: Call[Any], left: float) -> Timeouts:
        """Return the timeouts of an attempt: the server may take as long as documented, within the time left."""
        timeouts, documented = self.timeouts, call.operation.timeout
        if timeouts is DEFAULT_TIMEOUTS and documented is not None and documented > timeouts.read:
            timeouts = replace(timeouts, read=documented)
        return timeouts.within(left)

    def ends_at(self, now: float) -> float:
        """Return the deadline of a call that starts now (monotonic)."""
        return math.inf if self.deadline is None else now + self.deadline


class CallResult(Struct, Generic[T], frozen=True):
    """The result of a call, and the response that it was read from."""

    value: T
    raw: RawResponse
    request_id: str


def exchange(
    call: Call[T], session: Session, *, until: float = math.inf, request_id: str | None = None
) -> Flow[CallResult[T]]:
    """Make one call with a token, by the rules of `RetryPolicy`.

    No retry starts at or after `until` (monotonic), except the one after a 401, which starts at once; no attempt
    outlasts it by more than `MAX_OVERTIME`. All attempts carry one `X-Request-Id`. It raises NotSentError only if no
    attempt was sent.
    """
    request_id = request_id or ksuid(session.clock.now(), session.random)
    attempts = Attempts()
    try:
        return (yield from _attempt_until_final(call, session, until, request_id, attempts))
    except NotSentError as error:
        if not attempts.may_have_executed:
            raise
        text = f"an earlier attempt was sent and its outcome is unknown; the last one failed: {error.args[0]}"
        unknown = OutcomeUnknownError(text, method=call.method, path=call.path, attempts=attempts.made)
        unknown.request_id, unknown.stop_reason, unknown.retryable = request_id, error.stop_reason, error.retryable
        raise unknown from error


def _attempt_until_final(
    call: Call[T], session: Session, until: float, request_id: str, attempts: Attempts
) -> Flow[CallResult[T]]:
    ends_at = session.ends_at(session.clock.monotonic())
    while True:
        outcome = yield from _attempt_once(call, session, min(ends_at, until + MAX_OVERTIME), request_id, attempts)
        if not isinstance(outcome, RequestError):
            return outcome
        left = min(until, ends_at) - session.clock.monotonic()
        if session.clock.monotonic() < ends_at and _reject_token(outcome, session, attempts):
            continue
        yield from pause_before_retry(_plan_retry(outcome, call, session, attempts, left), session)


def _attempt_once(
    call: Call[T], session: Session, ends_at: float, request_id: str, attempts: Attempts
) -> Flow[CallResult[T] | RequestError]:
    """Return the result of one attempt, or its error where another attempt is possible."""
    rejected = attempts.rejected_token
    token = ""
    if call.operation.authenticated:
        try:
            token = yield from session.credentials.token(session, call, rejected, ends_at)
        except RequestError as error:
            attempts.record(error, sent=False)
            error.request_id, error.attempts = request_id, attempts.made
            if error.retry_after is None:
                raise
            return error
        if attempts.last_error is not None and token == rejected:
            raise attempts.last_error
        if session.clock.monotonic() >= ends_at:
            late = NotSentError("the deadline passed while the client got a token", method=call.method, path=call.path)
            late.request_id, late.stop_reason = request_id, "the deadline is over"
            raise late
    attempts.sent, attempts.last_token = attempts.sent + 1, token
    left = ends_at - session.clock.monotonic()
    try:
        send = Send(call, token, request_id, session.timeouts_of(call, left), left)
        return (yield from attempt(send, session, attempts.made))
    except RequestError as error:
        attempts.record(error, sent=True)
        return error


def _reject_token(error: RequestError, session: Session, attempts: Attempts) -> bool:
    """Drop the token after a 401; return whether there may be another one, with which the call is repeated once."""
    token = attempts.last_token
    if not attempts.was_sent or not isinstance(error, AuthenticationError) or attempts.rejected_token:
        return False
    error.stop_reason = session.credentials.rejected(token, session.clock) or None
    if error.stop_reason is None:
        attempts.rejected_token = token
    return error.stop_reason is None


def _plan_retry(error: RequestError, call: Call[Any], session: Session, attempts: Attempts, left: float) -> Retry:
    """Return the next retry, or raise the error where there is none."""
    # The server does not execute what it rejects for its rate.
    not_executed = not attempts.was_sent or isinstance(error, NotSentError | RateLimitError)
    idempotent = call.operation.idempotent or not_executed
    delay = session.policy.next_delay(error, attempts.counted, left, idempotent=idempotent)
    if delay is None or isinstance(delay, str):
        error.stop_reason = delay or error.stop_reason
        raise error
    return Retry(attempts.made, delay, error)


def attempt(send: Send, session: Session, number: int = 1) -> Flow[CallResult[Any]]:
    """Send a request once and interpret the response; write one line of the log."""
    started, result, request_id = session.clock.monotonic(), "interrupted", send.request_id
    try:
        response = yield send
        if number > 1:
            response = replace(response, attempt=number)
        result, request_id = str(response.status_code), _safe_request_id(response.request_id, send)
        value = interpret(send, response, session.clock)
    except RequestError as error:
        if result == "interrupted":
            cause = f" ({type(error.__cause__).__name__})" if error.__cause__ else ""
            result, request_id = f"{type(error).__name__}{cause}", _safe_request_id(error.request_id, send)
        error.attempts, error.request_id = number, request_id
        raise
    finally:
        if _LOGGER.isEnabledFor(logging.DEBUG):
            _log_attempt(send, result, session.clock.monotonic() - started, request_id, number)
    session.policy.budget.refund()
    return CallResult(value, response, request_id)


def _log_attempt(send: Send, result: str, seconds: float, request_id: str, number: int) -> None:
    path = redact(send.redact(send.call.path))
    _LOGGER.debug(
        "%s %s %s in %.0f ms (request %s, attempt %d)",
        send.call.method, path, result, seconds * 1000, request_id, number,
    )  # fmt: skip


def _safe_request_id(request_id: str | None, send: Send) -> str:
    """Return the server's id, else the one that was sent; a server may have put a token there."""
    return redact(send.redact(request_id or send.request_id))


def pause_before_retry(retry: Retry, session: Session) -> Flow[None]:
    """Log a retry, call the hook of the client, and wait."""
    # The log names the request that failed: that of the login, where there was no token.
    login = retry.cause.__cause__
    cause = login if isinstance(login, RequestError) else retry.cause
    _LOGGER.info(
        "%s %s retrying in %.3f s after %s (request %s, attempt %d)",
        cause.method, redact(cause.path), retry.delay, type(cause).__name__, cause.request_id, retry.attempt,
    )  # fmt: skip
    if session.policy.on_retry is not None:
        yield Invoke(session.policy.on_retry, (retry,))
    yield Pause(retry.delay)
