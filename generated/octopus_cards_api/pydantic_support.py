# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
"""The models in pydantic and FastAPI. Only pydantic calls what is here, so it is no dependency.

`nox -s generate` copies this module from tools/generate/package; change it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


class MoneyAsString:
    """Makes pydantic and FastAPI write money as strings: `Annotated[TopupOrder, MoneyAsString()]`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return pydantic_schema(source, money_as_text=True)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return json_schema(
            handler.resolve_ref_schema(handler(schema))
            if schema is None
            else schema["metadata"]["model"],
            money_as_text=True,
        )


def pydantic_schema(model: Any, *, money_as_text: bool) -> Any:
    """Return how pydantic reads and writes a model."""
    from pydantic_core import (  # pydantic is there, since it called this
        PydanticCustomError,
        core_schema,
    )

    def read(value: Any) -> Any:
        if isinstance(value, model):
            return value
        try:
            return model.from_dict(value)
        except TypeError as error:
            raise PydanticCustomError(
                "octopus_cards_model", "{problem}", {"problem": str(error)}
            ) from None

    def write(value: Any, info: Any) -> Any:
        if info.mode == "python":
            return value.to_dict()
        return without_decimals(value.to_wire(), as_text=money_as_text)

    return core_schema.no_info_plain_validator_function(
        read,
        serialization=core_schema.plain_serializer_function_ser_schema(
            write, info_arg=True
        ),
        metadata={"model": model},
    )


def without_decimals(value: Any, *, as_text: bool) -> Any:
    """Return a JSON value whose Decimals are numbers, or text where asked or where a number would lose digits."""
    match value:
        case Decimal():
            number = float(value)
            if as_text or Decimal(repr(number)) != value:
                # The digits of an absurd exponent would fill the memory.
                return format(value, "f") if abs(value.adjusted()) <= 40 else str(value)
            return (
                int(value)
                if value == value.to_integral_value() and value.as_tuple().exponent == 0
                else number
            )
        case dict():
            return {
                name: without_decimals(item, as_text=as_text)
                for name, item in value.items()
            }
        case list():
            return [without_decimals(item, as_text=as_text) for item in value]
        case _:
            return value


_JSON_TYPES: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "number": {"type": "number"},
    "amount_text": {"type": "string"},
    "moment": {"type": "string", "format": "date-time"},
    "day": {"type": "string", "format": "date"},
    "any": {},
}


def json_schema(model: Any, *, money_as_text: bool) -> dict[str, Any]:
    """Return the JSON schema of a model as pydantic writes it: without private fields."""
    fields = [field for field in model._fields_ if not field.sensitive]
    properties = {
        field.wire: _field_schema(field, money_as_text=money_as_text)
        for field in fields
    }
    required = [field.wire for field in fields if field.required]
    return {
        "type": "object",
        "title": model.__name__,
        "properties": properties,
        "required": required,
    }


def _field_schema(field: Any, *, money_as_text: bool) -> dict[str, Any]:
    if field.kind == "number" and money_as_text:
        return {"type": "string"}
    if field.kind == "list" and field.item is not None:
        return {
            "type": "array",
            "items": _field_schema(field.item, money_as_text=money_as_text),
        }
    if field.kind == "model":
        is_open = not hasattr(field.model, "_fields_")
        return (
            {"type": "object"}
            if is_open
            else json_schema(field.model, money_as_text=money_as_text)
        )
    return dict(_JSON_TYPES[field.kind])
