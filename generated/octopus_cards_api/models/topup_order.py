# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Self

from msgspec import Struct as _Struct
from msgspec.json import Decoder as _Decoder
from msgspec.structs import force_setattr as _force_setattr

from ..models.topup_order_input_data import TopupOrderInputData


def _wrong(where: str, rule: str, value: Any) -> Exception:
    """The refusal of a value: the field and the rule, and of the value only its type, for it may be private."""
    found = "absent or null" if value is None else type(value).__name__
    return TypeError(f"{where}: {rule} expected, got {found}")


def _number(where: str, value: Any) -> Decimal:
    if value.__class__ is int:
        return Decimal(value)
    if value.__class__ is float:
        return Decimal(repr(value))
    if isinstance(value, Decimal):
        return value
    raise _wrong(where, "a number", value)


def _moment(where: str, value: Any) -> datetime.datetime:
    """RFC 3339 with lower-case letters and leap seconds; UTC, as documented, where the offset is missing."""
    if value.__class__ is not str or len(value) < 16:
        if isinstance(value, datetime.datetime):
            return value
        raise _wrong(where, "a date and time (RFC 3339)", value)
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        text, leap = value.upper(), value[16:19] == ":60"
        try:
            moment = datetime.datetime.fromisoformat(
                text[:16] + ":59" + text[19:] if leap else text
            )
            moment += datetime.timedelta(seconds=leap)
        except (ValueError, OverflowError):
            raise _wrong(where, "a date and time (RFC 3339)", value) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


class _Withheld:
    """Stands for a value that no text may show."""

    def __repr__(self) -> str:
        return "<withheld>"


class _Unknown(dict[str, Any]):
    """Fields that this version of the contract does not know. JSON makes none of these, whatever it names a field."""


_NOTHING = _Unknown()


class TopupOrder(
    _Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """A topup order, the same shape in the list and alone. Its `amount` is what was debited, in `currency`.

    Attributes:
        id (int): The order's id, given by the server.
        product_id (int): The product that was ordered.
        product_name (str): The product's name for display, e.g. `Airtel India`.
        country_code (str): The product's country as ISO 3166-1 alpha-3, or `GLO`.
        amount (Decimal): An amount of money, in the `currency` beside it; binary floating point cannot hold all of its
            digits.
        currency (str): The currency of `amount`, as ISO 4217.
        status (str): Where the order stands. Known values are listed; more may come. `DELIVERED`, `FAILED` and
            `CANCELLED` are final; for any other value an order is final when it has `completed_at`.
        created_at (datetime.datetime): When the order was created.
        client_reference (str | None): The key that you gave when you created the order; absent if you gave none.
        variant_name (str | None): The name for display of the variant that the server chose, e.g. `325 UC`.
        status_text (str | None): The latest detail, for people to read.
        transaction_id (int | None): The wallet transaction of the debit; absent until there is one.
        input_data (TopupOrderInputData | None): The recipient as it was sent when the order was created, by the product's own field names. In
            the documentation's sample of one order, not in those of the list.
        completed_at (datetime.datetime | None): When the order became final; present only then.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    id: int
    product_id: int
    product_name: str
    country_code: str
    amount: Decimal
    currency: str
    status: str
    created_at: datetime.datetime
    client_reference: str | None = None
    variant_name: str | None = None
    status_text: str | None = None
    transaction_id: int | None = None
    input_data: TopupOrderInputData | None = None
    completed_at: datetime.datetime | None = None
    _additional_properties: Any = _NOTHING

    def __post_init__(self) -> None:
        if self.amount.__class__ is not Decimal:
            _force_setattr(self, "amount", _number("TopupOrder.amount", self.amount))
        if self.created_at.__class__ is not datetime.datetime:
            _force_setattr(
                self, "created_at", _moment("TopupOrder.created_at", self.created_at)
            )
        if (
            self.completed_at is not None
            and self.completed_at.__class__ is not datetime.datetime
        ):
            _force_setattr(
                self,
                "completed_at",
                _moment("TopupOrder.completed_at", self.completed_at),
            )
        if self._additional_properties.__class__ is not _Unknown:
            raise TypeError("TopupOrder: unknown fields come by from_dict alone")

    def __hash__(self) -> int:
        return hash(
            (
                self.id,
                self.product_id,
                self.product_name,
                self.country_code,
                self.amount,
                self.currency,
                self.status,
                self.created_at,
                self.client_reference,
                self.variant_name,
                self.status_text,
                self.transaction_id,
                self.completed_at,
            )
        )

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The fields that are there; of private ones and of unknown ones only the names."""
        fields: dict[str, Any] = {
            "id": self.id,
            "product_id": self.product_id,
            "product_name": self.product_name,
            "country_code": self.country_code,
            "amount": self.amount,
            "currency": self.currency,
            "status": self.status,
            "created_at": self.created_at,
            "client_reference": self.client_reference,
            "variant_name": self.variant_name,
            "status_text": self.status_text,
            "transaction_id": self.transaction_id,
            "input_data": None if self.input_data is None else _Withheld(),
            "completed_at": self.completed_at,
        }
        unknown = [(name, _Withheld()) for name in self._additional_properties]
        return [field for field in fields.items() if field[1] is not None] + unknown

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"TopupOrder({fields})"

    @property
    def additional_properties(self) -> Mapping[str, Any]:
        """A copy of the fields that this version of the contract does not know (numbers as Decimal)."""
        return MappingProxyType(deepcopy(dict(self._additional_properties)))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, by the names of the wire; absent fields are left out, numbers stay Decimal."""
        field_dict: dict[str, Any] = deepcopy(dict(self._additional_properties))
        field_dict["id"] = self.id
        field_dict["product_id"] = self.product_id
        field_dict["product_name"] = self.product_name
        field_dict["country_code"] = self.country_code
        field_dict["amount"] = self.amount
        field_dict["currency"] = self.currency
        field_dict["status"] = self.status
        field_dict["created_at"] = self.created_at.isoformat().replace("+00:00", "Z")
        if self.client_reference is not None:
            field_dict["client_reference"] = self.client_reference
        if self.variant_name is not None:
            field_dict["variant_name"] = self.variant_name
        if self.status_text is not None:
            field_dict["status_text"] = self.status_text
        if self.transaction_id is not None:
            field_dict["transaction_id"] = self.transaction_id
        if self.input_data is not None:
            field_dict["input_data"] = self.input_data.to_dict()
        if self.completed_at is not None:
            field_dict["completed_at"] = self.completed_at.isoformat().replace(
                "+00:00", "Z"
            )
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """From a decoded JSON object.

        Raises:
            TypeError: A required field is missing, or a field has another type than the contract says.
        """
        if not isinstance(src_dict, Mapping):
            raise _wrong("TopupOrder", "an object", src_dict)
        _model, _rest = cls, dict(src_dict)
        id = _rest.pop("id", None)
        if id.__class__ is not int:
            raise _wrong("TopupOrder.id", "an integer", id)
        product_id = _rest.pop("product_id", None)
        if product_id.__class__ is not int:
            raise _wrong("TopupOrder.product_id", "an integer", product_id)
        product_name = _rest.pop("product_name", None)
        if product_name.__class__ is not str:
            raise _wrong("TopupOrder.product_name", "a string", product_name)
        country_code = _rest.pop("country_code", None)
        if country_code.__class__ is not str:
            raise _wrong("TopupOrder.country_code", "a string", country_code)
        amount = _rest.pop("amount", None)
        currency = _rest.pop("currency", None)
        if currency.__class__ is not str:
            raise _wrong("TopupOrder.currency", "a string", currency)
        status = _rest.pop("status", None)
        if status.__class__ is not str:
            raise _wrong("TopupOrder.status", "a string", status)
        created_at = _rest.pop("created_at", None)
        client_reference = _rest.pop("client_reference", None)
        if client_reference is not None:
            if client_reference.__class__ is not str:
                raise _wrong(
                    "TopupOrder.client_reference", "a string", client_reference
                )
        variant_name = _rest.pop("variant_name", None)
        if variant_name is not None:
            if variant_name.__class__ is not str:
                raise _wrong("TopupOrder.variant_name", "a string", variant_name)
        status_text = _rest.pop("status_text", None)
        if status_text is not None:
            if status_text.__class__ is not str:
                raise _wrong("TopupOrder.status_text", "a string", status_text)
        transaction_id = _rest.pop("transaction_id", None)
        if transaction_id is not None:
            if transaction_id.__class__ is not int:
                raise _wrong("TopupOrder.transaction_id", "an integer", transaction_id)
        input_data = _rest.pop("input_data", None)
        if input_data is not None:
            if not isinstance(input_data, Mapping):
                raise _wrong("TopupOrder.input_data", "an object", input_data)
            input_data = TopupOrderInputData.from_dict(input_data)
        completed_at = _rest.pop("completed_at", None)
        return _model(
            id=id,
            product_id=product_id,
            product_name=product_name,
            country_code=country_code,
            amount=amount,
            currency=currency,
            status=status,
            created_at=created_at,
            client_reference=client_reference,
            variant_name=variant_name,
            status_text=status_text,
            transaction_id=transaction_id,
            input_data=input_data,
            completed_at=completed_at,
            _additional_properties=_Unknown(_rest) if _rest else _NOTHING,
        )


# msgspec looks at the annotations once, now; it would read a JSON string as an amount, and offsets in a way of its own.
_told = TopupOrder.__annotations__.copy()
TopupOrder.__annotations__["amount"] = Any
TopupOrder.__annotations__["created_at"] = Any
TopupOrder.__annotations__["completed_at"] = Any
_Decoder(TopupOrder)
TopupOrder.__annotations__.update(_told)
