"""JSON responses and errors. The standard encoder cannot write a Decimal with its digits, so `encode` does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._core.problems import Problem, validation_failure
from octopus_cards.emulator._core.request_log import ReceivedRequest


def encode(value: Any) -> str:
    """Return the JSON text of a value; a Decimal keeps its digits."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            items = cast("dict[object, Any]", value).items()
            return "{" + ",".join(f"{json.dumps(str(key))}:{encode(item)}" for key, item in items) + "}"
        case list() | tuple():
            return "[" + ",".join(map(encode, cast("Sequence[Any]", value))) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)


class ErrorResponse(Exception):
    """A handler raises it to answer a request with an error."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.headers = headers


def invalid(message: str) -> ErrorResponse:
    """Return the documented error for an invalid value, to be raised."""
    return ErrorResponse(validation_failure(message))


def json_object(request: ReceivedRequest) -> dict[str, Any]:
    """Return the JSON object in the body of a request.

    Raises:
        ErrorResponse: The body is not a JSON object.
    """
    try:
        decoded = request.json()
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict):
        raise invalid("Invalid request body")
    return cast("dict[str, Any]", decoded)


def json_response(status_code: int, body: Any, headers: Mapping[str, str] | None = None) -> RawResponse:
    """Return a response whose body is this value as JSON."""
    # A lone surrogate in an echoed text becomes its JSON escape.
    content = encode(body).encode(errors="backslashreplace")
    return RawResponse(status_code, {"content-type": "application/json", **(headers or {})}, content)


def error_response(problem: Problem, headers: Mapping[str, str] | None = None) -> RawResponse:
    """Return a response with the error envelope of the API."""
    error = {"name": problem.name, "code": problem.code, "message": problem.message}
    return json_response(problem.status_code, {"error": error}, headers)
