"""Answers in JSON, with the digits of a Decimal, which the standard encoder cannot write."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._core.assumptions import Problem


def encode(value: Any) -> str:
    """The JSON text of a value."""
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


class Refused(Exception):
    """A request that gets an error for an answer."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.headers = headers


def invalid(message: str) -> Refused:
    """The documented refusal of a value."""
    return Refused(Problem(400, "ValidationException", "VALIDATION_FAILURE", message))


def answer(status_code: int, body: Any, headers: Mapping[str, str] | None = None) -> RawResponse:
    """An answer in JSON."""
    content = encode(body).encode()
    return RawResponse(status_code, {"content-type": "application/json", **(headers or {})}, content)


def envelope(problem: Problem, headers: Mapping[str, str] | None = None) -> RawResponse:
    """An error as the API tells it."""
    error = {"name": problem.name, "code": problem.code, "message": problem.message}
    return answer(problem.status_code, {"error": error}, headers)
