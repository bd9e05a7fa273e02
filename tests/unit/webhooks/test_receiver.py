"""Receiver: what it answers, and what becomes of an event whose handler fails."""

from __future__ import annotations

import asyncio
import sqlite3
import traceback
from typing import Any

import pytest

from octopus_cards.webhooks import Event, MemorySeenEvents, Receiver
from octopus_cards.webhooks._receiver import refuse_async
from support.deliveries import AT, BODY, SECRET, webhook

HEADERS = webhook().sign(BODY, event_id="evt_def456", at=AT)


class Broken(MemorySeenEvents):
    def first_time(self, event_id: str, event: Event | None = None) -> bool:
        raise sqlite3.OperationalError("database is locked")


def test_the_first_delivery_has_the_event_and_the_others_are_duplicates() -> None:
    handled: list[Event] = []
    receiver = Receiver(webhook(), handled.append)
    first, second = (receiver.receive(BODY, HEADERS) for _ in range(2))
    assert (first.status_code, first.text) == (200, "ok")
    assert (second.status_code, second.text, second.event) == (200, "duplicate", None)
    assert handled == []
    assert first.event is not None
    receiver.process(first.event)
    assert handled == [first.event]
    assert receiver.receive(BODY, HEADERS).event is None


def test_a_forged_delivery_is_answered_with_its_reason_and_leaves_no_trace() -> None:
    seen = MemorySeenEvents()
    answer = Receiver(webhook(), print, seen=seen).receive(BODY + b" ", HEADERS)
    assert (answer.status_code, answer.text, answer.event) == (400, "bad signature", None)
    assert len(seen) == 0


def test_a_long_body_is_not_read() -> None:
    receiver = Receiver(webhook(), print, max_body_size=len(BODY))
    assert receiver.receive(BODY, HEADERS).status_code == 200
    assert receiver.receive(BODY + b" ", HEADERS).status_code == 413


def test_a_parsed_body_is_refused_before_anything_else() -> None:
    bad: Any = {"id": "evt_1"}
    with pytest.raises(TypeError, match="must be the bytes as received"):
        Receiver(webhook(), print, max_body_size=0).receive(bad, HEADERS)


def failing(attempts: list[Event]) -> Receiver:
    """Return a receiver whose handler fails the first time."""

    def handler(event: Event) -> None:
        attempts.append(event)
        if len(attempts) == 1:
            raise LookupError("the shop is closed")

    return Receiver(webhook(), handler)


def test_an_event_whose_handler_failed_is_processed_by_recover() -> None:
    attempts: list[Event] = []
    receiver = failing(attempts)
    event = receiver.receive(BODY, HEADERS).event
    assert event is not None
    with pytest.raises(LookupError):
        receiver.process(event)
    assert receiver.recover() == 1
    assert attempts == [event, event]
    assert receiver.recover() == 0
    assert receiver.receive(BODY, HEADERS).text == "duplicate"


def test_an_event_whose_handler_failed_is_processed_when_it_is_delivered_again() -> None:
    attempts: list[Event] = []
    receiver = failing(attempts)
    event = receiver.receive(BODY, HEADERS).event
    assert event is not None
    with pytest.raises(LookupError):
        receiver.process(event)
    assert receiver.receive(BODY, HEADERS).event == event


def test_an_async_handler_is_awaited() -> None:
    attempts: list[Event] = []

    async def handler(event: Event) -> None:
        await asyncio.sleep(0)
        attempts.append(event)
        if len(attempts) == 1:
            raise LookupError("the shop is closed")

    receiver = Receiver(webhook(), handler)
    assert receiver.is_async
    with pytest.raises(TypeError, match="plain callable"):
        refuse_async(receiver)
    event = receiver.receive(BODY, HEADERS).event
    assert event is not None
    with pytest.raises(LookupError):
        asyncio.run(receiver.process_async(event))
    assert asyncio.run(receiver.recover_async()) == 1
    assert attempts == [event, event]
    assert asyncio.run(receiver.recover_async()) == 0


def test_an_object_with_an_async_call_is_async() -> None:
    class Handler:
        async def __call__(self, event: Event) -> None: ...

    assert Receiver(webhook(), Handler()).is_async
    assert not Receiver(webhook(), print).is_async


def test_a_broken_store_is_no_answer_and_shows_no_secret() -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        Receiver(webhook(), print, seen=Broken()).receive(BODY, HEADERS)
    found = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    shown = [str(frame.locals) for frame in found if "/octopus_cards/" in frame.filename]
    assert shown
    assert not [each for each in shown if SECRET in each or HEADERS["X-Signature"] in each]
