"""What `recover` does with each entry of a journal."""

from __future__ import annotations

import logging
import os
import socket
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._base.processes import is_dead, new_owner
from octopus_cards._engine.journal_entries import Entry, State
from octopus_cards._engine.recovering import recover
from octopus_cards.emulator import EmulatorClock
from octopus_cards.resources.placing_targets import PLACING_TARGETS
from support.purchases import ACCEPTED, DUPLICATE, LOST, NOT_EXECUTED, ORDER, SHORT_OF_FUNDS, Server, journal_in
from support.scripted_flows import MemoryJournal, run, session

UNFINISHED = (State.SENDING, State.UNKNOWN, State.CLAIMED)
OTHER_STATES = (State.INTENT, State.ACCEPTED, State.REJECTED, State.REVIEW)


def recovered(journal: MemoryJournal, server: Server, *, resend: bool = True, **options: Any) -> Any:
    clock = EmulatorClock()
    flow = recover(journal, PLACING_TARGETS, session(clock, **options), resend=resend)
    return run(flow, clock, server)


@pytest.mark.parametrize("state", UNFINISHED)
def test_an_order_of_the_list_is_taken(state: State) -> None:
    journal, server = journal_in(state), Server(LOST, order=ORDER)
    (placement,) = recovered(journal, server)
    assert (placement.order.id, placement.created, placement.client_reference) == (77, False, "KEY-1")
    assert server.sent == ["list_topup_orders", "get_topup_order"]
    assert (journal.stored["KEY-1"].state, journal.stored["KEY-1"].order_id) == (State.ACCEPTED, 77)


@pytest.mark.parametrize("state", UNFINISHED)
@pytest.mark.parametrize(("answer", "created"), [(ACCEPTED, True), (DUPLICATE, False)])
def test_a_request_is_sent_again_where_the_list_shows_nothing(state: State, answer: Any, created: bool) -> None:
    journal, server = journal_in(state), Server(answer, order=ORDER, hidden=1)
    (placement,) = recovered(journal, server)
    assert (placement.order.id, placement.created) == (77, created)
    assert server.sent[:2] == ["list_topup_orders", "create_topup_order"]
    data = b'{"player_id":"5123456789","server":"asia"}'
    assert server.bodies == {b'{"product_id":4218,"amount":4.99,"input_data":%s,"client_reference":"KEY-1"}' % data}
    assert recovered(journal, server) is None


@pytest.mark.parametrize("state", OTHER_STATES)
def test_an_entry_that_is_finished_or_was_never_sent_is_left_alone(state: State) -> None:
    journal, server = journal_in(state), Server(ACCEPTED, order=ORDER)
    assert recovered(journal, server) is None
    assert (server.sent, journal.history) == ([], [])


@pytest.mark.parametrize("lacks_private", [True, False])
def test_an_order_that_cannot_be_sent_again_is_for_a_person(*, lacks_private: bool) -> None:
    journal = journal_in(State.UNKNOWN, **({"private": None} if lacks_private else {}))
    server = Server(ACCEPTED)
    assert recovered(journal, server, resend=lacks_private) is None
    assert server.sent == ["list_topup_orders"] * 9  # once, and then as often as after a duplicate
    entry = journal.stored["KEY-1"]
    assert (entry.state, entry.owner) == (State.REVIEW, "")
    assert "cannot be sent again" in entry.note


@pytest.mark.parametrize(
    ("answer", "state"),
    [(SHORT_OF_FUNDS, State.UNKNOWN), (LOST, State.UNKNOWN), (NOT_EXECUTED["429"][0], State.UNKNOWN)],
)
def test_what_stays_unknown_is_logged_and_left_for_the_next_time(
    answer: Any, state: State, caplog: pytest.LogCaptureFixture
) -> None:
    journal = journal_in(State.SENDING)
    with caplog.at_level(logging.WARNING, "octopus_cards"):
        assert recovered(journal, Server(answer)) is None
    assert (journal.stored["KEY-1"].state, journal.stored["KEY-1"].owner) == (state, "")
    assert (
        "the order KEY-1 of the journal is not settled yet: whether the topup order was placed is unknown"
        in caplog.text
    )
    (placement,) = recovered(journal, Server(ACCEPTED))
    assert placement.order.id == 77


def test_an_order_of_something_else_is_for_a_person() -> None:
    journal = journal_in(State.SENDING)
    assert recovered(journal, Server(LOST, order=ORDER | {"product_id": 1})) is None
    assert journal.stored["KEY-1"].state == State.REVIEW


def test_a_rejected_token_ends_the_recovery() -> None:
    journal = journal_in(State.UNKNOWN)
    with pytest.raises(oc.OutcomeUnknownError) as failed:
        recovered(journal, Server(NOT_EXECUTED["401"][0]), attempts=5)
    assert isinstance(failed.value.__cause__, oc.AuthenticationError)
    assert (journal.stored["KEY-1"].state, journal.stored["KEY-1"].owner) == (State.UNKNOWN, "")


def test_one_bad_entry_does_not_stop_the_others() -> None:
    journal = journal_in(State.UNKNOWN, private=None)
    entry = journal_in(State.UNKNOWN).stored["KEY-1"]
    fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
    for number, operation in (("KEY-2", "create_topup_order"), ("KEY-3", "of_a_later_version")):
        journal.stored[number] = Entry(**fields | {"reference": number, "operation": operation})
    server = Server(LOST, order=ORDER | {"client_reference": "KEY-2"}, hidden=1)
    (placement,) = recovered(journal, server)
    assert placement.client_reference == "KEY-2"
    assert journal.stored["KEY-3"].state == State.UNKNOWN


@pytest.mark.parametrize("state", UNFINISHED)
def test_an_entry_of_a_living_process_is_left_alone_until_its_lease_is_over(state: State) -> None:
    now = EmulatorClock().now().timestamp()
    living = {"owner": new_owner(), "lease_until": now + 1}
    journal, server = journal_in(state, **living), Server(ACCEPTED, order=ORDER)
    assert recovered(journal, server) is None
    assert server.sent == []
    journal = journal_in(state, **living | {"lease_until": now})
    assert len(recovered(journal, server)) == 1


def test_an_entry_of_a_dead_process_is_taken_at_once() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    owner = f"{socket.gethostname()}:{child}:abc"
    journal = journal_in(State.SENDING, owner=owner, lease_until=EmulatorClock().now().timestamp() + 1e6)
    assert len(recovered(journal, Server(ACCEPTED))) == 1


@pytest.mark.parametrize("owner", ["", "host", "a:b", "elsewhere:1:1", "a:b:c:d"])
def test_only_a_process_of_this_host_is_known_to_be_dead(owner: str) -> None:
    assert is_dead(owner) is False


def test_the_owner_is_this_process_and_differs_for_each_call() -> None:
    assert new_owner() != new_owner()
    assert is_dead(new_owner()) is False
    assert is_dead(f"{socket.gethostname()}:999999999999999999999:x") is False
