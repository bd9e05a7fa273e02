"""Events, and what the payloads of the documented types say."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from octopus_cards.webhooks._times import read_moment

# Documentation page reference/topups/webhooks. `topup.*` and `esim.*` are planned, and their names were not seen.
KNOWN_EVENT_TYPES = frozenset(
    {
        "order.delivered",
        "order.partially_delivered",
        "order.failed",
        "order.cancelled",
        "wallet.credited",
        "wallet.debited",
    }
)


@dataclass(frozen=True, slots=True)
class Event:
    """A verified event. Its repr leaves out the payload.

    Attributes:
        id: The unique id, the same in every delivery of the event.
        type: What happened, e.g. `order.delivered`. Any other text may come; `KNOWN_EVENT_TYPES` lists the documented
            ones.
        created_at: When it happened; None where the delivery does not say so in RFC 3339.
        data: The payload as plain Python. Numbers with a fraction are Decimal. Empty where there is none.
        raw: The body as received.
    """

    id: str
    type: str
    created_at: datetime.datetime | None
    data: Mapping[str, Any] = field(repr=False, hash=False)
    raw: bytes = field(repr=False)

    @property
    def order(self) -> OrderUpdate | None:
        """What an `order.*` event says about its order; None for other types."""
        return OrderUpdate.from_data(self.data) if self.type.startswith("order.") else None

    @property
    def wallet(self) -> WalletUpdate | None:
        """What a `wallet.*` event says; None for other types."""
        return WalletUpdate(self.type.partition(".")[2], self.data) if self.type.startswith("wallet.") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderUpdate:
    """The payload of an `order.*` event. Codes and PINs are never in it: read the order.

    The documentation shows it for `order.delivered` and `order.partially_delivered` only, on an older page. So every
    field is None where it is missing or has another type; `data` has everything as received.

    Attributes:
        id: The id of the order.
        client_reference: The caller's reference. The page calls it `reference_code`; both names are read.
        status: E.g. `DELIVERED` or `PARTIALLY_DELIVERED`.
        product_name: The product.
        denomination: The face value of one piece.
        quantity: How many were ordered.
        amount: The face value of all.
        delivered_quantity: How many are delivered so far.
        delivered_on: When they were delivered.
        created_at: When the order was created.
        data: The payload.
    """

    id: int | None
    client_reference: str | None = field(repr=False)
    status: str | None
    product_name: str | None = field(repr=False)
    denomination: Decimal | None = field(repr=False)
    quantity: int | None
    amount: Decimal | None = field(repr=False)
    delivered_quantity: int | None
    delivered_on: datetime.datetime | None = field(repr=False)
    created_at: datetime.datetime | None = field(repr=False)
    data: Mapping[str, Any] = field(repr=False, hash=False)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return what a payload says."""
        return cls(
            id=_integer(data.get("id")),
            client_reference=_text(data.get("client_reference")) or _text(data.get("reference_code")),
            status=_text(data.get("status")),
            product_name=_text(data.get("product_name")),
            denomination=_amount(data.get("denomination")),
            quantity=_integer(data.get("quantity")),
            amount=_amount(data.get("amount")),
            delivered_quantity=_integer(data.get("delivered_quantity")),
            delivered_on=read_moment(data.get("delivered_on")),
            created_at=read_moment(data.get("created_at")),
            data=data,
        )


@dataclass(frozen=True, slots=True)
class WalletUpdate:
    """A `wallet.*` event. No page shows its payload, so there are no fields yet: read the wallet.

    Attributes:
        change: `credited`, `debited`, or what else follows `wallet.` in the type.
        data: The payload.
    """

    change: str
    data: Mapping[str, Any] = field(repr=False, hash=False)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _amount(value: object) -> Decimal | None:
    number = _integer(value)
    return Decimal(number) if number is not None else value if isinstance(value, Decimal) else None
