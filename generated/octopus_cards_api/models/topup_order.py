# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, ClassVar

from msgspec.structs import force_setattr as _force_setattr

from ..models.topup_order_input_data import TopupOrderInputData
from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields
from ..runtime import decode_later as _decode_later
from ..runtime import to_decimal as _to_decimal
from ..runtime import to_moment as _to_moment


class TopupOrder(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """A topup order. Lists and single responses have the same shape. `amount` is the debit in `currency`.

    Attributes:
        id (int): Order id, assigned by the server.
        product_id (int): Id of the ordered product.
        product_name (str): Display name of the product, e.g. `Airtel India`.
        country_code (str): Country of the product as an ISO 3166-1 alpha-3 code, or `GLO`.
        amount (Decimal): Amount of money in the `currency` of the same object. Binary floating point loses digits.
        currency (str): Currency of `amount` as an ISO 4217 code.
        status (str): Current status. The API may add values to the known ones. `DELIVERED`, `FAILED` and `CANCELLED` are
            final. With any other status an order is final if it has `completed_at`.
        created_at (datetime.datetime): Creation time.
        client_reference (str | None): The key supplied when the order was created; absent if none was supplied.
        variant_name (str | None): Display name of the variant that the server matched, e.g. `325 UC`.
        status_text (str | None): Latest human-readable detail.
        transaction_id (int | None): Wallet transaction of the debit; absent before the debit.
        input_data (TopupOrderInputData | None): Recipient data as supplied when the order was created; the product determines the field names. The
            documentation shows it in the sample of a single order, but not in the samples of the list.
        completed_at (datetime.datetime | None): Time at which the order became final; absent before.
        failure_code (str | None): Machine-readable cause of a failure. The known values were not seen, and the API may add some.
        failure_reason (str | None): Cause of a failure, in words that the customer may see.
        is_user_fixable (bool | None): Whether the customer can correct the cause of a failure and order again.
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
    failure_code: str | None = None
    failure_reason: str | None = None
    is_user_fixable: bool | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="id", wire="id", kind="integer", required=True),
        _Field(name="product_id", wire="product_id", kind="integer", required=True),
        _Field(name="product_name", wire="product_name", kind="text", required=True),
        _Field(name="country_code", wire="country_code", kind="text", required=True),
        _Field(name="amount", wire="amount", kind="number", required=True),
        _Field(name="currency", wire="currency", kind="text", required=True),
        _Field(name="status", wire="status", kind="text", required=True),
        _Field(name="created_at", wire="created_at", kind="moment", required=True),
        _Field(name="client_reference", wire="client_reference", kind="text"),
        _Field(name="variant_name", wire="variant_name", kind="text"),
        _Field(name="status_text", wire="status_text", kind="text", free_text=True),
        _Field(name="transaction_id", wire="transaction_id", kind="integer"),
        _Field(
            name="input_data",
            wire="input_data",
            kind="model",
            sensitive=True,
            model=TopupOrderInputData,
        ),
        _Field(name="completed_at", wire="completed_at", kind="moment"),
        _Field(name="failure_code", wire="failure_code", kind="text"),
        _Field(
            name="failure_reason", wire="failure_reason", kind="text", free_text=True
        ),
        _Field(name="is_user_fixable", wire="is_user_fixable", kind="boolean"),
    )

    def __post_init__(self) -> None:
        if self.amount.__class__ is not Decimal:
            _force_setattr(
                self, "amount", _to_decimal("TopupOrder.amount", self.amount)
            )
        if self.created_at.__class__ is not datetime.datetime:
            _force_setattr(
                self, "created_at", _to_moment("TopupOrder.created_at", self.created_at)
            )
        if (
            self.completed_at is not None
            and self.completed_at.__class__ is not datetime.datetime
        ):
            _force_setattr(
                self,
                "completed_at",
                _to_moment("TopupOrder.completed_at", self.completed_at),
            )
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("TopupOrder: only from_dict takes unknown fields")


_decode_later(
    TopupOrder,
    amount=Any,
    created_at=Any,
    completed_at=Any,
)
