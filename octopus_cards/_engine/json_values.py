"""JSON values that a caller passes: plain, exact, and within bounds, so that each of them can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from octopus_cards._base.narrowing import is_list, is_mapping
from octopus_cards._base.plain import plain_integer, plain_text
from octopus_cards._base.redaction import describe_value

# More than any amount or id has. Larger numbers take long to convert and are mistakes.
MAX_DIGITS = 40
_MAX_BITS = 128
_MAX_DEPTH = 100


def is_small(number: Decimal | int) -> bool:
    """Return whether a finite number has at most `MAX_DIGITS` digits, before and behind its point."""
    if isinstance(number, int):
        return number.bit_length() <= _MAX_BITS
    return len(number.as_tuple().digits) <= MAX_DIGITS and abs(number.adjusted()) <= MAX_DIGITS


def check_json(argument: str, value: object, depth: int = _MAX_DEPTH) -> Any:
    """Return a JSON value without enum members and other subclasses.

    Raises:
        TypeError: It is no JSON value, or has a float, which would not be exact.
        ValueError: A number is too large, a text cannot be encoded, or the value is nested too deeply.
    """
    match value:
        case None | bool():
            return value
        case str():
            return check_text(argument, value)
        case _ if is_mapping(value):
            return check_object(argument, value, depth)
        case _ if is_list(value):
            return [check_json(argument, item, _inner(argument, depth)) for item in value]
        case _:
            return _check_number(argument, value)


def check_text(argument: str, value: str) -> str:
    """Return a string as a str that can be encoded."""
    text = plain_text(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{argument} must be text without lone surrogates") from None
    return text


def check_object(argument: str, value: Mapping[object, object], depth: int = _MAX_DEPTH) -> dict[str, Any]:
    """Return a mapping as a dict of JSON values."""
    inner, result = _inner(argument, depth), dict[str, Any]()
    for name, item in value.items():
        if not isinstance(name, str):
            raise TypeError(f"{argument} must have only strings for keys")
        result[check_text(argument, name)] = check_json(argument, item, inner)
    return result


def _inner(argument: str, depth: int) -> int:
    if depth == 0:
        raise ValueError(f"{argument} must be nested at most {_MAX_DEPTH} levels deep")
    return depth - 1


def _check_number(argument: str, value: object) -> Decimal | int:
    if isinstance(value, Decimal) and Decimal(value).is_finite():
        number: Decimal | int = Decimal(value)
    else:
        try:
            number = plain_integer(value)
        except TypeError:
            rule = f"{argument} must hold only JSON values (numbers as int or Decimal)"
            raise TypeError(f"{rule}, got {describe_value(value)}") from None
    if not is_small(number):
        raise ValueError(f"{argument} must hold only numbers of at most {MAX_DIGITS} digits")
    return number


def check_query_value(name: object, value: object) -> list[tuple[str, str]]:
    """Return a query parameter as pairs of text; a sequence is repeated, and None is left out."""
    if not isinstance(name, str):
        raise TypeError(f"query must have only strings for keys, got {describe_value(name)}")
    key = check_text("each key of query", name)
    argument = f"query[{key!r}]"
    items = value if is_list(value) else [value]
    return [(key, _query_text(argument, item)) for item in items if item is not None]


def _query_text(argument: str, value: object) -> str:
    match value if is_mapping(value) or is_list(value) else check_json(argument, value):
        case bool() as flag:
            return "true" if flag else "false"
        case Decimal() as number:
            return format(number, "f")
        case str() | int() as plain:
            return str(plain)
        case _:
            raise TypeError(f"{argument} must be a string, number, boolean or list of them")
