"""Requests to an emulator without the client, and the errors in the responses."""

from __future__ import annotations

from typing import Any

import httpx

from octopus_cards._io.in_process import in_process
from octopus_cards.emulator import Emulator

ORDERS = "/api/v1/topups/orders"


def ask(emulator: Emulator, method: str, path: str, token: str | None = "emulator-token", **options: Any) -> Any:
    """Send a request without the client and return the response."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    with httpx.Client(transport=in_process(emulator.handle), base_url="https://emulator.invalid") as client:
        return client.request(method, path, headers=headers | options.pop("headers", {}), **options)


def polled_at(emulator: Emulator, order_id: int) -> list[float]:
    """Return the seconds at which an order was read."""
    reads = [r for r in emulator.requests if r.path.endswith(f"/{order_id}")]
    return [(r.at - emulator.clock.start).total_seconds() for r in reads]


def error(response: Any) -> tuple[int, str, str, str]:
    """Return the status of a response, and the name, code and message of its error envelope."""
    found = response.json()["error"]
    return response.status_code, found["name"], found["code"], found["message"]


def invalid(message: str) -> tuple[int, str, str, str]:
    """Return what `error` returns for the documented 400 with this message."""
    return 400, "ValidationException", "VALIDATION_FAILURE", message


def gaming_order(**changes: Any) -> dict[str, Any]:
    """Return the documented request for a gaming order with some fields changed; None leaves a field out."""
    body: dict[str, Any] = {"product_id": 4218, "amount": 4.99, "input_data": {"player_id": "5123456789"}} | changes
    return {name: value for name, value in body.items() if value is not None}


def place(emulator: Emulator, **changes: Any) -> Any:
    """Place the order that `gaming_order` describes and return the response."""
    return ask(emulator, "POST", ORDERS, json=gaming_order(**changes))
