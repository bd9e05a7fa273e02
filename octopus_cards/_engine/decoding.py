"""Responses become models: the fastest decoder that succeeds is used, and all of them return the same."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin

from msgspec import MsgspecError, convert
from msgspec.json import Decoder
from msgspec.structs import force_setattr

from octopus_cards._base.responses import RawResponse

# The field in which a generated model keeps the fields that the contract does not know.
EXTRAS = "_additional_properties"
# JSON as plain Python, its numbers with a point as Decimal.
decode_json = Decoder(float_hook=Decimal).decode


def decode(kind: Any, response: RawResponse) -> Any:
    """Return the body as an instance of a generated model, or as a list of them.

    Raises:
        TypeError, ValueError: The body does not match the contract; the message names the field and not its value.
    """
    for decoder in (_decode_strict, _decode_with_extras):
        try:
            return decoder(kind, response.content)
        except (MsgspecError, TypeError, ValueError, ArithmeticError, RecursionError):
            pass
    return _decode_carefully(kind, response.json())


@cache
def _decoder(kind: Any) -> Decoder[Any]:
    # msgspec cannot create an object without declared fields; `dec_hook` does.
    return Decoder(kind, dec_hook=_from_dict, float_hook=Decimal)


def _from_dict(kind: Any, value: Any) -> Any:
    return kind.from_dict(value)


def _decode_strict(kind: Any, content: bytes) -> Any:
    """Decode a body that has only fields of the contract, straight from its bytes."""
    return _decoder(kind).decode(content)


def _decode_with_extras(kind: Any, content: bytes) -> Any:
    """Decode a body with fields that the contract does not know: set them aside and convert the rest."""
    decoded, is_list = decode_json(content), get_origin(kind) is list
    model: Any = get_args(kind)[0] if is_list else kind
    rows: list[Any] = decoded if is_list else [decoded]
    if any(row.__class__ is not dict for row in rows):
        raise TypeError("objects expected")
    known = (name for name in model.__struct_encode_fields__ if name != EXTRAS)
    unknown = set[str]().union(*rows).difference(known)
    extras = [_pop_extras(unknown, row) for row in rows]
    result: Any = convert(decoded, kind, dec_hook=_from_dict)
    for instance, fields in zip(result if is_list else [result], extras, strict=True):
        if fields:
            force_setattr(instance, EXTRAS, type(getattr(instance, EXTRAS))(fields))
    return result


def _pop_extras(unknown: set[str], row: dict[str, Any]) -> dict[str, Any]:
    """Remove the unknown fields of an object and return them in their order."""
    names = unknown if len(unknown) == 1 else [name for name in row if name in unknown]
    return {name: row.pop(name) for name in names if name in row}


def _decode_carefully(kind: Any, decoded: Any) -> Any:
    """Decode field by field, which names the first field that is wrong."""
    if get_origin(kind) is not list:
        return kind.from_dict(_of_type(dict, "an object", decoded))
    return [get_args(kind)[0].from_dict(row) for row in _of_type(list, "an array", decoded)]


def decode_row(model: Any, row: Any) -> Any:
    """Return one decoded object as an instance of a generated model.

    Raises:
        TypeError, ValueError: It does not match the contract; the message names the field and not its value.
    """
    return model.from_dict(_of_type(dict, "an object", row))


def _of_type(kind: type, expected: str, decoded: Any) -> Any:
    if not isinstance(decoded, kind):
        raise TypeError(f"{expected} expected, got {type(decoded).__name__}")
    return decoded
