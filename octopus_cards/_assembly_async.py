"""What an async client is made of. Its twin is `_assembly`."""

from __future__ import annotations

from msgspec import Struct

from octopus_cards._assembly import OnRetry, OrderFlows, Retry, log_out, session
from octopus_cards._io.connections_async import AsyncConnection, AsyncTransport
from octopus_cards._io.drivers_async import AsyncDriver
from octopus_cards.resources._async.topup_orders import AsyncTopupOrders

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
