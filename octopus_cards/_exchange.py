"""One call: send it, judge the answer, and repeat it where that is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from random import Random
from typing import Any, Generic, TypeVar

from octopus_cards._answers import RawResponse
from octopus_cards._clock import Clock
from octopus_cards._config import Token, check_token
from octopus_cards._exceptions import (
    APIError,
    InvalidResponseError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitError,
    RequestError,
    ServerError,
)
from octopus_cards._flows import Consult, Flow, Pause, Send
from octopus_cards._wire import Call, error_detail

T = TypeVar("T")

RETRY_AFTER_CAP = 120.0
_IN_MESSAGE = re.compile(r"retry after (\d+) second", re.IGNORECASE)


def backoff(attempt: int, random: Random) -> float:
    """Seconds before the try after `attempt`: up to 200 ms, doubling, up to 10 s, all of it jitter.

    Source: documentation page best-practices/before-you-go-live.
    """
    return random.uniform(0.0, min(10.0, 0.2 * 2.0 ** min(attempt - 1, 10)))


@dataclass(frozen=True, slots=True)
class Session:
    """What all calls of one client share.

    When a call is tried again, up to `attempts` tries in all:

    1. Nothing reached the server: any call is repeated.
    2. The answer was lost, or the server failed (500, 502, 503, 504): a call is repeated if doing it twice
       does no more than doing it once.
    3. 429: likewise, after as long as the server asks; if that is over 120 seconds the call ends at once.
    4. Any other answer is final.

    Between tries the call waits as `backoff` says.
    """

    token: Token = field(repr=False)
    attempts: int
    clock: Clock
    random: Random
    backoff: Callable[[int, Random], float] = backoff

    def delay_before_repeating(self, error: RequestError, call: Call[Any]) -> float | None:
        """Seconds until the next try; None where there is none."""
        harmless = call.repeatable or isinstance(error, NotSentError)
        if error.attempts >= self.attempts or not harmless or not is_passing(error):
            return None
        asked = error.retry_after if isinstance(error, RateLimitError) else None
        if asked is None:
            return self.backoff(error.attempts, self.random)
        # A server that asks for no time at all is not hammered either.
        return max(asked, self.backoff(error.attempts, self.random)) if asked <= RETRY_AFTER_CAP else None


def is_passing(error: RequestError) -> bool:
    """Whether the same request may come to something better later."""
    if isinstance(error, ServerError):
        return error.status_code in (500, 502, 503, 504)
    return error.passing and isinstance(error, NotSentError | OutcomeUnknownError | RateLimitError)


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What a call came to, and the answer that it was read from."""

    value: T
    raw: RawResponse


def exchange(call: Call[T], session: Session, until: float | None = None) -> Flow[Reply[T]]:
    """Makes one call, by the rules of `Session`; begins no further try at or after `until` (monotonic)."""
    attempt = 0
    while True:
        attempt += 1
        token = yield from _token(call, session.token)
        try:
            answer = yield Send(call, token)
            return Reply(_judge(call, answer, session.clock, token), answer)
        except RequestError as error:
            error.attempts = attempt
            delay = session.delay_before_repeating(error, call)
            if delay is None or (until is not None and session.clock.monotonic() + delay >= until):
                raise
        yield Pause(delay)


def _token(call: Call[Any], source: Token) -> Flow[str]:
    if isinstance(source, str):
        return source
    try:
        token = yield Consult(source)
    except Exception as error:
        problem = f"the token callable raised {type(error).__name__}"
        raise NotSentError(problem, method=call.method, path=call.path) from error
    try:
        return check_token(token, "the result of the token callable")
    except (TypeError, ValueError) as error:
        raise NotSentError(str(error), method=call.method, path=call.path) from None


def _judge(call: Call[T], answer: RawResponse, clock: Clock, token: str) -> T:
    """The call's success, or the exception that the answer stands for."""
    if 200 <= answer.status_code <= 299:
        try:
            return call.parse(answer.json())
        except (TypeError, ValueError) as error:
            raise unusable(call, answer, str(error)) from None
    if 400 <= answer.status_code <= 599:
        raise _api_error(call, answer, clock, token)
    raise unusable(call, answer, "neither a success nor an error, and redirects are not followed")


def unusable(call: Call[Any], answer: RawResponse, problem: str) -> InvalidResponseError:
    """The exception for an answer that is not what the contract says."""
    return InvalidResponseError(f"the answer is not what the contract says: {problem}", **_context(call, answer))


def _context(call: Call[Any], answer: RawResponse) -> dict[str, Any]:
    return {
        "method": call.method,
        "path": call.path,
        "status_code": answer.status_code,
        "request_id": answer.request_id,
        "body": answer.content,
    }


def _api_error(call: Call[Any], answer: RawResponse, clock: Clock, token: str) -> APIError:
    detail = error_detail(answer)
    code = detail.code if detail else None
    name = detail.name if detail else None
    told = detail.message if detail else f"{_reason(answer.status_code)}, without an error envelope"
    message = (told or _reason(answer.status_code)).replace(token, "<withheld>")
    kind = APIError.for_status(answer.status_code, code)
    error = kind(message, name=name, code=code, **_context(call, answer))
    if isinstance(error, RateLimitError):
        error.retry_after = _retry_after(answer.header("Retry-After"), message, clock)
    return error


def _reason(status_code: int) -> str:
    try:
        return HTTPStatus(status_code).phrase
    except ValueError:
        return f"status {status_code}"


def _retry_after(header: str | None, message: str, clock: Clock) -> float | None:
    """The seconds to wait: from the header, a number or a date, else from the message as documented."""
    if header is not None and header.strip().isdecimal():
        return float(header)
    try:
        moment = parsedate_to_datetime(header or "")
        return max(0.0, (moment - clock.now()).total_seconds())
    except (TypeError, ValueError, OverflowError):
        told = _IN_MESSAGE.search(message)
        return float(told[1]) if told else None
