"""Fulfilment delivers a created order, or fails it and gives the money back."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from octopus_cards.emulator import Emulator
from octopus_cards.emulator._areas.fulfilment_plans import FulfilmentPlans
from support.emulator_requests import ORDERS, ask, error, place

NO_FUNDS = (400, "BadRequestError", "INSUFFICIENT_FUNDS", "Insufficient funds")


def read(emulator: Emulator, order_id: int) -> Any:
    return ask(emulator, "GET", f"{ORDERS}/{order_id}").json()


def test_an_order_is_delivered_within_5_to_30_seconds(emulator: Emulator) -> None:
    order_ids = [place(emulator).json()["id"] for _ in range(9)]
    emulator.clock.advance(4.9)
    assert {read(emulator, order_id)["status"] for order_id in order_ids} == {"PENDING"}
    emulator.clock.advance(25.1)
    orders = [read(emulator, order_id) for order_id in order_ids]
    assert {order["status"] for order in orders} == {"DELIVERED"}
    assert len({order["completed_at"] for order in orders}) > 1
    assert [order["transaction_id"] for order in orders] == [debit.id for debit in emulator.transactions]


def test_every_delivery_takes_5_to_30_seconds() -> None:
    plans = FulfilmentPlans(Random(0))
    assert {transition for _ in range(2000) for transition in plans.take().transitions} == {
        (float(after), "DELIVERED") for after in range(5, 31)
    }


def test_the_same_seed_gives_the_same_orders() -> None:
    def outcome(seed: int) -> Any:
        emulator = Emulator(seed)
        order_ids = [place(emulator).json()["id"] for _ in range(9)]
        emulator.clock.advance(30)
        return [read(emulator, order_id)["completed_at"] for order_id in order_ids], order_ids

    assert outcome(1) == outcome(1) != outcome(2)


@pytest.mark.parametrize(("outcome", "refunds"), [("delivered", 0), ("failed", 1), ("cancelled", 1)])
@pytest.mark.parametrize("reported", [True, False])
def test_a_refund_follows_a_failure_once(emulator: Emulator, outcome: str, refunds: int, reported: bool) -> None:
    before = emulator.wallets
    after: dict[str, Any] = {f"{outcome}_after": 7.0}
    emulator.plan_next_order(**after)
    order_id = place(emulator).json()["id"]
    emulator.clock.advance(6.9)
    assert read(emulator, order_id)["status"] == "PENDING"
    assert [each.kind for each in emulator.transactions] == ["DEBIT"]
    emulator.clock.advance(60.0 if reported else 0.1)
    if not reported:
        read(emulator, order_id)
    assert [each.kind for each in emulator.transactions] == ["DEBIT", "REFUND"][: 1 + refunds]
    assert (emulator.wallets == before) == bool(refunds)
    emulator.clock.advance(600)
    assert read(emulator, order_id)["status"] == outcome.upper()
    assert len(emulator.transactions) == 1 + refunds


def test_an_order_that_ends_twice_is_refunded_once(emulator: Emulator) -> None:
    before = emulator.wallets
    emulator.plan_next_order(failed_after=1.0, cancelled_after=2.0)
    order_id = place(emulator).json()["id"]
    for seconds, status in ((1, "FAILED"), (60, "CANCELLED")):
        emulator.clock.advance(seconds)
        assert read(emulator, order_id)["status"] == status
    assert ([each.kind for each in emulator.transactions], emulator.wallets) == (["DEBIT", "REFUND"], before)


def test_a_refund_that_is_due_can_be_spent(emulator: Emulator) -> None:
    wallet_id = emulator.add_wallet("USD", "5")
    emulator.plan_next_order(failed_after=1.0)
    place(emulator, wallet_id=wallet_id)
    assert error(place(emulator, wallet_id=wallet_id)) == NO_FUNDS
    emulator.clock.advance(60)
    assert place(emulator, wallet_id=wallet_id).status_code == 200


def test_a_failed_order_says_why(emulator: Emulator) -> None:
    emulator.plan_next_order(
        failed_after=1.0, failure_code="X", failure_reason="No such player.", is_user_fixable=False
    )
    emulator.plan_next_order(failed_after=1.0)
    first, second = (place(emulator).json() for _ in range(2))
    assert not {"failure_code", "failure_reason", "is_user_fixable"} & set(first)
    emulator.clock.advance(1)
    failed = read(emulator, first["id"])
    assert [failed[name] for name in ("status", "failure_code", "failure_reason", "is_user_fixable")] == [
        "FAILED",
        "X",
        "No such player.",
        False,
    ]
    assert read(emulator, second["id"])["failure_code"] == "EMULATED_FAILURE"
    added = emulator.add_topup_order(failed_after=0.0, failure_code="Y", failure_reason="r", is_user_fixable=True)
    failed = read(emulator, added)
    assert (failed["failure_code"], failed["failure_reason"], failed["is_user_fixable"]) == ("Y", "r", True)
    assert "failure_code" not in read(emulator, emulator.add_topup_order(delivered_after=0.0, failure_code="Z"))


def test_plans_apply_in_order_and_only_to_accepted_orders(emulator: Emulator) -> None:
    emulator.plan_next_order(times=2)
    emulator.plan_next_order(cancelled_after=1.0, transitions=[(0.5, "RECHARGED")])
    place(emulator, amount=1)
    order_ids = [place(emulator).json()["id"] for _ in range(4)]
    emulator.clock.advance(0.5)
    assert read(emulator, order_ids[2])["status"] == "RECHARGED"
    emulator.clock.advance(120)
    assert [read(emulator, i)["status"] for i in order_ids] == ["PENDING", "PENDING", "CANCELLED", "DELIVERED"]


def test_an_invalid_plan_is_rejected(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="cannot change before it was created"):
        emulator.plan_next_order(failed_after=-1.0)
    with pytest.raises(ValueError, match="times must be 1 or more, got 0"):
        emulator.plan_next_order(times=0)
