"""The webhook events of topup orders.

The service does not send them yet, and the names that it plans were not seen. So the emulator sends the documented
events of voucher orders. See `Assumptions`.
"""

from __future__ import annotations

import datetime
from typing import Any

from octopus_cards.emulator._areas.topup_order import FINAL, StoredTopupOrder, json_value
from octopus_cards.emulator._core.responses import encode


def event_type(status: str) -> str:
    """Return the type of the event for a status: that of an order, and `order.pending` for its creation."""
    return f"order.{status.lower()}"


def event_body(event_id: str, order: StoredTopupOrder, status: str, at: datetime.datetime) -> bytes:
    """Return the body of the event for a status that the order has reached."""
    envelope = {"id": event_id, "type": event_type(status), "created_at": json_value(at), "data": _data(order, status)}
    return encode(envelope).encode(errors="backslashreplace")


def _data(order: StoredTopupOrder, status: str) -> dict[str, Any]:
    """Return the payload, in the names of documentation page webhooks/events (older)."""
    fields = order.fields
    data = {
        "id": order.id,
        "reference_code": fields.get("client_reference"),
        "status": status,
        "product_name": fields.get("product_name"),
        "denomination": fields.get("amount"),
        "quantity": 1,
        "amount": fields.get("amount"),
        "delivered_quantity": int(status == "DELIVERED"),
        "delivered_on": json_value(fields.get("completed_at")) if status in FINAL & {"DELIVERED"} else None,
        "created_at": json_value(fields.get("created_at")),
    }
    return {name: value for name, value in data.items() if value is not None}
