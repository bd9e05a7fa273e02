"""Orders are created as documented: checked, debited at once, and once per reference."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import httpx
import pytest

from octopus_cards.emulator import Emulator
from support.emulator_requests import ORDERS, ask, error, gaming_order, invalid, place

DUPLICATE = (400, "BadRequestError", "BAD_REQUEST", "Duplicate client_reference")
NO_FUNDS = (400, "BadRequestError", "INSUFFICIENT_FUNDS", "Insufficient funds")


def test_a_created_order_is_pending_and_paid(emulator: Emulator) -> None:
    before = emulator.wallets
    input_data = {"player_id": "5123456789", "server": "asia"}
    response = place(emulator, input_data=input_data, client_reference="CAMPAIGN_DEC_24")
    assert response.status_code == 200
    order = json.loads(response.text, parse_float=Decimal)
    assert order == {
        "id": order["id"],
        "client_reference": "CAMPAIGN_DEC_24",
        "product_id": 4218,
        "product_name": "PUBG Mobile UC",
        "variant_name": "325 UC",
        "country_code": "GLO",
        "amount": Decimal("4.7405"),
        "currency": "USD",
        "status": "PENDING",
        "status_text": "Order submitted for fulfilment",
        "input_data": input_data,
        "created_at": "2026-05-19T14:30:00Z",
    }
    (debit,) = emulator.transactions
    assert (debit.kind, debit.order_id, debit.wallet_id, debit.amount) == (
        "DEBIT",
        order["id"],
        before[0].id,
        Decimal("4.7405"),
    )
    assert emulator.wallets[0].balance == debit.balance == before[0].balance - Decimal("4.7405")
    assert emulator.wallets[1:] == before[1:]
    listed = ask(emulator, "GET", f"{ORDERS}?client_reference=CAMPAIGN_DEC_24").json()
    assert [row["id"] for row in listed] == [order["id"]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"product_id": None}, "product_id is required"),
        ({"amount": None}, "amount is required"),
        ({"amount": 5}, "amount is not available for this product"),
        ({"amount": "4.99"}, "amount must be a number"),
        ({"category": "Data"}, "amount is not available for this product"),
        ({"input_data": None}, "input_data.player_id is required"),
        ({"input_data": {"server": "asia"}}, "input_data.player_id is required"),
        ({"input_data": {"player_id": ""}}, "input_data.player_id is required"),
        ({"input_data": {"player_id": "1", "phone_number": "+91"}}, "input_data.phone_number is not allowed"),
        ({"input_data": {"player_id": 1}}, "input_data.player_id must be a string"),
        ({"input_data": [1]}, "Invalid input_data"),
        ({"client_reference": ""}, "Invalid client_reference"),
        ({"client_reference": "x" * 256}, "Invalid client_reference"),
        ({"client_reference": "ä"}, "Invalid client_reference"),
        ({"client_reference": "x\n"}, "Invalid client_reference"),
        ({"client_reference": 5}, "Invalid client_reference"),
        ({"wallet_id": -1}, "Invalid wallet_id"),
    ],
)
def test_an_invalid_order_is_rejected_and_takes_nothing(
    emulator: Emulator, changes: dict[str, Any], message: str
) -> None:
    assert error(place(emulator, **changes)) == invalid(message)
    assert emulator.transactions == ()
    assert ask(emulator, "GET", ORDERS).json() == []


@pytest.mark.parametrize(
    ("category", "variant"), [(None, "2 GB / 28 days"), ("Data", "2 GB / 28 days"), ("Airtime", "Airtime")]
)
def test_a_fixed_amount_takes_precedence_over_a_range(emulator: Emulator, category: str | None, variant: str) -> None:
    input_data = {"phone_number": "+918879685100"}
    order = place(emulator, product_id=4219, amount=299, category=category, input_data=input_data).json()
    assert (order["variant_name"], order["amount"], order["currency"]) == (variant, 284.05, "INR")


def test_the_checks_have_an_order(emulator: Emulator) -> None:
    poor = emulator.add_wallet("USD", "1")
    emulator.add_topup_order(client_reference="TAKEN")
    wrong: dict[str, Any] = {
        "product_id": None,
        "amount": None,
        "input_data": [],
        "client_reference": "",
        "wallet_id": 7,
    }
    seen = [error(ask(emulator, "POST", ORDERS, content=b"[]"))]
    steps: list[tuple[str, Any]] = [
        ("product_id", 4218),
        ("amount", 4.99),
        ("input_data", {"player_id": "1"}),
        ("client_reference", "TAKEN"),
        ("wallet_id", poor),
        ("client_reference", "FREE"),
    ]
    for name, value in steps:
        seen.append(error(place(emulator, **wrong)))
        wrong[name] = value
    seen.append(error(place(emulator, **wrong)))
    assert seen == [
        invalid("Invalid request body"),
        invalid("product_id is required"),
        invalid("amount is required"),
        invalid("Invalid input_data"),
        invalid("Invalid client_reference"),
        (404, "NotFoundError", "NOT_FOUND", "Wallet not found"),
        DUPLICATE,
        NO_FUNDS,
    ]


@pytest.mark.parametrize("reference", ["x", " ", "~" * 255, "A b!"])
def test_a_reference_is_printable_ascii(emulator: Emulator, reference: str) -> None:
    assert place(emulator, client_reference=reference).json()["client_reference"] == reference


def test_a_reference_is_unique_however_the_order_came_about(emulator: Emulator) -> None:
    assert place(emulator, client_reference="A").status_code == 200
    assert error(place(emulator, client_reference="A", amount=0.99)) == DUPLICATE
    with pytest.raises(ValueError, match="client_reference must be unique, got 'A' again"):
        emulator.add_topup_order(client_reference="A")
    emulator.add_topup_order(client_reference="B")
    assert error(place(emulator, client_reference="B")) == DUPLICATE
    assert place(emulator, client_reference="a").status_code == 200
    assert [place(emulator).status_code for _ in range(2)] == [200, 200], "without a reference nothing is a duplicate"
    assert len(emulator.transactions) == 4


def test_a_rejected_order_leaves_its_reference_free(emulator: Emulator) -> None:
    poor = emulator.add_wallet("USD", "4.7404")
    assert error(place(emulator, client_reference="A", wallet_id=poor)) == NO_FUNDS
    assert place(emulator, client_reference="A").status_code == 200


def test_a_wallet_can_be_emptied_to_the_last_digit(emulator: Emulator) -> None:
    wallet_id = emulator.add_wallet("USD", "4.7405")
    assert place(emulator, wallet_id=wallet_id).status_code == 200
    assert emulator.wallets[-1].balance == 0
    assert error(place(emulator, wallet_id=wallet_id, amount=0.99)) == NO_FUNDS


def test_an_order_from_a_wallet_in_another_currency_shows_its_debit(emulator: Emulator) -> None:
    order = place(emulator, wallet_id=emulator.wallets[1].id).json()
    assert (order["amount"], order["currency"]) == (395.83, "INR")
    assert emulator.transactions[0].amount == Decimal("395.83")


def test_an_echoed_text_that_is_no_unicode_is_still_json(emulator: Emulator) -> None:
    body = b'{"product_id": 4218, "amount": 4.99, "input_data": {"player_id": "\\ud800"}}'
    assert ask(emulator, "POST", ORDERS, content=body).json()["input_data"] == {"player_id": "\ud800"}


def test_concurrent_creations_with_one_reference_make_one_order(emulator: Emulator) -> None:
    barrier = Barrier(16)
    body = gaming_order(client_reference="ONCE")
    with (
        emulator.serve() as url,
        httpx.Client(base_url=url, headers={"authorization": f"Bearer {emulator.token}"}) as c,
    ):

        def create(_: int) -> httpx.Response:
            barrier.wait()
            return c.post(ORDERS, json=body)

        with ThreadPoolExecutor(16) as pool:
            responses = list(pool.map(create, range(16)))
    refused = [response for response in responses if response.status_code != 200]
    assert [error(response) for response in refused] == [DUPLICATE] * 15
    assert len(emulator.transactions) == 1
    assert len(ask(emulator, "GET", ORDERS).json()) == 1
