"""How a caller ends a wait."""

from __future__ import annotations

import threading

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode
from support.emulator_requests import polled_at


def test_a_wait_can_be_cancelled_while_it_has_no_token(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    client = mode.of(emulator, api_key=emulator.api_key, api_secret=emulator.api_secret, attempts=99)

    def stop_answering(order: oc.TopupOrder) -> None:
        emulator.revoke_tokens()
        emulator.fail_next(429, retry_after=100, path="/auth/login", times=99)

    with pytest.raises(oc.WaitCancelledError):
        mode.call(client, "wait", order_id, on_poll=stop_answering, cancel=lambda: emulator.clock.monotonic() >= 6.0)
    assert emulator.clock.monotonic() == pytest.approx(6.0, abs=0.25)
    with pytest.raises(oc.RequestError):
        mode.call(client, "wait", order_id, timeout=15, on_poll=stop_answering)
    assert emulator.clock.monotonic() < 25


def test_a_cancel_callable_that_is_true_once_is_enough(emulator: Emulator) -> None:
    asked: list[int] = []

    def once() -> bool:
        asked.append(1)
        return len(asked) == 9

    with emulator.client() as client, pytest.raises(oc.WaitCancelledError):
        client.topups.orders.wait(emulator.add_order(), cancel=once)
    assert len(asked) == 9


def test_an_answer_to_await_does_not_cancel(emulator: Emulator) -> None:
    async def never() -> bool:
        return False

    message = "^cancel must return a bool, got an awaitable, which is always true$"
    with emulator.client() as client, pytest.raises(TypeError, match=message):
        client.topups.orders.wait(emulator.add_order(), cancel=lambda: never())  # type: ignore[arg-type]  # noqa: PLW0108


def test_a_wait_can_be_cancelled_while_a_request_waits_for_its_next_try(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    emulator.fail_next(429, retry_after=100, times=9)
    with pytest.raises(oc.WaitCancelledError, match="not read yet"):
        mode.call(mode.of(emulator, deadline=None), "wait", order_id, cancel=lambda: emulator.clock.monotonic() >= 7.0)
    assert emulator.clock.monotonic() == pytest.approx(7.0, abs=0.25)


def test_an_async_callable_cannot_cancel(mode: ClientMode, emulator: Emulator) -> None:
    async def never() -> bool:
        return False

    message = "^cancel must be a plain callable, got an async one, whose result is always true$"
    with pytest.raises(TypeError, match=message):
        mode.call(mode.of(emulator), "wait", emulator.add_order(), cancel=never)


def test_a_wait_that_is_cancelled_before_it_begins_sends_nothing(mode: ClientMode, emulator: Emulator) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(oc.WaitCancelledError, match="not read yet") as failed:
        mode.call(mode.of(emulator), "wait", emulator.add_order(), cancel=cancel)
    assert failed.value.order is None
    assert emulator.requests == []


def test_a_cancelled_wait_ends_between_two_reads(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    with pytest.raises(oc.WaitCancelledError, match="last read PENDING") as failed:
        mode.call(mode.of(emulator), "wait", order_id, cancel=lambda: emulator.clock.monotonic() >= 7.0)
    assert emulator.clock.monotonic() == pytest.approx(7.0, abs=0.25)
    assert failed.value.order is not None
    assert failed.value.order.id == order_id
    assert polled_at(emulator, order_id) == [0, 5]


def test_a_cancelled_wait_keeps_its_last_read(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(delivered_after=4.0)

    def cancel() -> bool:
        return len(polled_at(emulator, order_id)) == 2

    assert mode.call(mode.of(emulator), "wait", order_id, cancel=cancel).status == "DELIVERED"


def test_a_cancellable_wait_polls_at_the_same_times(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(delivered_after=64.0)
    mode.call(mode.of(emulator), "wait", order_id, cancel=threading.Event())
    assert polled_at(emulator, order_id) == pytest.approx([*range(0, 61, 5), 90])


def test_a_wait_for_many_can_be_cancelled(mode: ClientMode, emulator: Emulator) -> None:
    ids = [emulator.add_order() for _ in range(2)]
    message = f"^the wait for topup order {ids[0]} and 1 more was cancelled"
    for reads in (3, 4):
        emulator.requests.clear()
        with pytest.raises(oc.WaitCancelledError, match=message) as failed:
            mode.call(mode.of(emulator), "wait_many", ids, cancel=lambda most=reads: len(emulator.requests) >= most)
        assert [order.id for order in failed.value.orders] == ids
    with pytest.raises(oc.WaitCancelledError, match="not read yet") as failed:
        mode.call(mode.of(emulator), "wait_many", ids, cancel=lambda: True)
    assert (failed.value.order, failed.value.orders) == (None, ())
