"""What an answer stands for: the success of a call, or the exception that it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from octopus_cards._base.clock import Clock
from octopus_cards._base.exceptions import (
    APIError,
    AuthenticationError,
    BadRequestError,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationFailedError,
)
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._engine.retry import retry_after
from octopus_cards._io.codec import Call, error_detail

_BY_STATUS: Mapping[int, type[APIError]] = MappingProxyType(
    {
        400: BadRequestError,
        401: AuthenticationError,
        403: PermissionDeniedError,
        404: NotFoundError,
        429: RateLimitError,
    }
)


def judge(sent: Send, answer: RawResponse, clock: Clock) -> Any:
    """The success of a call.

    Raises:
        APIError: The server answered with an error.
        InvalidResponseError: The answer is not what the contract says.
    """
    if 200 <= answer.status_code <= 299:
        try:
            return sent.call.read(answer)
        except (TypeError, ValueError) as error:
            problem = str(error)
        raise unusable(sent.call, answer, problem)
    if 400 <= answer.status_code <= 599:
        raise _api_error(sent, answer, clock)
    raise unusable(sent.call, answer, "neither a success nor an error, and redirects are not followed")


def unusable(call: Call[Any], answer: RawResponse, problem: str, request_id: str | None = None) -> InvalidResponseError:
    """The exception for an answer that is not what the contract says."""
    told = f"the answer is not what the contract says: {problem}"
    return InvalidResponseError(told, request_id=request_id, **_context(call, answer))


def _context(call: Call[Any], answer: RawResponse) -> dict[str, Any]:
    return {
        "method": call.method,
        "path": call.path,
        "status_code": answer.status_code,
        "attempts": answer.attempt,
        "body": b"" if call.secrets else answer.content,
    }


def _api_error(sent: Send, answer: RawResponse, clock: Clock) -> APIError:
    detail = error_detail(answer)
    code = sent.without_secrets(detail.code) if detail and detail.code is not None else None
    name = sent.without_secrets(detail.name) if detail and detail.name is not None else None
    told = detail.message if detail else f"{_reason(answer.status_code)}, without an error envelope"
    message = sent.without_secrets(told or _reason(answer.status_code))
    error = _kind(answer.status_code, code)(message, name=name, code=code, **_context(sent.call, answer))
    error.retry_after = retry_after(answer, message, clock)
    return error


def _kind(status_code: int, code: str | None) -> type[APIError]:
    if status_code == 400 and code == "VALIDATION_FAILURE":
        return ValidationFailedError
    return ServerError if status_code >= 500 else _BY_STATUS.get(status_code, APIError)


def _reason(status_code: int) -> str:
    try:
        return HTTPStatus(status_code).phrase
    except ValueError:
        return f"status {status_code}"
