# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from msgspec.structs import force_setattr as _force_setattr

from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields
from ..runtime import decode_later as _decode_later
from ..runtime import to_decimal as _to_decimal


class TopupPurchase(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """What to price.

    Attributes:
        product_id (int): Id of the product.
        amount (Decimal): The amount to order, in the currency of the product: one of the `fixed_amounts` of a variant, or
            within its range. The order has the debit in `amount`, which a discount makes smaller.
        category (str | None): Restrict the variants to this category, where a mobile product has several.
        wallet_id (int | None): Id of the wallet to debit. Without it: the wallet in the currency of the variant, else the one in
            the default currency of the account.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    product_id: int
    amount: Decimal
    category: str | None = None
    wallet_id: int | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="product_id", wire="product_id", kind="integer", required=True),
        _Field(name="amount", wire="amount", kind="number", required=True),
        _Field(name="category", wire="category", kind="text"),
        _Field(name="wallet_id", wire="wallet_id", kind="integer"),
    )

    def __post_init__(self) -> None:
        if self.amount.__class__ is not Decimal:
            _force_setattr(
                self, "amount", _to_decimal("TopupPurchase.amount", self.amount)
            )
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("TopupPurchase: only from_dict takes unknown fields")


_decode_later(
    TopupPurchase,
    amount=Any,
)
