# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from msgspec.structs import force_setattr as _force_setattr

from ..models.new_topup_order_input_data import NewTopupOrderInputData
from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields
from ..runtime import decode_later as _decode_later
from ..runtime import to_decimal as _to_decimal


class NewTopupOrder(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """A topup order to place.

    Attributes:
        product_id (int): Id of the product.
        amount (Decimal): The amount to order, in the currency of the product: one of the `fixed_amounts` of a variant, or
            within its range. The order has the debit in `amount`, which a discount makes smaller.
        input_data (NewTopupOrderInputData | None): Recipient data, with exactly the keys that `input_fields` of the product names. The server rejects
            other keys and missing required ones.
        client_reference (str | None): A key of your own, unique for your account. Derive it from the purchase, never from the time of the
            request.
        category (str | None): Restrict the variants to this category, where a mobile product has several.
        wallet_id (int | None): Id of the wallet to debit. Without it: the wallet in the currency of the variant, else the one in
            the default currency of the account. The type and the default are inferred.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    product_id: int
    amount: Decimal
    input_data: NewTopupOrderInputData | None = None
    client_reference: str | None = None
    category: str | None = None
    wallet_id: int | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="product_id", wire="product_id", kind="integer", required=True),
        _Field(name="amount", wire="amount", kind="number", required=True),
        _Field(
            name="input_data",
            wire="input_data",
            kind="model",
            sensitive=True,
            model=NewTopupOrderInputData,
        ),
        _Field(name="client_reference", wire="client_reference", kind="text"),
        _Field(name="category", wire="category", kind="text"),
        _Field(name="wallet_id", wire="wallet_id", kind="integer"),
    )

    def __post_init__(self) -> None:
        if self.amount.__class__ is not Decimal:
            _force_setattr(
                self, "amount", _to_decimal("NewTopupOrder.amount", self.amount)
            )
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("NewTopupOrder: only from_dict takes unknown fields")


_decode_later(
    NewTopupOrder,
    amount=Any,
)
