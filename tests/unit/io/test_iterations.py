"""An iteration that failed or was interrupted never looks like one that reached the end of its list."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from types import FrameType
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.effects import Effect, Emit, Pause
from octopus_cards._engine.stepping import Finished, FlowStepper
from octopus_cards.emulator import Emulator
from support.interrupts import Interrupt, run_with_handler


def ways(client: Any) -> list[Iterator[Any]]:
    """Return each way to iterate over a list."""
    orders = client.topups.orders.list(per_page=20)
    return [iter(orders), orders.pages()]


@pytest.mark.parametrize("way", [0, 1])
def test_a_list_that_failed_stays_failed(emulator: Emulator, way: int) -> None:
    emulator.populate(60)
    with emulator.client() as client:
        items = ways(client)[way]
        next(items)
        emulator.fail_next(404)
        with pytest.raises(oc.NotFoundError) as first:
            list(items)
        for _ in range(3):
            with pytest.raises(oc.NotFoundError) as again:
                next(items)
        assert again.value is first.value


def test_a_wait_for_many_that_failed_stays_failed(emulator: Emulator) -> None:
    ids = [emulator.add_order(delivered_after=0.0), emulator.add_order()]
    with emulator.client() as client:
        orders = client.topups.orders.wait_many(ids, timeout=5)
        assert next(orders).id == ids[0]
        for _ in range(2):
            with pytest.raises(oc.WaitTimeoutError):
                next(orders)


def test_a_list_continues_after_an_interrupt_of_a_pause(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = emulator.populate(60)
    interrupts = iter([True])

    def sleep(seconds: float) -> None:
        if next(interrupts, False):
            raise KeyboardInterrupt
        emulator.clock.advance(seconds)

    monkeypatch.setattr(emulator.clock, "sleep", sleep)
    with emulator.client() as client:
        items = iter(client.topups.orders.list(per_page=20))
        emulator.fail_next(503)
        with pytest.raises(KeyboardInterrupt):
            next(items)
        assert [order.id for order in items] == ids[::-1]


def test_an_iteration_can_be_closed_early(emulator: Emulator) -> None:
    emulator.populate(60)
    with emulator.client() as client:
        for items in ways(client):
            next(items)
            items.close()  # type: ignore[attr-defined]
            assert list(items) == []


def test_a_hook_cannot_take_from_the_iteration_that_calls_it(emulator: Emulator) -> None:
    emulator.populate(60)
    emulator.fail_next(503)
    refused: list[str] = []

    def take(_: oc.Retry) -> None:
        with pytest.raises(ValueError, match="already executing") as failed:
            next(items)
        refused.append(str(failed.value))

    with emulator.client(on_retry=take) as client:
        items = iter(client.topups.orders.list(per_page=20))
        assert len(list(items)) == 60
    assert len(refused) == 1


def _take(items: Iterator[oc.TopupOrder], got: list[int]) -> None:
    got.append(next(items).id)


def test_an_interrupt_at_any_line_loses_no_row_in_silence() -> None:
    """The caller that catches it gets every other row, or an error."""
    emulator = Emulator(limits=None)
    ids, line, outcomes = emulator.populate(45)[::-1], 0, set[str]()
    modules = ("_engine/stepping.py", "_engine/listing.py", "_engine/walk.py", "_engine/exchange.py", "_io/drivers.py")
    with emulator.client() as client:
        while True:
            items = iter(client.topups.orders.list(per_page=20))
            got = [next(items).id for _ in range(20)]
            if not run_with_handler(line, modules, partial(_take, items, got)):
                break
            try:
                got += [order.id for order in items]
            except (RuntimeError, ValueError) as error:
                assert "was interrupted" in str(error) or "already executing" in str(error)
                outcomes.add("error")
            else:
                assert len(ids) - len(got) <= 1, line  # the item that was being handed over
                outcomes.add("complete")
            line += 1
    assert line > 50
    assert outcomes == {"error", "complete"}


def _try_to_take(items: Iterator[oc.TopupOrder], got: list[int], _: FrameType) -> None:
    with suppress(ValueError, RuntimeError):
        _take(items, got)


@pytest.mark.parametrize("prefetch", [False, True])
def test_a_signal_handler_that_steps_an_iteration_loses_no_row(emulator: Emulator, *, prefetch: bool) -> None:
    """At whatever line it comes: it gets a row, or an error that says why not."""
    ids, line, is_reached = emulator.populate(45)[::-1], 0, True
    modules = ("_engine/stepping.py", "_io/drivers.py", "_io/read_ahead.py")
    with emulator.client() as client:
        while is_reached:
            listed = client.topups.orders.list(per_page=20)
            with ExitStack() as stack:
                items = iter(stack.enter_context(listed.read_ahead()) if prefetch else listed)
                got = [next(items).id for _ in range(20)]
                handler = partial(_try_to_take, items, got)
                is_reached = run_with_handler(line, modules, partial(_take, items, got), handler)
                got += [order.id for order in items]
            assert sorted(got, reverse=True) == ids, line
            line += 1
    assert line > 20


def test_two_threads_that_turn_a_page_at_the_same_time_lose_no_row(emulator: Emulator) -> None:
    ids, got = emulator.populate(600), list[int]()

    def take(items: Iterator[oc.TopupOrder]) -> None:
        while True:
            try:
                order = next(items, None)
            except ValueError:
                continue  # the other thread turns the page
            if order is None:
                return
            got.append(order.id)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with emulator.client() as client:
            items = iter(client.topups.orders.list(per_page=20))
            threads = [threading.Thread(target=take, args=[items]) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(before)
    assert sorted(got) == ids


def test_a_flow_that_an_interrupt_ends_does_not_finish() -> None:
    def flow() -> Iterator[Effect | Emit[int]]:
        yield Pause(1.0)
        raise Interrupt

    stepper = FlowStepper(flow())  # type: ignore[arg-type]
    stepper.next()
    stepper.succeeded(None)
    with pytest.raises(Interrupt):
        stepper.next()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="was interrupted"):
            assert isinstance(stepper.next(), Finished)
