# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
"""What the generated models share.

`nox -s generate` copies this module from tools/generate/package; change it there.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from decimal import Decimal
from importlib import import_module
from types import MappingProxyType
from typing import Any, ClassVar, Literal, NoReturn, Self

from msgspec import Struct
from msgspec.json import Decoder, Encoder


def _pydantic() -> Any:
    """Return the module for pydantic, which only pydantic needs."""
    return import_module(f"{__package__}.pydantic_support")


class Withheld:
    """Takes the place of a private value in a repr."""

    def __repr__(self) -> str:
        return "<withheld>"


class UnknownFields(dict[str, Any]):
    """Fields that the contract does not know. It is a type of its own, so that no JSON value can be mistaken for it."""


NO_UNKNOWN_FIELDS = UnknownFields()


# An e-mail address, a phone number, or a text that is nothing but the digits of one.
_PERSONAL = re.compile(
    r"\S(?:@|%40)\S|\+\d[\d ()./\u00a0\u202f\u2010-\u2015-]{5,}\d|\A\d{10,15}\Z"
)


# At most 40 digits on each side of the point: more than any amount has.
_AMOUNT = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")


class Field(Struct, frozen=True):
    """One field of a model.

    Attributes:
        name: Its Python name.
        wire: Its name in JSON.
        kind: What it holds.
        required: Whether the contract requires it.
        sensitive: Whether it is private.
        free_text: Whether it is text for people, which may quote the recipient.
        model: The class of a nested model.
        item: What an array holds.
    """

    name: str
    wire: str
    kind: Literal[
        "text",
        "integer",
        "boolean",
        "number",
        "amount_text",
        "moment",
        "day",
        "any",
        "model",
        "list",
    ]
    required: bool = False
    sensitive: bool = False
    free_text: bool = False
    model: Any = None
    item: Field | None = None


def _is_hidden(field: Field, value: Any) -> bool:
    """Return whether a repr hides a value; any text may have an e-mail address or a phone number in it."""
    is_personal = isinstance(value, str) and _PERSONAL.search(value) is not None
    return field.sensitive or field.free_text or is_personal


def wrong_type(where: str, expected: str, value: Any) -> TypeError:
    """Return the error for a value. It names the field and the expected type; of the value only the type is shown."""
    found = "absent or null" if value is None else type(value).__name__
    return TypeError(f"{where}: {expected} expected, got {found}")


def to_decimal(where: str, value: Any) -> Decimal:
    """Return a JSON number as a Decimal."""
    if value.__class__ is int:
        return Decimal(value)
    if value.__class__ is float:
        return Decimal(repr(value))
    if isinstance(value, Decimal):
        return value
    raise wrong_type(where, "a number", value)


def to_amount(where: str, value: Any) -> Decimal:
    """Return an amount that JSON holds as text as a Decimal; a number is accepted too."""
    if value.__class__ is not str:
        return to_decimal(where, value)
    if _AMOUNT.fullmatch(value) is None:
        raise wrong_type(where, "an amount as decimal text", value)
    return Decimal(value)


def to_moment(where: str, value: Any) -> datetime.datetime:
    """Return RFC 3339 text as an aware datetime; lower case and leap seconds are accepted, and no offset means UTC."""
    if value.__class__ is not str or len(value) < 16:
        if isinstance(value, datetime.datetime):
            return value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
        raise wrong_type(where, "a date and time (RFC 3339)", value)
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        text, is_leap = value.upper(), value[16:19] == ":60"
        try:
            moment = datetime.datetime.fromisoformat(
                text[:16] + ":59" + text[19:] if is_leap else text
            )
            moment += datetime.timedelta(seconds=is_leap)
        except (ValueError, OverflowError):
            raise wrong_type(where, "a date and time (RFC 3339)", value) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def to_day(where: str, value: Any) -> datetime.date:
    """Return RFC 3339 text as a date."""
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong_type(where, "a date (RFC 3339)", value) from None


CONVERTERS: Mapping[str, Callable[[str, Any], Any]] = MappingProxyType(
    {"number": to_decimal, "amount_text": to_amount, "moment": to_moment, "day": to_day}
)
_SIMPLE = {
    "text": (str, "a string"),
    "integer": (int, "an integer"),
    "boolean": (bool, "true or false"),
}


def read_field(field: Field, where: str, value: Any) -> Any:
    """Return a decoded JSON value as what the field holds."""
    if field.kind in _SIMPLE:
        kind, expected = _SIMPLE[field.kind]
        if value.__class__ is not kind:
            raise wrong_type(where, expected, value)
    elif field.kind == "model":
        if not isinstance(value, Mapping):
            raise wrong_type(where, "an object", value)
        return field.model.from_dict(value)
    elif field.kind == "list" and field.item is not None:
        if value.__class__ is not list and value.__class__ is not tuple:
            raise wrong_type(where, "an array", value)
        return tuple(read_field(field.item, where, item) for item in value)
    elif field.kind in CONVERTERS:
        return CONVERTERS[field.kind](where, value)
    return value


def plain(field: Field, value: Any, *, private: bool) -> Any:
    """Return the value of a field as plain Python."""
    if value is None:
        return None
    if field.kind == "model":
        return value.to_dict(private=private)
    if field.kind == "list" and field.item is not None:
        return [plain(field.item, item, private=private) for item in value]
    return deepcopy(value) if field.kind == "any" else value


def to_wire(field: Field, value: Any, *, private: bool) -> Any:
    """Return the value of a field as JSON holds it; a Decimal stays one."""
    match field.kind:
        case "moment" | "day":
            return value.isoformat().replace("+00:00", "Z")
        case "amount_text":
            return format(value, "f")
        case "model":
            return value.to_wire(private=private)
        case "list" if field.item is not None:
            return [to_wire(field.item, item, private=private) for item in value]
        case "any":
            return deepcopy(value)
        case _:
            return value


encode_json = Encoder(decimal_format="number").encode


class Model(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, weakref=True
):
    """The base of the generated models."""

    _fields_: ClassVar[tuple[Field, ...]] = ()
    _additional_properties: Any = NO_UNKNOWN_FIELDS

    def __hash__(self) -> int:
        return hash(
            tuple(
                getattr(self, f.name)
                for f in self._fields_
                if f.kind not in ("model", "any")
            )
        )

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return the fields that are present; of private and unknown ones only the names."""
        known = [(field, getattr(self, field.name)) for field in self._fields_]
        shown = [
            (f.name, Withheld() if _is_hidden(f, value) else value)
            for f, value in known
            if value is not None
        ]
        return shown + [(name, Withheld()) for name in self._additional_properties]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"

    @property
    def additional_properties(self) -> Mapping[str, Any]:
        """A copy of the fields that this version of the contract does not know (numbers as Decimal)."""
        return MappingProxyType(deepcopy(dict(self._additional_properties)))

    def to_dict(self, *, private: bool = False) -> dict[str, Any]:
        """Return plain Python: every field of the contract by its JSON name, None where it is absent.

        Money is a Decimal and a time a datetime. Fields that the contract does not know are in
        `additional_properties`.

        Args:
            private: Include private fields, which are left out otherwise.
        """
        fields = (field for field in self._fields_ if private or not field.sensitive)
        return {
            field.wire: plain(field, getattr(self, field.name), private=private)
            for field in fields
        }

    def to_wire(self, *, private: bool = False) -> dict[str, Any]:
        """Return the JSON object: absent fields are left out, numbers stay Decimal, times are text."""
        result: dict[str, Any] = (
            deepcopy(dict(self._additional_properties)) if private else {}
        )
        for field in self._fields_:
            value = getattr(self, field.name)
            if value is not None and (private or not field.sensitive):
                result[field.wire] = to_wire(field, value, private=private)
        return result

    def to_json(self, *, private: bool = False) -> str:
        """Return the JSON text of the API: money is a number with all its digits, absent fields are left out.

        Args:
            private: Include private fields, and fields that the contract does not know.
        """
        return encode_json(self.to_wire(private=private)).decode()

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Return the model that a decoded JSON object holds.

        Raises:
            TypeError: A required field is missing, or a field has another type than the contract says.
        """
        if not isinstance(src_dict, Mapping):
            raise wrong_type(cls.__name__, "an object", src_dict)
        rest, values = dict(src_dict), dict[str, Any]()
        for field in cls._fields_:
            value = rest.pop(field.wire, None)
            if value is not None or field.required:
                value = read_field(field, f"{cls.__name__}.{field.wire}", value)
            values[field.name] = value
        return cls(
            **values,
            _additional_properties=UnknownFields(rest) if rest else NO_UNKNOWN_FIELDS,
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return _pydantic().pydantic_schema(cls, money_as_text=False)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        schema_of_model: dict[str, Any] = _pydantic().json_schema(
            cls, money_as_text=False
        )
        return schema_of_model


def decode_later(model: type[Model], **annotations: Any) -> None:
    """Make msgspec decode these fields as they are in JSON; `__post_init__` converts them.

    msgspec would read a JSON string as an amount, and offsets in its own way. It reads the annotations of a class once,
    when the first decoder for it is created. So this replaces them, creates a decoder, and puts them back for people
    and type checkers. A test pins that behaviour of msgspec.
    """
    original = model.__annotations__.copy()
    model.__annotations__.update(annotations)
    Decoder(model)
    model.__annotations__.update(original)


class OpenObject(Mapping[str, Any]):
    """The base of objects without declared fields: an immutable mapping; of a private one the repr shows only keys."""

    __slots__ = ("_items",)
    _is_private_: ClassVar[bool] = False
    _items: dict[str, Any]

    def __init__(self, items: Mapping[str, Any] = MappingProxyType({})) -> None:
        object.__setattr__(self, "_items", dict(items))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __getitem__(self, key: str) -> Any:
        return deepcopy(self._items[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._items,)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [
            (key, Withheld() if self._hides(value) else value)
            for key, value in self._items.items()
        ]

    def _hides(self, value: Any) -> bool:
        """Return whether the repr hides a value; of nested values no part is shown."""
        is_plain = value is None or isinstance(value, str | int | Decimal)
        return (
            self._is_private_
            or not is_plain
            or (isinstance(value, str) and _PERSONAL.search(value) is not None)
        )

    def to_dict(self, *, private: bool = False) -> dict[str, Any]:
        """Return a copy as a dict; the field that holds the object decides whether it is private."""
        return deepcopy(self._items)

    def to_wire(self, *, private: bool = False) -> dict[str, Any]:
        """Return the JSON object."""
        return deepcopy(self._items)

    def to_json(self, *, private: bool = False) -> str:
        """Return the JSON text."""
        return encode_json(self._items).decode()

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Return the object that a decoded JSON object holds.

        Raises:
            TypeError: It is no object.
        """
        if not isinstance(src_dict, Mapping):
            raise wrong_type(cls.__name__, "an object", src_dict)
        return cls(src_dict)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return _pydantic().pydantic_schema(cls, money_as_text=False)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "object", "title": cls.__name__, "additionalProperties": True}
