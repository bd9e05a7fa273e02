"""The request log, request ids and exact numbers, which are the same for every operation."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from octopus_cards.emulator import Emulator
from support.emulator_requests import ORDERS, ask, error, invalid


def test_a_request_id_is_echoed_or_generated(emulator: Emulator) -> None:
    assert ask(emulator, "GET", ORDERS, headers={"x-request-id": "mine"}).headers["x-request-id"] == "mine"
    assert len(ask(emulator, "GET", ORDERS).headers["x-request-id"]) == 27
    assert ask(emulator, "GET", ORDERS, headers={"x-request-id": 63 * "a"}).headers["x-request-id"] == 63 * "a"
    assert len(ask(emulator, "GET", ORDERS, headers={"x-request-id": 64 * "a"}).headers["x-request-id"]) == 27


def test_the_request_log_shows_no_secrets(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order()
    with emulator.client() as client:
        client.topups.orders.page(status="PENDING")
        client.topups.orders.set_notification_email(order_id, "jo@example.com")
    listed, patched = emulator.requests
    assert repr(listed) == "<GET /api/v1/topups/orders?page=1&per_page=50&status=PENDING at 14:30:00>"
    assert patched.json() == {"email": "jo@example.com"}
    assert "jo@" not in repr(patched)
    assert emulator.token not in repr(emulator.requests)


def test_a_request_body_is_decoded_exactly(emulator: Emulator) -> None:
    path = f"{ORDERS}/{emulator.add_topup_order()}/notification-email"
    for body in (b'{"email": "a@b", "amount": 12345678901234567.8900}', b'{"email": NaN}', b"[" * 100_000):
        ask(emulator, "PATCH", path, content=body)
    exact, constant, nested = emulator.requests
    assert str(exact.json()["amount"]) == "12345678901234567.8900"
    with pytest.raises(ValueError, match="NaN is not JSON"):
        constant.json()
    with pytest.raises(ValueError, match="the body is not JSON"):
        nested.json()


@pytest.mark.parametrize("body", [b'{"email": NaN}', b'{"email": 1e9999999999999999999}', b"[" * 100_000])
def test_a_body_that_cannot_be_decoded_is_rejected(emulator: Emulator, body: bytes) -> None:
    path = f"{ORDERS}/{emulator.add_topup_order()}/notification-email"
    assert error(ask(emulator, "PATCH", path, content=body)) == invalid("Invalid request body")


def test_json_keeps_the_digits_of_a_decimal(emulator: Emulator) -> None:
    emulator.add_topup_order(
        amount="4.7400", product_name='"Ü\n', extra={"n": None, "t": True, "l": [Decimal("1E+2"), 0.5]}
    )
    text = ask(emulator, "GET", ORDERS).text
    assert '"amount":4.7400,' in text
    assert '"l":[100,0.5]' in text
    assert json.loads(text)[0]["product_name"] == '"Ü\n'
