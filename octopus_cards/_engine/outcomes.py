"""What a response means: the result of a call, or the exception that it becomes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from msgspec import MsgspecError

from octopus_cards._base.clock import Clock
from octopus_cards._base.exceptions import (
    APIError,
    AuthenticationError,
    BadRequestError,
    DuplicateReferenceError,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationFailedError,
)
from octopus_cards._base.narrowing import is_list, is_mapping
from octopus_cards._base.redaction import redact_quoted
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.decoding import EXTRAS, decode, decode_json
from octopus_cards._engine.effects import Send
from octopus_cards._engine.error_texts import error_text
from octopus_cards._engine.operation import Call, encode_json
from octopus_cards._engine.retry import retry_after

_BY_STATUS: Mapping[int, type[APIError]] = MappingProxyType(
    {
        400: BadRequestError,
        401: AuthenticationError,
        403: PermissionDeniedError,
        404: NotFoundError,
        429: RateLimitError,
    }
)
# The documented message is "Duplicate client_reference"; there is no code of its own for it.
_DUPLICATE = re.compile(r"duplicate\W*client_?\W*reference", re.IGNORECASE)


def interpret(send: Send, response: RawResponse, clock: Clock) -> Any:
    """Return the result of a call.

    Raises:
        APIError: The server answered with an error.
        InvalidResponseError: The response does not match the contract.
    """
    if 200 <= response.status_code <= 299:
        kind = send.call.operation.result
        if kind is RawResponse:
            return response
        if not response.content.strip() and (confirmation := _confirmation(send.call)) is not None:
            return confirmation
        try:
            result = decode(kind, response)
        except (TypeError, ValueError) as error:
            problem = str(error)
        else:
            if getattr(result, "success", None) is False:
                raise invalid_response(send.call, response, "success is false in a 2xx response")
            return result
        raise invalid_response(send.call, response, problem)
    if 400 <= response.status_code <= 599:
        raise _api_error(send, response, clock)
    raise invalid_response(send.call, response, "neither a success nor an error; redirects are not followed")


def _confirmation(call: Call[Any]) -> Any:
    """Return what a 2xx without a body means for a change whose response only confirms it; None for other calls."""
    kind = call.operation.result
    if call.method == "PATCH" and set(kind.__struct_encode_fields__) - {EXTRAS} == {"success", "message"}:
        return kind(success=True, message="")
    return None


def invalid_response(
    call: Call[Any], response: RawResponse, problem: str, request_id: str | None = None
) -> InvalidResponseError:
    """Return the exception for a response that does not match the contract."""
    text = f"the response does not match the contract: {problem}"
    return InvalidResponseError(text, request_id=request_id, **_context(call, response))


def _context(call: Call[Any], response: RawResponse) -> dict[str, Any]:
    return {
        "method": call.method,
        "path": call.path,
        "status_code": response.status_code,
        "attempts": response.attempt,
        "body": _without_private_fields(call, response.content),
    }


def _without_private_fields(call: Call[Any], content: bytes) -> bytes:
    """Return a body for `error.body`: nothing of a login, and private fields of the contract masked."""
    operation = call.operation
    if not operation.authenticated:
        return b""
    private = operation.sensitive
    if not any(name.encode() in content for name in private):
        return content
    try:
        return encode_json(_mask(decode_json(content), private))
    except (MsgspecError, ValueError, ArithmeticError, RecursionError):
        return b""  # what cannot be decoded cannot be masked


def _mask(value: object, private: Collection[str]) -> object:
    if is_mapping(value):
        return {name: "<withheld>" if name in private else _mask(item, private) for name, item in value.items()}
    return [_mask(item, private) for item in value] if is_list(value) else value


def _api_error(send: Send, response: RawResponse, clock: Clock) -> APIError:
    detail = error_text(response)
    known = {*send.call.path.split("/"), *(value for _, value in send.call.query)}
    code = None if detail.code is None else redact_quoted(send.redact(detail.code), known)
    name = None if detail.name is None else redact_quoted(send.redact(detail.name), known)
    without = (
        _reason(response.status_code) if any(detail) else f"{_reason(response.status_code)}, without an error envelope"
    )
    message = redact_quoted(send.redact(detail.message or without), known)
    kind = _error_class(send.call, response.status_code, code, message)
    error = kind(message, name=name, code=code, **_context(send.call, response))
    error.retry_after = retry_after(response, message, clock)
    if isinstance(error, ValidationFailedError):
        error.field = _named_field(send.call, message)
    return error


def _error_class(call: Call[Any], status_code: int, code: str | None, message: str) -> type[APIError]:
    if status_code == 400 and "client_reference" in call.fields and names_duplicate(code, message):
        return DuplicateReferenceError
    if status_code == 400 and code == "VALIDATION_FAILURE":
        return ValidationFailedError
    return ServerError if status_code >= 500 else _BY_STATUS.get(status_code, APIError)


def names_duplicate(code: str | None, message: str) -> bool:
    """Return whether a refusal says that the client_reference is in use."""
    return _DUPLICATE.search(f"{code} {message}") is not None


def _named_field(call: Call[Any], message: str) -> str | None:
    """Return the field of the request that a message names first; of `input_data.player_id` the inner one."""
    known = {*call.fields, *(each.wire for each in call.operation.parameters if each.location == "body")}
    for path in re.findall(r"\w+(?:\.\w+)*", message):
        parts: list[str] = path.split(".")
        if parts[0] in known or parts[-1] in known:
            return parts[-1]
    return None


def _reason(status_code: int) -> str:
    try:
        return HTTPStatus(status_code).phrase
    except ValueError:
        return f"status {status_code}"
