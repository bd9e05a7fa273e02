"""What an async client is made of. Its twin is `_assembly`."""

from __future__ import annotations

from msgspec import Struct

from octopus_cards._assembly import OnRetry, OrderFlows, Retry, log_out, session
from octopus_cards._drivers_async import AsyncDriver
from octopus_cards._orders_async import AsyncTopupOrders
from octopus_cards._wire._connections_async import AsyncConnection, AsyncTransport

__all__ = [
    "AsyncConnection",
    "AsyncDriver",
    "AsyncTopupOrders",
    "AsyncTopups",
    "AsyncTransport",
    "OnRetry",
    "OrderFlows",
    "Retry",
    "log_out",
    "session",
]


class AsyncTopups(Struct, frozen=True):
    """Game credit and mobile recharges, awaited."""

    orders: AsyncTopupOrders
