# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from msgspec.structs import force_setattr as _force_setattr

from ..models.charges_details import ChargesDetails
from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields
from ..runtime import decode_later as _decode_later
from ..runtime import to_decimal as _to_decimal


class Charges(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """The price of an order. Charges of all product families have this shape. Amounts are in the currency of
    the variant; `net_amount`, `handling_fee_amount` and `total_payable` are in the currency of the wallet.

    Attributes:
        non_discounted_total (Decimal | None): Amount of money in the `currency` of the same object. Binary floating point loses digits.
        discount_amount (Decimal | None): Amount of money in the `currency` of the same object. Binary floating point loses digits.
        total_amount (Decimal | None): Amount of money in the `currency` of the same object. Binary floating point loses digits.
        discount (Decimal | None): Discount in percent.
        net_amount (Decimal | None): Amount of money in the `currency` of the same object. Binary floating point loses digits.
        handling_fee_amount (Decimal | None): Amount of money in the `currency` of the same object. Binary floating point loses digits.
        total_payable (Decimal | None): Amount of money in the `currency` of the same object. Binary floating point loses digits.
        charges_details (ChargesDetails | None): The currencies of a price, and how it was converted.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    non_discounted_total: Decimal | None = None
    discount_amount: Decimal | None = None
    total_amount: Decimal | None = None
    discount: Decimal | None = None
    net_amount: Decimal | None = None
    handling_fee_amount: Decimal | None = None
    total_payable: Decimal | None = None
    charges_details: ChargesDetails | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="non_discounted_total", wire="non_discounted_total", kind="number"),
        _Field(name="discount_amount", wire="discount_amount", kind="number"),
        _Field(name="total_amount", wire="total_amount", kind="number"),
        _Field(name="discount", wire="discount", kind="number"),
        _Field(name="net_amount", wire="net_amount", kind="number"),
        _Field(name="handling_fee_amount", wire="handling_fee_amount", kind="number"),
        _Field(name="total_payable", wire="total_payable", kind="number"),
        _Field(
            name="charges_details",
            wire="charges_details",
            kind="model",
            model=ChargesDetails,
        ),
    )

    def __post_init__(self) -> None:
        if (
            self.non_discounted_total is not None
            and self.non_discounted_total.__class__ is not Decimal
        ):
            _force_setattr(
                self,
                "non_discounted_total",
                _to_decimal("Charges.non_discounted_total", self.non_discounted_total),
            )
        if (
            self.discount_amount is not None
            and self.discount_amount.__class__ is not Decimal
        ):
            _force_setattr(
                self,
                "discount_amount",
                _to_decimal("Charges.discount_amount", self.discount_amount),
            )
        if self.total_amount is not None and self.total_amount.__class__ is not Decimal:
            _force_setattr(
                self,
                "total_amount",
                _to_decimal("Charges.total_amount", self.total_amount),
            )
        if self.discount is not None and self.discount.__class__ is not Decimal:
            _force_setattr(
                self, "discount", _to_decimal("Charges.discount", self.discount)
            )
        if self.net_amount is not None and self.net_amount.__class__ is not Decimal:
            _force_setattr(
                self, "net_amount", _to_decimal("Charges.net_amount", self.net_amount)
            )
        if (
            self.handling_fee_amount is not None
            and self.handling_fee_amount.__class__ is not Decimal
        ):
            _force_setattr(
                self,
                "handling_fee_amount",
                _to_decimal("Charges.handling_fee_amount", self.handling_fee_amount),
            )
        if (
            self.total_payable is not None
            and self.total_payable.__class__ is not Decimal
        ):
            _force_setattr(
                self,
                "total_payable",
                _to_decimal("Charges.total_payable", self.total_payable),
            )
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("Charges: only from_dict takes unknown fields")


_decode_later(
    Charges,
    non_discounted_total=Any,
    discount_amount=Any,
    total_amount=Any,
    discount=Any,
    net_amount=Any,
    handling_fee_amount=Any,
    total_payable=Any,
)
