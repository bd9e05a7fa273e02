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


class ChargesDetails(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """The currencies of a price, and how it was converted.

    Attributes:
        source_currency (str | None): Currency of the variant as an ISO 4217 code.
        destination_currency (str | None): Currency of the wallet as an ISO 4217 code.
        forex_rate (Decimal | None): Factor that `total_amount` is multiplied by; null or absent without conversion.
        conversion_fee (Decimal | None): Fee for the conversion; null or absent without conversion.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    source_currency: str | None = None
    destination_currency: str | None = None
    forex_rate: Decimal | None = None
    conversion_fee: Decimal | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="source_currency", wire="source_currency", kind="text"),
        _Field(name="destination_currency", wire="destination_currency", kind="text"),
        _Field(name="forex_rate", wire="forex_rate", kind="number"),
        _Field(name="conversion_fee", wire="conversion_fee", kind="number"),
    )

    def __post_init__(self) -> None:
        if self.forex_rate is not None and self.forex_rate.__class__ is not Decimal:
            _force_setattr(
                self,
                "forex_rate",
                _to_decimal("ChargesDetails.forex_rate", self.forex_rate),
            )
        if (
            self.conversion_fee is not None
            and self.conversion_fee.__class__ is not Decimal
        ):
            _force_setattr(
                self,
                "conversion_fee",
                _to_decimal("ChargesDetails.conversion_fee", self.conversion_fee),
            )
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("ChargesDetails: only from_dict takes unknown fields")


_decode_later(
    ChargesDetails,
    forex_rate=Any,
    conversion_fee=Any,
)
