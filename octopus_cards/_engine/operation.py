"""One call of an operation of the contract: the arguments are checked, and the request is complete."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from msgspec.json import Encoder

from octopus_cards._base.redacted import Redacted
from octopus_cards._engine.validation import check_value
from octopus_cards_api.operation import Operation, Parameter

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# A shorter value is no secret: its letters occur in every text.
MIN_SECRET_LENGTH = 6
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
    """

    operation: Operation[Any]
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    secrets: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.operation.method

    def redact(self, text: str, *more: str) -> str:
        """Return the text without the private values of the request."""
        for secret in (*more, *self.secrets):
            if len(secret) >= MIN_SECRET_LENGTH:
                text = text.replace(secret, "<withheld>")
        return text


def prepare(operation: Operation[T], arguments: Mapping[str, Any]) -> Call[T]:
    """Return the call of an operation with these arguments; an optional argument that is None is left out.

    Raises:
        TypeError, ValueError: An argument breaks a rule of the contract. The message names the argument and the rule.
    """
    values = check_arguments(operation, arguments)
    path, query, headers = operation.path, list[tuple[str, str]](), list[tuple[str, str]]()
    body: dict[str, Any] = {}
    for parameter, value in values:
        if parameter.location == "path":
            path = path.replace("{" + parameter.wire + "}", _quote(_as_text(value)))
        elif parameter.location == "query":
            query.append((parameter.wire, _as_text(value)))
        elif parameter.location == "header":
            headers.append((parameter.wire, _as_text(value)))
        else:
            body[parameter.wire] = value
    has_body = any(parameter.location == "body" for parameter in operation.parameters)
    secrets = [value for parameter, value in values if parameter.sensitive and isinstance(value, str)]
    content = encode_json(body) if has_body else None
    return Call(operation, path, tuple(query), tuple(headers), content, tuple(secrets))


def check_arguments(operation: Operation[Any], arguments: Mapping[str, Any]) -> list[tuple[Parameter, Any]]:
    """Return the checked arguments of a call in the order of the contract, without those that are None."""
    unknown = arguments.keys() - {parameter.argument for parameter in operation.parameters}
    if unknown:
        raise TypeError(f"{operation.name} takes no argument {', '.join(sorted(unknown))}")
    given = [(parameter, arguments.get(parameter.argument)) for parameter in operation.parameters]
    return [
        (parameter, check_value(parameter.argument, parameter.rule, value, sensitive=parameter.sensitive))
        for parameter, value in given
        if parameter.required or value is not None
    ]


def encode_json(value: Any) -> bytes:
    """Return a value as JSON; a Decimal becomes a number with all its digits."""
    return _encode_json(value)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)
