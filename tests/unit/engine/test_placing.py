"""The evidence table: what each answer means in each state of the journal, and what the caller gets."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._engine.journal_entries import State
from octopus_cards._engine.orders import place_order
from octopus_cards.emulator import EmulatorClock
from octopus_cards.resources.topup_rules import TOPUP_ORDER_PLACING
from support.purchases import (
    ACCEPTED,
    ARGUMENTS,
    CLEAN,
    CREATED,
    DOUBTFUL,
    DUPLICATE,
    LOST,
    NOT_EXECUTED,
    ORDER,
    REJECTED,
    SHORT_OF_FUNDS,
    UNKNOWN,
    WITH_RECIPIENT,
    Server,
    journal_in,
)
from support.scripted_flows import MemoryJournal, error_answer, json_answer, run, session


def place(server: Server, journal: Any = None, **options: Any) -> Any:
    """Place the order; return the placement, or the exception of the package."""
    clock = EmulatorClock()
    arguments = ARGUMENTS | options.pop("arguments", {})
    given: dict[str, Any] = {"max_debit": None, "request_id": None} | options
    limits = {name: given.pop(name) for name in ("attempts", "deadline") if name in given}
    try:
        flow = place_order(TOPUP_ORDER_PLACING, arguments, session(clock, **limits), journal=journal, **given)
        return run(flow, clock, server)
    except oc.OctopusCardsError as error:
        return error


def state_of(journal: MemoryJournal) -> tuple[Any, bool]:
    """Return the state, and whether the call still owns the entry."""
    entry = journal.stored["KEY-1"]
    return entry.state, bool(entry.owner)


@pytest.mark.parametrize("state", CLEAN + DOUBTFUL)
@pytest.mark.parametrize("answer", [ACCEPTED, CREATED], ids=["200", "201"])
def test_an_accepted_order_ends_every_state(state: State | None, answer: Any) -> None:
    journal, server = journal_in(state), Server(answer)
    placement = place(server, journal)
    assert (placement.order.id, placement.created, placement.client_reference) == (77, True, "KEY-1")
    assert placement.exceeds_max_debit is False
    assert state_of(journal) == (State.ACCEPTED, False)
    assert journal.stored["KEY-1"].order_id == 77
    assert server.sent.count("create_topup_order") == 1
    # The list is read first only where an earlier request may have been accepted.
    assert server.sent.count("list_topup_orders") == (state in DOUBTFUL)


def test_an_order_that_the_journal_knows_is_read_and_not_sent() -> None:
    server = Server(LOST, order=ORDER)
    placement = place(server, journal_in(State.ACCEPTED, order_id=77))
    assert (placement.order.id, placement.created) == (77, False)
    assert server.sent == ["get_topup_order"]


@pytest.mark.parametrize("name", NOT_EXECUTED)
@pytest.mark.parametrize("state", CLEAN)
def test_what_was_not_executed_leaves_the_intent(name: str, state: State | None) -> None:
    answer, kind = NOT_EXECUTED[name]
    journal = journal_in(state)
    assert type(place(Server(answer), journal)) is kind
    assert state_of(journal) == (State.INTENT, False)
    assert journal.stored["KEY-1"].in_doubt is False


@pytest.mark.parametrize("name", NOT_EXECUTED)
@pytest.mark.parametrize("state", DOUBTFUL)
def test_what_was_not_executed_leaves_a_doubt(name: str, state: State) -> None:
    answer, kind = NOT_EXECUTED[name]
    journal = journal_in(state)
    error = place(Server(answer), journal)
    assert type(error) is oc.OutcomeUnknownError
    assert type(error.__cause__) is kind
    assert error.client_reference == "KEY-1"
    assert state_of(journal) == (State.UNKNOWN, False)


@pytest.mark.parametrize("name", REJECTED)
@pytest.mark.parametrize("state", CLEAN)
def test_a_refusal_is_final_where_nothing_was_sent_before(name: str, state: State | None) -> None:
    answer, kind = REJECTED[name]
    journal, server = journal_in(state), Server(answer)
    assert type(place(server, journal, attempts=3)) is kind
    assert state_of(journal) == (State.REJECTED, False)
    assert journal.stored["KEY-1"].note.startswith(f"{kind.__name__}, status_code ")
    assert server.sent == ["create_topup_order", "list_topup_orders"]


@pytest.mark.parametrize("name", REJECTED)
@pytest.mark.parametrize("state", DOUBTFUL)
def test_a_refusal_after_a_doubt_proves_nothing(name: str, state: State) -> None:
    answer, kind = REJECTED[name]
    journal = journal_in(state)
    error = place(Server(answer), journal, attempts=3)
    assert type(error) is oc.OutcomeUnknownError
    assert type(error.__cause__) is kind
    assert state_of(journal) == (State.UNKNOWN, False)
    journal = journal_in(state)
    placement = place(Server(answer, order=ORDER, hidden=4), journal)
    assert (placement.order.id, placement.created) == (77, False)
    assert state_of(journal) == (State.ACCEPTED, False)


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("state", CLEAN + DOUBTFUL)
def test_an_unknown_outcome_stays_unknown_until_the_order_shows(name: str, state: State | None) -> None:
    journal = journal_in(state)
    error = place(Server(UNKNOWN[name]), journal)
    assert type(error) is oc.OutcomeUnknownError
    assert error.client_reference == "KEY-1"
    assert (error.method, error.path) == ("POST", "/api/v1/topups/orders")
    assert state_of(journal) == (State.UNKNOWN, False)
    assert journal.stored["KEY-1"].in_doubt is True
    journal = journal_in(state)
    placement = place(Server(UNKNOWN[name], order=ORDER, hidden=state in DOUBTFUL), journal)
    assert (placement.order.id, placement.created) == (77, state not in DOUBTFUL)
    assert state_of(journal) == (State.ACCEPTED, False)


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_outcome_is_settled_by_the_same_request(name: str) -> None:
    for answer, created in ((ACCEPTED, True), (DUPLICATE, True)):
        journal, server = MemoryJournal(), Server(UNKNOWN[name], answer, order=ORDER)
        placement = place(server, journal, attempts=2)
        assert (placement.order.id, placement.created) == (77, created)
        assert server.sent[:2] == ["create_topup_order"] * 2
        assert len(server.bodies) == 1
        assert state_of(journal) == (State.ACCEPTED, False)


@pytest.mark.parametrize("second", [*REJECTED, *NOT_EXECUTED])
def test_doubt_stays_after_any_later_answer(second: str) -> None:
    answer = (REJECTED | NOT_EXECUTED)[second][0]
    journal, server = MemoryJournal(), Server(LOST, answer)
    error = place(server, journal, attempts=2)
    assert type(error) is oc.OutcomeUnknownError
    assert state_of(journal) == (State.UNKNOWN, False)


@pytest.mark.parametrize("state", CLEAN + DOUBTFUL)
@pytest.mark.parametrize("hidden", range(8))
def test_a_duplicate_is_looked_up_until_the_list_shows_it(state: State | None, hidden: int) -> None:
    journal, server = journal_in(state), Server(DUPLICATE, order=ORDER, hidden=hidden + (state in DOUBTFUL))
    placement = place(server, journal)
    assert (placement.order.id, placement.created) == (77, False)
    assert server.sent.count("create_topup_order") == 1
    assert state_of(journal) == (State.ACCEPTED, False)


def test_a_duplicate_that_the_list_never_shows_is_unknown() -> None:
    journal, server, clock = MemoryJournal(), Server(DUPLICATE), EmulatorClock()
    flow = place_order(
        TOPUP_ORDER_PLACING, ARGUMENTS, session(clock, attempts=5), journal=journal, max_debit=None, request_id=None
    )
    with pytest.raises(oc.OutcomeUnknownError, match="the order exists, and the list does not show it yet"):
        run(flow, clock, server)
    assert clock.monotonic() == 30.0
    assert server.sent == ["create_topup_order"] + ["list_topup_orders"] * 8
    assert state_of(journal) == (State.UNKNOWN, False)


def test_the_lookup_ends_with_the_deadline() -> None:
    server, clock = Server(DUPLICATE), EmulatorClock()
    flow = place_order(
        TOPUP_ORDER_PLACING, ARGUMENTS, session(clock, deadline=3.0), journal=None, max_debit=None, request_id=None
    )
    with pytest.raises(oc.OutcomeUnknownError):
        run(flow, clock, server)
    assert clock.monotonic() == 2.0
    assert server.sent.count("list_topup_orders") == 4  # at 0, 0.5, 1 and 2 seconds, the last one a second before


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        (ORDER | {"product_id": 4219}, "another product_id"),
        (WITH_RECIPIENT | {"input_data": {"player_id": "5123456780"}}, "another input_data\\['player_id'\\]"),
    ],
)
@pytest.mark.parametrize("state", CLEAN + DOUBTFUL)
def test_an_order_of_something_else_is_a_conflict(state: State | None, order: dict[str, Any], problem: str) -> None:
    journal = journal_in(state)
    error = place(Server(DUPLICATE, order=order), journal)
    assert type(error) is oc.ReferenceConflictError
    assert (error.order.id, error.client_reference) == (77, "KEY-1")
    assert re.search(problem, str(error))
    assert "512345678" not in str(error)
    assert state_of(journal) == (State.REVIEW, False)


def test_a_recipient_in_another_form_is_the_same() -> None:
    placement = place(Server(DUPLICATE, order=WITH_RECIPIENT))
    assert placement.order.id == 77


@pytest.mark.parametrize(
    "other",
    [
        {"product_id": 4219},
        {"amount": Decimal("4.98")},
        {"category": "Data"},
        {"wallet_id": 3},
        {"input_data": {"player_id": "5123456780", "server": "asia"}},
        {"input_data": None},
    ],
    ids="".join,
)
def test_the_journal_refuses_another_request_with_the_reference(other: dict[str, Any]) -> None:
    journal, server = journal_in(State.INTENT), Server(ACCEPTED)
    error = place(server, journal, arguments=other)
    assert type(error) is oc.ReferenceConflictError
    assert (error.client_reference, error.order) == ("KEY-1", None)
    assert (server.sent, journal.history) == ([], [])


def test_the_same_request_in_another_notation_is_the_same() -> None:
    same = {"amount": "4.990", "input_data": {"server": "asia", "player_id": "5123456789"}}
    assert place(Server(ACCEPTED), journal_in(State.INTENT), arguments=same).created


def test_the_journal_commits_before_anything_is_sent() -> None:
    journal, seen = MemoryJournal(), list[list[State]]()

    def answer(send: Send) -> RawResponse:
        seen.append([entry.state for entry in journal.history])
        return ACCEPTED

    place(answer, journal)  # type: ignore[arg-type]
    assert seen == [[State.INTENT, State.SENDING]]
    assert [entry.state for entry in journal.history] == [State.INTENT, State.SENDING, State.ACCEPTED]
    sending = journal.history[1]
    assert (sending.sends, sending.in_doubt) == (1, False)
    assert sending.owner
    assert sending.lease_until == pytest.approx(sending.updated_at + 90.0)


def while_sending(change: Callable[[MemoryJournal], Any], answer: RawResponse, journal: MemoryJournal) -> Any:
    """Place an order, and change the journal while the request is on its way."""

    def respond(send: Send) -> RawResponse:
        if send.call.operation.name == "create_topup_order":
            change(journal)
            return answer
        return json_answer(200, [])

    return place(respond, journal)  # type: ignore[arg-type]


def another_sends(journal: MemoryJournal) -> None:
    place(Server(LOST), journal)


def another_succeeds(journal: MemoryJournal) -> None:
    place(Server(ACCEPTED), journal)


def test_a_refusal_is_not_final_while_another_process_sends() -> None:
    journal = MemoryJournal()
    assert type(while_sending(another_sends, SHORT_OF_FUNDS, journal)) is oc.OutcomeUnknownError
    assert journal.stored["KEY-1"].state == State.UNKNOWN


@pytest.mark.parametrize("answer", [SHORT_OF_FUNDS, DUPLICATE, UNKNOWN["500"], error_answer(429, "X", "x")])
def test_an_accepted_entry_stays_accepted(answer: Any) -> None:
    journal = MemoryJournal()
    while_sending(another_succeeds, answer, journal)
    assert state_of(journal) == (State.ACCEPTED, False)


def test_two_orders_for_one_reference_are_reported() -> None:
    journal = MemoryJournal()
    error = while_sending(another_succeeds, json_answer(200, ORDER | {"id": 78}), journal)
    assert type(error) is oc.ReferenceConflictError
    assert error.order.id == 78
    assert journal.stored["KEY-1"].order_id == 77


@pytest.mark.parametrize(
    ("limit", "debit", "exceeds"), [("4.7405", 4.7405, False), ("5", 5.01, True), (Decimal(5), 4, False)]
)
def test_the_price_is_asked_first(limit: Any, debit: float, exceeds: bool) -> None:
    journal, server = MemoryJournal(), Server(json_answer(200, ORDER | {"amount": debit}))
    placement = place(server, journal, max_debit=limit)
    assert placement.exceeds_max_debit is exceeds
    assert server.sent == ["estimate_topup_charges", "create_topup_order"]


def test_a_debit_in_another_currency_is_not_compared() -> None:
    server = Server(json_answer(200, ORDER | {"amount": 500, "currency": "INR"}))
    assert place(server, max_debit=5).exceeds_max_debit is False


def test_a_price_above_the_limit_sends_nothing() -> None:
    journal, server = MemoryJournal(), Server(ACCEPTED)
    error = place(server, journal, max_debit="4.74")
    assert type(error) is oc.DebitLimitError
    assert str(error) == (
        "the topup order was not placed: the server stated a price of 4.7405 USD, and max_debit is 4.74"
    )
    assert (error.max_debit, error.charges.total_payable) == (Decimal("4.74"), Decimal("4.7405"))
    assert server.sent == ["estimate_topup_charges"]
    assert state_of(journal) == (State.REJECTED, False)
    assert place(server, journal, max_debit=5).created


def test_no_price_is_no_permission() -> None:
    def answer(send: Send) -> RawResponse:
        return json_answer(200, {})

    error = place(answer, max_debit=10**6)  # type: ignore[arg-type]
    assert type(error) is oc.DebitLimitError
    assert "the server stated no price" in str(error)


def test_the_deadline_leaves_time_to_find_the_order() -> None:
    seconds: list[float] = []

    def answer(send: Send) -> RawResponse:
        seconds.append(send.seconds)
        return ACCEPTED

    for deadline in (60.0, 10.0, None):
        place(answer, deadline=deadline)  # type: ignore[arg-type]
    assert seconds == [pytest.approx(40.0), pytest.approx(6.0), float("inf")]


def test_retries_end_with_the_attempts_and_wait_as_the_server_asks() -> None:
    server, clock = Server(RawResponse(503, {"retry-after": "7"}, b"")), EmulatorClock()
    flow = place_order(
        TOPUP_ORDER_PLACING, ARGUMENTS, session(clock, attempts=3), journal=None, max_debit=None, request_id=None
    )
    with pytest.raises(oc.OutcomeUnknownError):
        run(flow, clock, server)
    assert server.sent == ["create_topup_order"] * 3 + ["list_topup_orders"] * 8
    assert 44.0 <= clock.monotonic() < 46.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"arguments": {"client_reference": None}}, "client_reference must be 1 to 255 printable ASCII characters"),
        ({"arguments": {"client_reference": "é"}}, "client_reference must be 1 to 255 printable ASCII characters"),
        ({"arguments": {"amount": 4.99}}, "a float cannot hold every amount exactly"),
        ({"arguments": {"amount": 0}}, "amount must be an amount above 0"),
        ({"arguments": {"amount": "-1"}}, "amount must be an amount above 0"),
        ({"arguments": {"product_id": 0}}, "product_id must be an integer from 1 up"),
        ({"arguments": {"input_data": {"x": 1.5}}}, "input_data must hold only JSON values"),
        ({"max_debit": 1.5}, "max_debit must be an amount.*a float cannot hold every amount exactly"),
        ({"max_debit": -1}, "max_debit must be an amount"),
        ({"journal": object()}, "journal must be a Journal or None, got an object of type object"),
        ({"request_id": "a b"}, "request_id must be"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_sent(options: dict[str, Any], message: str) -> None:
    server = Server(ACCEPTED)
    with pytest.raises((TypeError, ValueError), match=message):
        place(server, **options)
    assert server.sent == []
