# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from msgspec.structs import force_setattr as _force_setattr

from ..methods import TopupVariantMethods as _TopupVariantMethods
from ..models.region import Region
from ..models.topup_variant_fields import TopupVariantFields
from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields
from ..runtime import decode_later as _decode_later
from ..runtime import to_amount as _to_amount
from ..runtime import to_decimal as _to_decimal


class TopupVariant(
    _TopupVariantMethods,
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """A price point of a topup product: fixed amounts, or a range from which the customer chooses.

    Attributes:
        id (int): Variant id. Orders do not use it.
        name (str): Display name, e.g. `1 GB / 28 days`.
        currency_code (str): Currency of the amounts as an ISO 4217 code.
        category (str | None): Category, e.g. `Airtime` or `Data`; may be empty.
        min_amount (Decimal | None): Amount of money in the `currency` of the same object. Binary floating point loses digits.
        max_amount (Decimal | None): Amount of money in the `currency` of the same object. Binary floating point loses digits.
        fixed_amounts (tuple[Decimal, ...] | None): Amounts that an order may have, as decimal text.
        available_in (tuple[Region, ...] | None): Regions in which the variant can be used.
        fields (TopupVariantFields | None): Free metadata, e.g. `par_value` or `delivery_time`.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    id: int
    name: str
    currency_code: str
    category: str | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None
    fixed_amounts: tuple[Decimal, ...] | None = None
    available_in: tuple[Region, ...] | None = None
    fields: TopupVariantFields | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="id", wire="id", kind="integer", required=True),
        _Field(name="name", wire="name", kind="text", required=True),
        _Field(name="currency_code", wire="currency_code", kind="text", required=True),
        _Field(name="category", wire="category", kind="text"),
        _Field(name="min_amount", wire="min_amount", kind="number"),
        _Field(name="max_amount", wire="max_amount", kind="number"),
        _Field(
            name="fixed_amounts",
            wire="fixed_amounts",
            kind="list",
            item=_Field(name="fixed_amounts", wire="fixed_amounts", kind="amount_text"),
        ),
        _Field(
            name="available_in",
            wire="available_in",
            kind="list",
            item=_Field(
                name="available_in", wire="available_in", kind="model", model=Region
            ),
        ),
        _Field(name="fields", wire="fields", kind="model", model=TopupVariantFields),
    )

    def __post_init__(self) -> None:
        if self.min_amount is not None and self.min_amount.__class__ is not Decimal:
            _force_setattr(
                self,
                "min_amount",
                _to_decimal("TopupVariant.min_amount", self.min_amount),
            )
        if self.max_amount is not None and self.max_amount.__class__ is not Decimal:
            _force_setattr(
                self,
                "max_amount",
                _to_decimal("TopupVariant.max_amount", self.max_amount),
            )
        if self.fixed_amounts is not None:
            _force_setattr(
                self,
                "fixed_amounts",
                tuple(
                    _to_amount("TopupVariant.fixed_amounts", item)
                    for item in self.fixed_amounts
                ),
            )
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("TopupVariant: only from_dict takes unknown fields")


_decode_later(
    TopupVariant,
    min_amount=Any,
    max_amount=Any,
    fixed_amounts=tuple[Any, ...] | None,
)
