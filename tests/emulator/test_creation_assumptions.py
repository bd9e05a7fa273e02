"""What is not documented about creations is a setting."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from octopus_cards.emulator import Assumptions, Emulator, Problem
from support.emulator_requests import ORDERS, ask, error, place

DUPLICATE = "Duplicate client_reference"


def emulator_with(**assumptions: Any) -> Emulator:
    return Emulator(assumptions=Assumptions(**assumptions))


def message(response: Any) -> str:
    return error(response)[3]


def found(emulator: Emulator, query: str = "") -> list[int]:
    return [row["id"] for row in ask(emulator, "GET", f"{ORDERS}{query}").json()]


@pytest.mark.parametrize(
    ("check", "expected"), [("before balance", DUPLICATE), ("after balance", "Insufficient funds")]
)
def test_which_of_two_reasons_is_noticed_first(check: str, expected: str) -> None:
    emulator = emulator_with(duplicate_check=check)
    poor = emulator.add_wallet("USD", 0)
    place(emulator, client_reference="A")
    assert message(place(emulator, client_reference="A", wallet_id=poor)) == expected


def test_a_rejected_creation_can_use_up_its_reference() -> None:
    emulator = emulator_with(rejected_uses_reference=True)
    poor = emulator.add_wallet("USD", 0)
    place(emulator, client_reference="FUNDS", wallet_id=poor)
    place(emulator, client_reference="VALIDATION", amount=1)
    place(emulator, client_reference="", amount=1)
    place(emulator, amount=1)
    assert place(emulator, client_reference="None").status_code == 200
    assert message(place(emulator, client_reference="FUNDS")) == DUPLICATE
    assert message(place(emulator, client_reference="VALIDATION")) == DUPLICATE
    assert place(emulator, client_reference="OTHER").status_code == 200
    assert len(found(emulator)) == 2


def test_a_created_order_can_show_late_in_the_list() -> None:
    emulator = emulator_with(list_delay=8.0)
    emulator.plan_next_order(delivered_after=3.0)
    order_id = place(emulator, client_reference="A").json()["id"]
    added = emulator.add_topup_order()
    emulator.clock.advance(3)
    assert ask(emulator, "GET", f"{ORDERS}/{order_id}").json()["status"] == "DELIVERED"
    emulator.clock.advance(4.9)
    assert (found(emulator), found(emulator, "?client_reference=A")) == ([added], [])
    assert message(place(emulator, client_reference="A")) == DUPLICATE
    emulator.clock.advance(0.1)
    assert found(emulator) == [added, order_id]
    assert found(emulator, "?client_reference=A") == found(emulator, "?status=DELIVERED") == [order_id]
    assert found(emulator, "?status=PENDING") == [added]


def test_an_order_that_the_list_does_not_show_yet_can_be_changed() -> None:
    emulator = emulator_with(list_delay=8.0)
    first, second = (place(emulator, client_reference=reference).json()["id"] for reference in "AB")
    emulator._topups.put({"id": first, "status": "CANCELLED"})
    emulator._topups.remove(second)
    assert found(emulator, "?status=CANCELLED") == found(emulator) == [first]
    emulator.clock.advance(60)
    assert found(emulator) == [first]
    assert place(emulator, client_reference="B").status_code == 200


def test_a_reference_can_expire() -> None:
    emulator = emulator_with(reference_lifetime=100.0)
    place(emulator, client_reference="A")
    emulator.clock.advance(99.9)
    assert message(place(emulator, client_reference="A")) == DUPLICATE
    emulator.clock.advance(0.1)
    assert place(emulator, client_reference="A").status_code == 200
    assert message(place(emulator, client_reference="A")) == DUPLICATE
    assert len(found(emulator, "?client_reference=A")) == 2


def test_a_refused_duplicate_does_not_lengthen_the_life_of_a_reference() -> None:
    emulator = emulator_with(reference_lifetime=100.0, rejected_uses_reference=True)
    place(emulator, client_reference="A")
    emulator.clock.advance(60)
    assert message(place(emulator, client_reference="A")) == DUPLICATE
    emulator.clock.advance(40)
    assert place(emulator, client_reference="A").status_code == 200


def test_the_case_of_a_reference_can_be_ignored() -> None:
    emulator = emulator_with(reference_case_sensitive=False)
    order_id = place(emulator, client_reference="Order-1").json()["id"]
    assert message(place(emulator, client_reference="ORDER-1")) == DUPLICATE
    assert (found(emulator, "?client_reference=ORDER-1"), found(emulator, "?client_reference=Order-1")) == (
        [],
        [order_id],
    )


def test_the_status_of_a_creation_is_a_setting() -> None:
    emulator = emulator_with(create_status=201)
    assert place(emulator).status_code == 201
    assert ask(emulator, "GET", ORDERS).status_code == 200


@pytest.mark.parametrize(
    ("after", "status"),
    [
        ({"delivered_after": 60.0}, "DELIVERED"),
        ({"failed_after": 1.0}, "FAILED"),
        ({"delivered_after": 60.1}, "PENDING"),
        ({"transitions": [(1.0, "RECHARGED")]}, "PENDING"),
        ({}, "PENDING"),
    ],
)
def test_a_creation_can_wait_for_the_final_status(after: dict[str, Any], status: str) -> None:
    emulator = emulator_with(create_waits=60.0)
    before = emulator.wallets
    emulator.plan_next_order(**after)
    order = place(emulator).json()
    assert (order["status"], emulator.clock.monotonic()) == (status, 0)
    assert found(emulator, f"?status={status}") == [order["id"]]
    assert ("transaction_id" in order, "completed_at" in order) == (status != "PENDING", status != "PENDING")
    assert (emulator.wallets == before) == (status == "FAILED")


def test_a_debit_can_exceed_the_charges() -> None:
    emulator = emulator_with(charges_are_exact=False)
    estimated = ask(emulator, "POST", "/api/v1/topups/charges", json={"product_id": 4218, "amount": 4.99}).json()
    assert (estimated["total_payable"], place(emulator).json()["amount"]) == (4.7405, 4.7505)
    assert emulator.transactions[0].amount == Decimal("4.7505")
    exact = emulator.add_wallet("USD", "4.7405")
    assert message(place(emulator, wallet_id=exact)) == "Insufficient funds"


def test_the_refusals_are_settings() -> None:
    emulator = emulator_with(
        insufficient_funds=Problem(402, "N", "POOR", "poor"),
        unknown_product=Problem(404, "N", "P", "p"),
        unknown_variant=Problem(404, "N", "V", "v"),
        unknown_wallet=Problem(400, "N", "W", "w"),
    )
    poor = emulator.add_wallet("USD", 0)
    assert error(place(emulator, wallet_id=poor)) == (402, "N", "POOR", "poor")
    assert error(place(emulator, product_id=7)) == (404, "N", "P", "p")
    assert error(ask(emulator, "GET", "/api/v1/topups/variants/7")) == (404, "N", "V", "v")
    assert error(place(emulator, wallet_id=7)) == (400, "N", "W", "w")
