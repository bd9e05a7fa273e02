"""One call of an operation of the contract: the arguments are checked, and the request is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from msgspec.json import Encoder

from octopus_cards._base.narrowing import is_list, is_mapping
from octopus_cards._base.redacted import Redacted
from octopus_cards._engine.validation import check_value
from octopus_cards_api.operation import Operation, Parameter

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# A shorter value is no secret: its letters occur in every text. Up to the second length, only whole words are hidden.
MIN_SECRET_LENGTH, MIN_PART_LENGTH = 3, 6
_encode_json = Encoder(decimal_format="number", order=None).encode
_quote = partial(quote, safe="")


class Call(Redacted, Generic[T_co], frozen=True):
    """One request of an operation, and what the client has to know to send it.

    Attributes:
        operation: What the contract says about the request.
        path: The path with its parameters filled in.
        query: The query parameters, as text.
        headers: The headers of the operation itself.
        content: The JSON body; None without one.
        secrets: Private values of the request, which no message may show.
        fields: The names of the fields in the body, those of its open objects included.
    """

    operation: Operation[Any]
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    secrets: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.operation.method

    def redact(self, text: str, *more: str) -> str:
        """Return the text without the private values of the request."""
        for secret in (*more, *self.secrets):
            if len(secret) >= MIN_PART_LENGTH:
                text = text.replace(secret, "<withheld>")
            elif len(secret) >= MIN_SECRET_LENGTH:
                text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "<withheld>", text)
        return text


def prepare(operation: Operation[T], arguments: Mapping[str, Any]) -> Call[T]:
    """Return the call of an operation with these arguments; an optional argument that is None is left out.

    Raises:
        TypeError, ValueError: An argument breaks a rule of the contract. The message names the argument and the rule.
    """
    path, query, headers, secrets = operation.path, list[tuple[str, str]](), list[tuple[str, str]](), list[str]()
    body: dict[str, Any] = {}
    for parameter, value in check_arguments(operation, arguments):
        if parameter.sensitive:
            secrets.extend(_texts(value))
        if parameter.location == "body":
            body[parameter.wire] = value
            continue
        text = as_text(value)
        if parameter.location == "path":
            path = path.replace("{" + parameter.wire + "}", _quote(text))
        elif parameter.location == "query":
            query.append((parameter.wire, text))
        else:
            headers.append((parameter.wire, text))
    content = encode_json(body) if _has_body(operation) else None
    return Call(operation, path, tuple(query), tuple(headers), content, tuple(secrets), tuple(_keys(body)))


def _texts(value: object) -> Iterator[str]:
    """Yield the texts and numbers in a JSON value as text."""
    if is_mapping(value) or is_list(value):
        for each in value.values() if is_mapping(value) else value:
            yield from _texts(each)
    elif value is not None and not isinstance(value, bool):
        yield as_text(value)


def _keys(value: object) -> Iterator[str]:
    """Yield the keys of all objects in a JSON value."""
    if is_mapping(value):
        yield from map(str, value)
    if is_mapping(value) or is_list(value):
        for each in value.values() if is_mapping(value) else value:
            yield from _keys(each)


def _has_body(operation: Operation[Any]) -> bool:
    return any(parameter.location == "body" for parameter in operation.parameters)


def check_arguments(operation: Operation[Any], arguments: Mapping[str, Any]) -> list[tuple[Parameter, Any]]:
    """Return the checked arguments of a call in the order of the contract, without those that are None."""
    checked: list[tuple[Parameter, Any]] = []
    known = 0
    for parameter in operation.parameters:
        argument = parameter.argument
        known += argument in arguments
        value = arguments.get(argument)
        if parameter.required or value is not None:
            checked.append((parameter, check_value(argument, parameter.rule, value, sensitive=parameter.sensitive)))
    if known < len(arguments):
        unknown = arguments.keys() - {parameter.argument for parameter in operation.parameters}
        raise TypeError(f"{operation.name} takes no argument {', '.join(sorted(unknown))}")
    return checked


def encode_json(value: Any) -> bytes:
    """Return a value as JSON; a Decimal becomes a number with all its digits."""
    return _encode_json(value)


def as_text(value: Any) -> str:
    """Return a value as a path or a query has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
