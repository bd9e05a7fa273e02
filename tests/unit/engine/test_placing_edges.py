"""Placing an order while other processes, the journal, the clock or the list misbehave."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

import octopus_cards as oc
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._engine.journal_entries import State
from octopus_cards._engine.orders import place_order
from octopus_cards._engine.recovering import MAX_RESEND_AGE, recover
from octopus_cards.emulator import EmulatorClock
from octopus_cards.resources.placing_targets import PLACING_TARGETS
from octopus_cards.resources.topup_rules import TOPUP_ORDER_PLACING
from support.purchases import (
    ACCEPTED,
    ARGUMENTS,
    DOUBTFUL,
    DUPLICATE,
    LOST,
    NOT_EXECUTED,
    NOT_SENT,
    ORDER,
    SHORT_OF_FUNDS,
    Server,
    journal_in,
)
from support.scripted_flows import MemoryJournal, error_answer, json_answer, run, session

UNREADABLE = {
    "refused": oc.NotSentError("refused", method="GET", path="/x"),
    "lost": LOST,
    "503": error_answer(503, "X", "x"),
    "html": RawResponse(200, {}, b"<html>"),
}


class Timed(Server):
    """A server whose answers take time by the clock; its reads can fail."""

    def __init__(self, clock: EmulatorClock, *posts: Any, read: Any = None, **options: Any) -> None:
        super().__init__(*posts, **options)
        self.clock = clock
        self.seconds = {"GET": 0.0, "POST": 0.0, "charges": 0.0}
        self.read = read
        self.sent_at: list[tuple[str, float]] = []

    def __call__(self, send: Send) -> RawResponse:
        kind = "charges" if send.call.path.endswith("charges") else send.call.method
        self.sent_at.append((kind, self.clock.monotonic()))
        took = self.seconds[kind]
        if took >= send.seconds:
            self.clock.advance(send.seconds)
            raise oc.OutcomeUnknownError("no response in time", method=send.call.method, path=send.call.path)
        self.clock.advance(took)
        if send.call.method == "GET" and self.read is not None:
            self.sent.append(send.call.operation.name)
            if isinstance(self.read, oc.RequestError):
                raise self.read
            return self.read  # type: ignore[no-any-return]
        return super().__call__(send)


def place(server: Any, journal: Any = None, clock: Any = None, **options: Any) -> Any:
    clock = clock or EmulatorClock()
    given: dict[str, Any] = {"max_debit": None, "request_id": None} | options
    limits = {name: given.pop(name) for name in ("attempts", "deadline") if name in given}
    try:
        flow = place_order(TOPUP_ORDER_PLACING, ARGUMENTS, session(clock, **limits), journal=journal, **given)
        return run(flow, clock, server)
    except oc.OctopusCardsError as error:
        return error


def recovered(journal: MemoryJournal, server: Any, *, resend: bool = True, clock: Any = None, **options: Any) -> Any:
    clock = clock or EmulatorClock()
    return run(recover(journal, PLACING_TARGETS, session(clock, **options), resend=resend), clock, server)


# The price and the journal.


@pytest.mark.parametrize("state", DOUBTFUL)
def test_a_high_price_does_not_end_a_doubt(state: State) -> None:
    journal = journal_in(state, owner="host:1:x", lease_until=9e9)
    error = place(Server(LOST), journal, max_debit="4.50")
    assert type(error) is oc.OutcomeUnknownError
    assert type(error.__cause__) is oc.DebitLimitError
    assert journal.stored["KEY-1"].state in (State.UNKNOWN, state)
    assert journal.stored["KEY-1"].in_doubt is True
    placement = place(Server(LOST, order=ORDER), journal, max_debit="4.50")
    assert (placement.order.id, placement.created, placement.exceeds_max_debit) == (77, False, True)


@pytest.mark.parametrize("answer", [NOT_SENT, error_answer(400, "VALIDATION_FAILURE", "x"), json_answer(200, {})])
def test_a_price_that_cannot_be_read_does_not_end_a_doubt(answer: Any) -> None:
    def respond(send: Send) -> RawResponse:
        if send.call.method == "GET":
            return json_answer(200, [])
        if isinstance(answer, oc.RequestError):
            raise answer
        return answer  # type: ignore[no-any-return]

    error = place(respond, journal_in(State.UNKNOWN), max_debit="4.50")
    assert type(error) is oc.OutcomeUnknownError
    assert type(place(respond, max_debit="4.50")) is not oc.OutcomeUnknownError


def test_a_high_price_does_not_end_what_another_process_sends_meanwhile() -> None:
    journal = MemoryJournal()

    def respond(send: Send) -> RawResponse:
        if send.call.path.endswith("charges"):
            assert place(Server(LOST), journal).client_reference == "KEY-1"
            return json_answer(200, {"total_payable": 9})
        return json_answer(200, [])

    error = place(respond, journal, max_debit=5)
    assert type(error) is oc.OutcomeUnknownError
    assert journal.stored["KEY-1"].state == State.UNKNOWN


def test_the_debit_of_a_found_order_is_compared_too() -> None:
    expensive = ORDER | {"amount": 5.01}
    assert place(Server(DUPLICATE, order=expensive), max_debit=5).exceeds_max_debit is True
    journal = journal_in(State.ACCEPTED, order_id=77)
    assert place(Server(LOST, order=expensive), journal, max_debit=5).exceeds_max_debit is True
    assert place(Server(LOST, order=expensive), journal).exceeds_max_debit is False


# An order that the journal knows.


@pytest.mark.parametrize("read", [*UNREADABLE.values(), error_answer(404, "X", "x"), error_answer(403, "X", "x")])
def test_an_order_that_exists_and_cannot_be_read_is_no_refusal(read: Any) -> None:
    error = place(Timed(EmulatorClock(), LOST, read=read), journal_in(State.ACCEPTED, order_id=77))
    assert type(error) is oc.OutcomeUnknownError
    assert (error.order_id, error.client_reference) == (77, "KEY-1")
    assert "the topup order 77 exists, and cannot be read now" in str(error)


def test_an_order_of_somebody_else_is_not_returned() -> None:
    server = Server(LOST, order=ORDER | {"client_reference": "SOMEBODY"})
    error = place(server, journal_in(State.ACCEPTED, order_id=77))
    assert type(error) is oc.ReferenceConflictError
    assert "another client_reference" in str(error)


def test_a_journal_of_another_server_is_not_used() -> None:
    journal = journal_in(State.UNKNOWN, server="https://sandbox.example")
    server = Server(ACCEPTED)
    error = place(server, journal)
    assert type(error) is oc.ReferenceConflictError
    assert "for another server, https://sandbox.example" in str(error)
    assert recovered(journal, server) is None
    assert (server.sent, journal.history) == ([], [])


# Lists that cannot be read, or show too much.


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("resend", [True, False])
def test_recovering_waits_for_a_list_that_can_be_read(name: str, *, resend: bool) -> None:
    journal, server = journal_in(State.SENDING, private=None), Timed(EmulatorClock(), ACCEPTED, read=UNREADABLE[name])
    assert recovered(journal, server, resend=resend) is None
    assert set(server.sent) == {"list_topup_orders"}
    assert journal.stored["KEY-1"].state == State.UNKNOWN
    (placement,) = recovered(journal, Server(LOST, order=ORDER))
    assert placement.order.id == 77


def test_a_token_that_is_refused_ends_the_recovery_also_without_sending() -> None:
    journal = journal_in(State.UNKNOWN)
    with pytest.raises(oc.OutcomeUnknownError):
        recovered(journal, Timed(EmulatorClock(), LOST, read=NOT_EXECUTED["401"][0]), resend=False)
    assert journal.stored["KEY-1"].state == State.UNKNOWN


@pytest.mark.parametrize("state", [State.UNKNOWN, None])
def test_two_orders_of_the_list_are_for_a_person(state: State | None) -> None:
    journal, server = journal_in(state), Timed(EmulatorClock(), DUPLICATE)
    server.read = json_answer(200, [ORDER, ORDER | {"id": 78}])
    error = place(server, journal)
    assert type(error) is oc.ReferenceConflictError
    assert "the server has 2 orders with this client_reference (77, 78)" in str(error)
    assert server.sent.count("create_topup_order") == (0 if state else 1)
    assert journal.stored["KEY-1"].state == State.REVIEW


def test_a_refusal_is_compared_with_the_list() -> None:
    # An earlier call without a journal has placed it, and the balance is checked before the reference.
    placement = place(Server(SHORT_OF_FUNDS, order=ORDER))
    assert (placement.order.id, placement.created) == (77, False)
    reworded = error_answer(400, "BAD_REQUEST", "client_reference already exists")
    assert place(Server(reworded, order=ORDER), MemoryJournal()).order.id == 77


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_refusal_that_cannot_be_compared_is_final_only_with_a_journal(name: str) -> None:
    read = UNREADABLE[name]
    error = place(Timed(EmulatorClock(), SHORT_OF_FUNDS, read=read))
    assert type(error) is oc.OutcomeUnknownError
    assert "whether an earlier call placed it cannot be read" in str(error)
    assert type(place(Timed(EmulatorClock(), SHORT_OF_FUNDS, read=read), MemoryJournal())) is oc.BadRequestError


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_server_that_refuses_everything_is_believed(status: int) -> None:
    answer = error_answer(status, "X", "x")
    assert type(place(Timed(EmulatorClock(), answer, read=answer))).__name__ in (
        "AuthenticationError", "PermissionDeniedError", "NotFoundError",
    )  # fmt: skip


# The deadline.


@pytest.mark.parametrize("slow", ["GET", "POST", "charges"])
@pytest.mark.parametrize("deadline", [2.0, 10.0, 60.0])
@pytest.mark.parametrize("answer", [DUPLICATE, ACCEPTED, SHORT_OF_FUNDS, LOST])
def test_a_call_ends_with_its_deadline_whatever_hangs(slow: str, deadline: float, answer: Any) -> None:
    clock = EmulatorClock()
    server = Timed(clock, answer, order=ORDER, hidden=99)
    server.seconds[slow] = 1e6
    for journal in (None, journal_in(State.UNKNOWN)):
        started = clock.monotonic()
        place(server, journal, clock, deadline=deadline, max_debit=5, attempts=5)
        assert clock.monotonic() - started <= deadline + 0.01


def test_no_request_is_sent_when_only_time_for_lookups_is_left() -> None:
    clock = EmulatorClock()
    server = Timed(clock, LOST)
    server.seconds["POST"] = 1e6
    assert type(place(server, None, clock, attempts=9)) is oc.OutcomeUnknownError
    posts = [moment for kind, moment in server.sent_at if kind == "POST"]
    lookups = [moment for kind, moment in server.sent_at if kind == "GET"]
    assert posts == [0.0]
    assert lookups[:5] == [40.0, 40.5, 41.0, 42.0, 44.0]


def test_a_price_that_used_up_the_time_sends_no_order() -> None:
    clock = EmulatorClock()
    server = Timed(clock, ACCEPTED)
    server.seconds["charges"] = 38.9
    assert place(server, None, clock, max_debit=5).created is True
    server.sent.clear()
    server.seconds["charges"] = 39.1
    error = place(server, None, clock, max_debit=5)
    assert type(error) is oc.NotSentError
    assert "the topup order was not placed: the deadline passed" in str(error)
    server.seconds["charges"] = 41.0
    error = place(server, None, clock, max_debit=5)
    assert type(error) is oc.NotSentError
    assert "the topup order was not placed: its price cannot be read: no response in time" in str(error)
    assert server.sent == ["estimate_topup_charges"]


def test_a_wait_that_the_server_asks_for_is_bounded() -> None:
    clock = EmulatorClock()
    server = Server(RawResponse(503, {"retry-after": "86400"}, b""))
    assert type(place(server, None, clock, deadline=None)) is oc.OutcomeUnknownError
    assert clock.monotonic() < 60


def test_the_attempts_are_those_of_the_whole_call() -> None:
    for attempts in (1, 2, 8):
        server = Server(NOT_SENT)
        error = place(server, journal_in(State.UNKNOWN), attempts=attempts, deadline=None)
        assert server.sent.count("create_topup_order") == attempts
        assert error.attempts == attempts


# What is returned.


def test_two_calls_with_one_journal_report_one_creation() -> None:
    journal = MemoryJournal()
    inner: list[Any] = []

    def respond(send: Send) -> RawResponse:
        if send.call.method == "POST" and not inner:
            inner.append(None)
            inner[0] = place(Server(LOST, DUPLICATE, order=ORDER), journal, attempts=2)
            raise LOST
        return Server(DUPLICATE, order=ORDER)(send)

    outer = place(respond, journal, attempts=2)
    assert [inner[0].created, outer.created].count(True) <= 1
    assert inner[0].order.id == outer.order.id == 77


@pytest.mark.parametrize(
    "shown", [{"server": None}, {"player_id": "******6789"}, {"player_id": "51XXXX6789"}, {"other": 1}, {}]
)
def test_a_recipient_that_is_masked_or_left_out_is_no_conflict(shown: dict[str, Any]) -> None:
    assert place(Server(DUPLICATE, order=ORDER | {"input_data": shown})).order.id == 77


@pytest.mark.parametrize(
    "changed", [{"product_id": 1}, {"id": 0}, {"id": -1}, {"id": 2**63}, {"client_reference": "OTHER"}]
)
def test_an_accepted_order_that_cannot_be_ours_is_not_believed(changed: dict[str, Any]) -> None:
    journal = MemoryJournal()
    error = place(Server(json_answer(200, ORDER | changed)), journal)
    assert type(error) is oc.OutcomeUnknownError
    assert journal.stored["KEY-1"].state == State.UNKNOWN


def test_two_accepted_orders_are_noted() -> None:
    journal = MemoryJournal()

    def respond(send: Send) -> RawResponse:
        if send.call.method == "POST":
            place(Server(ACCEPTED), journal)
            return json_answer(200, ORDER | {"id": 78})
        return json_answer(200, [])

    error = place(respond, journal)
    assert type(error) is oc.ReferenceConflictError
    assert "the server has accepted two orders for this client_reference, 77 and 78" in str(error)
    entry = journal.stored["KEY-1"]
    assert (entry.state, entry.order_id, entry.note) == (State.ACCEPTED, 77, "the server has also accepted order 78")


# A journal that fails.


class FailingJournal(MemoryJournal):
    """A journal whose update with this number fails, before or after it is stored."""

    def __init__(self, number: int, *, stored: bool) -> None:
        super().__init__()
        self.count = 0
        self.number = number
        self.is_stored = stored

    def update(self, reference: str, change: Any) -> Any:
        self.count += 1
        if self.count == self.number:
            if self.is_stored:
                super().update(reference, change)
            raise OSError("the disk is full")
        return super().update(reference, change)


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("number", [1, 2])
def test_a_journal_that_fails_before_the_request_sends_nothing(number: int, *, stored: bool) -> None:
    journal, server = FailingJournal(number, stored=stored), Server(ACCEPTED)
    with pytest.raises(OSError, match="the disk is full"):
        place(server, journal)
    assert server.sent == []
    assert place(server, journal).order.id == 77


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [(ACCEPTED, oc.Placement), (SHORT_OF_FUNDS, oc.BadRequestError), (NOT_SENT, oc.NotSentError)],
)
def test_a_journal_that_fails_later_hides_nothing(
    answer: Any, expected: type, caplog: pytest.LogCaptureFixture, *, stored: bool
) -> None:
    journal = FailingJournal(3, stored=stored)
    with caplog.at_level(logging.WARNING, "octopus_cards"):
        assert type(place(Server(answer), journal)) is expected
    assert "the journal failed (OSError); the entry of the order stays unfinished" in caplog.text
    entry = journal.stored["KEY-1"]
    if not stored:
        assert entry.state == State.SENDING
        journal.stored["KEY-1"] = replace(entry, owner="", lease_until=0.0)
        server = Server(ACCEPTED, order=ORDER)
        assert recovered(journal, server)[0].order.id == 77


def test_a_journal_that_fails_before_a_second_request_leaves_a_doubt() -> None:
    journal, server = FailingJournal(4, stored=False), Server(LOST)
    error = place(server, journal, attempts=3)
    assert type(error) is oc.OutcomeUnknownError
    assert server.sent.count("create_topup_order") == 1


def test_a_journal_that_breaks_its_protocol_is_refused() -> None:
    class Forgetful(MemoryJournal):
        def update(self, reference: str, change: Any) -> Any:
            super().update(reference, change)

    class Asynchronous:
        async def update(self, reference: str, change: Any) -> Any:
            await asyncio.sleep(0)

    server = Server(ACCEPTED)
    with pytest.raises(TypeError, match="update of a journal must return the stored Entry, got NoneType"):
        place(server, Forgetful())
    with pytest.raises(TypeError, match="journal must have a method update that is not async"):
        place(server, Asynchronous())
    assert server.sent == []


# Entries that cannot be recovered.


@pytest.mark.parametrize("private", [b"garbage", b'{"input_data":{"player_id":"6666666666"}}', b"[]", b"1"])
def test_private_arguments_that_were_decrypted_wrongly_are_not_sent(private: bytes) -> None:
    journal = journal_in(State.UNKNOWN, private=private)
    server = Server(ACCEPTED)
    assert recovered(journal, server) is None
    assert "create_topup_order" not in server.sent
    assert journal.stored["KEY-1"].state == State.REVIEW


def test_an_entry_that_breaks_the_contract_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    journal = journal_in(State.UNKNOWN, request={"product_id": 0, "amount": Decimal(1)})
    other = journal_in(State.UNKNOWN).stored["KEY-1"]
    journal.stored["KEY-2"] = replace(other, reference="KEY-2")
    with caplog.at_level(logging.WARNING, "octopus_cards"):
        (placement,) = recovered(journal, Server(LOST, order=ORDER | {"client_reference": "KEY-2"}))
    assert placement.client_reference == "KEY-2"
    assert "the order KEY-1 of the journal is not settled yet" in caplog.text


def test_an_old_request_is_not_sent_again() -> None:
    clock = EmulatorClock()
    created = clock.now().timestamp() - MAX_RESEND_AGE
    for age, sends in ((created, 1), (created - 1, 0)):
        server = Server(ACCEPTED)
        recovered(journal_in(State.UNKNOWN, created_at=age), server, clock=clock)
        assert server.sent.count("create_topup_order") == sends


def test_a_lease_that_a_wrong_clock_made_endless_is_ignored() -> None:
    journal = journal_in(State.SENDING, owner="elsewhere:1:x", lease_until=9e9)
    assert len(recovered(journal, Server(ACCEPTED))) == 1


def test_notes_and_messages_do_not_quote_the_recipient() -> None:
    arguments = ARGUMENTS | {"input_data": {"player_id": "AB12C", "name": "Ivan"}}
    refusal = error_answer(400, "VALIDATION_FAILURE", "player_id AB12C of Ivan does not exist")
    journal, clock = MemoryJournal(), EmulatorClock()
    options: dict[str, Any] = {"max_debit": None, "request_id": None}
    with pytest.raises(oc.ValidationFailedError) as failed:
        run(
            place_order(TOPUP_ORDER_PLACING, arguments, session(clock), journal=journal, **options),
            clock,
            Server(refusal),
        )
    assert failed.value.field == "player_id"
    assert str(failed.value).startswith("player_id <withheld> of <withheld> does not exist")
    note = journal.stored["KEY-1"].note
    assert "ValidationFailedError, status_code 400, code VALIDATION_FAILURE, field player_id" in note
    assert "AB12C" not in note
