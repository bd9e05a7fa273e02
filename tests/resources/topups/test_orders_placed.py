"""Placing orders through the public methods, in every client mode."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import octopus_cards as oc
from octopus_cards.emulator import Assumptions, Emulator
from octopus_cards.journal import Journal
from support.client_modes import ClientMode, client_mode

ORDERS = "/api/v1/topups/orders"
RECIPIENT = {"player_id": "5123456789", "server": "asia"}


def place(mode: ClientMode, client: Any, reference: str = "KEY-1", **options: Any) -> Any:
    return mode.call(client, "place", 4218, "4.99", client_reference=reference, input_data=RECIPIENT, **options)


def test_an_order_is_placed_by_one_request(mode: ClientMode, emulator: Emulator) -> None:
    placement = place(mode, mode.of(emulator), category="In-Game Currency")
    assert isinstance(placement, oc.Placement)
    assert (placement.created, placement.client_reference) == (True, "KEY-1")
    assert (placement.order.status, str(placement.order.amount)) == ("PENDING", "4.7405")
    (request,) = emulator.requests
    assert request.body == (
        b'{"product_id":4218,"amount":4.99,"input_data":{"player_id":"5123456789","server":"asia"},'
        b'"client_reference":"KEY-1","category":"In-Game Currency"}'
    )
    assert "5123456789" not in repr(placement)


def test_an_order_that_is_placed_again_is_the_same(mode: ClientMode, emulator: Emulator) -> None:
    first = place(mode, mode.of(emulator))
    again = place(mode, mode.of(emulator))
    assert (again.order.id, again.created) == (first.order.id, False)
    resolved = mode.call(mode.of(emulator), "resolve", "KEY-1")
    assert (resolved.order.id, resolved.created) == (first.order.id, False)
    assert mode.call(mode.of(emulator), "resolve", "KEY-2") is None


@pytest.mark.parametrize(
    "fault",
    [
        {"lost": True},
        {"status": 502, "executed": True},
        {"status": 500},
        {"connection": "cut"},
        {"connection": "reset"},
        {"connection": "refused"},
        {"status": 429, "retry_after": 3},
        {"status": 401},
        {"status": 200, "body": "<html>", "executed": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("list_delay", [0.0, 5.0])
def test_one_order_comes_of_any_fault(mode: ClientMode, fault: dict[str, Any], list_delay: float) -> None:
    emulator = Emulator(assumptions=Assumptions(list_delay=list_delay))
    emulator.fail_next(**fault, method="POST", path=ORDERS)
    client = mode.of(emulator, api_key=emulator.api_key, api_secret=emulator.api_secret)
    placement = place(mode, client)
    assert placement.created is True
    emulator.clock.advance(5)
    assert [order.id for order in mode.call(client, "list")] == [placement.order.id]
    assert len(emulator.transactions) == 1


def test_funds_that_the_first_attempt_took_are_no_refusal(mode: ClientMode) -> None:
    emulator = Emulator(assumptions=Assumptions(duplicate_check="after balance"))
    wallet = emulator.add_wallet("USD", "5")
    emulator.fail_next(lost=True, path=ORDERS)
    placement = place(mode, mode.of(emulator), wallet_id=wallet)
    assert placement.created is True
    assert next(each.balance for each in emulator.wallets if each.id == wallet) == Decimal("0.2595")


def test_a_refused_order_says_why_and_which_field(mode: ClientMode, emulator: Emulator) -> None:
    wallet = emulator.add_wallet("USD", "4")
    with pytest.raises(oc.BadRequestError) as failed:
        place(mode, mode.of(emulator), wallet_id=wallet)
    assert failed.value.code == "INSUFFICIENT_FUNDS"
    with pytest.raises(oc.ValidationFailedError) as refused:
        mode.call(mode.of(emulator), "place", 4218, "4.99", client_reference="KEY-1", input_data={"server": "asia"})
    assert refused.value.field == "player_id"
    assert emulator.transactions == ()


def test_create_makes_one_request_and_hides_nothing(mode: ClientMode, emulator: Emulator) -> None:
    client = mode.of(emulator)
    order = mode.call(client, "create", 4218, "4.99", input_data=RECIPIENT)
    assert order.client_reference is None
    arguments: dict[str, Any] = {"client_reference": "KEY-1", "input_data": RECIPIENT}
    assert mode.call(client, "create", 4218, "4.99", **arguments).client_reference == "KEY-1"
    with pytest.raises(oc.DuplicateReferenceError) as duplicate:
        mode.call(client, "create", 4218, "4.99", **arguments)
    assert (duplicate.value.client_reference, duplicate.value.status_code) == ("KEY-1", 400)
    emulator.fail_next(lost=True, path=ORDERS)
    with pytest.raises(oc.OutcomeUnknownError) as lost:
        mode.call(client, "create", 4218, "4.99", client_reference="KEY-2", input_data=RECIPIENT)
    assert (lost.value.client_reference, lost.value.attempts) == ("KEY-2", 1)
    assert len(emulator.transactions) == 3


@pytest.mark.parametrize(
    "fault", [{"status": 429}, {"connection": "refused"}, {"connection": "connect timeout"}], ids=str
)
def test_create_repeats_what_was_not_executed(mode: ClientMode, emulator: Emulator, fault: dict[str, Any]) -> None:
    emulator.fail_next(**fault, times=2, path=ORDERS)
    order = mode.call(mode.of(emulator), "create", 4218, "4.99", client_reference="KEY-1", input_data=RECIPIENT)
    assert order.client_reference == "KEY-1"


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503}, {"lost": True}, {"status": 408}], ids=str)
def test_create_never_repeats_what_may_have_been_executed(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any]
) -> None:
    emulator.fail_next(**fault, path=ORDERS)
    with pytest.raises(oc.RequestError):
        mode.call(mode.of(emulator), "create", 4218, "4.99", client_reference="KEY-1", input_data=RECIPIENT)
    assert len(emulator.requests) == 1


def test_a_response_to_another_order_is_not_taken(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_topup_order(client_reference="OTHER")
    other = mode.call(mode.of(emulator), "get", order_id).to_json(private=True)
    emulator.fail_next(200, body=other, path=ORDERS)
    with pytest.raises(oc.OutcomeUnknownError, match="the response is a topup order with another client_reference"):
        mode.call(mode.of(emulator), "create", 4218, "4.99", client_reference="KEY-1", input_data=RECIPIENT)


def test_a_failed_order_says_why(mode: ClientMode, emulator: Emulator) -> None:
    emulator.plan_next_order(
        failed_after=7.0, failure_code="WRONG_PLAYER", failure_reason="No such player", is_user_fixable=True
    )
    client, before = mode.of(emulator), emulator.wallets
    order = mode.call(client, "wait", place(mode, client).order.id)
    assert (order.status, order.failure_code) == ("FAILED", "WRONG_PLAYER")
    assert (order.failure_reason, order.is_user_fixable) == ("No such player", True)
    assert emulator.wallets == before


def test_a_journal_lets_another_client_finish(mode: ClientMode, emulator: Emulator, tmp_path: Path) -> None:
    emulator.fail_next(lost=True, method="POST", path=ORDERS)
    emulator.fail_next(503, path=ORDERS, times=50)
    with Journal.open(tmp_path / "orders.db") as journal:
        with pytest.raises(oc.OutcomeUnknownError) as unknown:
            place(mode, mode.of(emulator, attempts=2), journal=journal)
        assert unknown.value.client_reference == "KEY-1"
        emulator._pipeline.faults.clear()
        client = mode.of(emulator)
        (placement,) = mode.recover(client, journal)
        assert (placement.client_reference, placement.created) == ("KEY-1", False)
        assert mode.recover(client, journal) == []
        (entry,) = journal.entries()
        assert (entry.state, entry.order_id) == ("ACCEPTED", placement.order.id)


@given(digits=st.decimals(min_value="0.0001", max_value="99999999999", places=6), whole=st.booleans())
def test_an_amount_keeps_every_digit_over_http(digits: Decimal, *, whole: bool) -> None:
    amount = digits.to_integral_value() + 1 if whole else digits
    emulator = KEEPING
    start = len(emulator.requests)
    emulator.fail_next(200, body=_echo(amount), path=ORDERS)
    for given_as in (amount, str(amount)):
        emulator.fail_next(200, body=_echo(amount), path=ORDERS)
        order = CLIENT.topups.orders.create(4218, given_as, client_reference="KEY-1")
        assert str(order.amount) == format(amount, "f")
        assert f'"amount":{amount:f},' in order.to_json()
        assert order.to_dict()["amount"] == amount
    emulator._pipeline.faults.clear()
    for request in emulator.requests[start:]:
        sent = request.json()["amount"]
        assert not isinstance(sent, float)
        assert (Decimal(sent), f'"amount":{amount:f}'.encode() in request.body) == (amount, True)


def _echo(amount: Decimal) -> str:
    return (
        '{"id":1,"client_reference":"KEY-1","product_id":4218,"product_name":"x","country_code":"GLO",'
        f'"amount":{amount:f},"currency":"USD","status":"PENDING","created_at":"2026-05-19T14:30:00Z"}}'
    )


KEEPING = Emulator(limits=None)
CLIENT: Any = None


@pytest.fixture(scope="module", autouse=True)
def client_over_http() -> Any:
    global CLIENT  # noqa: PLW0603
    with KEEPING.serve() as url, client_mode("sync") as mode:
        CLIENT = mode.client(token=KEEPING.token, base_url=url)
        yield
