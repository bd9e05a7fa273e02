"""A prefetch that cannot start, is interrupted, fails, or is left: its thread ends, and its error keeps its size."""

from __future__ import annotations

import gc
import threading
import traceback
from collections.abc import Iterator
from functools import partial

import anyio
import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.interrupts import run_with_handler

NAME = "octopus-cards-read-ahead"


@pytest.fixture
def emulator() -> Emulator:
    emulator = Emulator()
    emulator.populate(70)
    return emulator


def threads_left() -> list[threading.Thread]:
    """Return the threads that do not end by themselves."""
    gc.collect()
    threads = [thread for thread in threading.enumerate() if thread.name == NAME]
    for thread in threads:
        thread.join(5)
    return [thread for thread in threads if thread.is_alive()]


def test_without_a_thread_it_is_a_clear_error(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with emulator.client() as client:
        ahead = client.topups.orders.list(per_page=20).read_ahead()
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", fails)
            with pytest.raises(
                oc.OctopusCardsError, match="no thread can be started for the prefetch: can't start new"
            ):
                ahead.__enter__()
        with ahead:  # nothing happened, so it can be entered now
            assert len(list(ahead)) == 70


MODULES = ("_io/read_ahead.py", "_io/drivers.py", "_engine/stepping.py")


# The interpreter reports an interrupt that comes while an object is dropped, and goes ahead.
IN_FINALIZERS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@IN_FINALIZERS
def test_an_interrupt_at_any_line_of_the_entry_leaves_no_thread(emulator: Emulator) -> None:
    """Even if the caller keeps the object."""
    line, is_reached = 0, True
    with emulator.client() as client:
        while is_reached:
            ahead = client.topups.orders.list(per_page=20).read_ahead()
            is_reached = run_with_handler(line, MODULES, ahead.__enter__)
            if is_reached:
                assert threads_left() == [], line
            ahead.__exit__(None, None, None)
            line += 1
    assert line > 15


@IN_FINALIZERS
def test_an_interrupt_at_any_line_of_the_block_leaves_no_thread(emulator: Emulator) -> None:
    """Also in the middle of its end, once the object is dropped."""

    def block(client: oc.OctopusCards) -> None:
        with client.topups.orders.list(per_page=20).read_ahead():
            pass

    line, is_reached = 0, True
    with emulator.client() as client:
        while is_reached:
            is_reached = run_with_handler(line, MODULES, partial(block, client))
            assert threads_left() == [], line
            line += 1
    assert line > 25


def test_a_prefetch_that_nobody_leaves_ends_when_it_is_dropped(emulator: Emulator) -> None:
    def left_behind(client: oc.OctopusCards) -> None:
        ahead = client.topups.orders.list(per_page=20).read_ahead().__enter__()
        next(iter(ahead))

    with emulator.client() as client:
        left_behind(client)
        assert threads_left() == []


def test_an_interrupted_step_misses_nothing(emulator: Emulator) -> None:
    """Or says that it did: an interrupt can come when a page was handed over already."""
    line, is_reached, refused = 0, True, 0
    with emulator.client() as client:
        ids = [order.id for order in client.topups.orders.list()]
        while is_reached:
            with client.topups.orders.list(per_page=20).read_ahead() as ahead:
                items = iter(ahead)
                got = [next(items).id for _ in range(20)]

                def step(items: Iterator[oc.TopupOrder] = items, got: list[int] = got) -> None:
                    got.append(next(items).id)

                is_reached = run_with_handler(line, MODULES, step)
                try:
                    got += [order.id for order in items]
                except (RuntimeError, ValueError):
                    refused += 1
                else:
                    assert len(ids) - len(got) <= 1, line  # the row that was being handed over
            line += 1
    assert line > 15
    assert refused < line / 2


def where(error: BaseException) -> list[str]:
    """Return the functions that a traceback shows."""
    return [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def test_an_error_that_is_raised_again_shows_where_it_came_from(emulator: Emulator) -> None:
    emulator.fail_next(404, times=9)
    seen = []
    with emulator.client(attempts=1).topups.orders.list().read_ahead() as ahead:
        for _ in range(50):
            with pytest.raises(oc.NotFoundError) as failed:
                next(iter(ahead))
            seen.append(where(failed.value))
    assert seen[0] == seen[-1]
    assert any("interpret" in name for name in seen[-1])


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_error_that_is_raised_again_to_tasks_shows_where_it_came_from(emulator: Emulator, backend: str) -> None:
    async def main() -> None:
        emulator.fail_next(404, times=9)
        seen = []
        async with emulator.async_client(attempts=1) as client, client.topups.orders.list().read_ahead() as ahead:
            for _ in range(50):
                with pytest.raises(oc.NotFoundError) as failed:
                    await anext(aiter(ahead))
                seen.append(where(failed.value))
        assert seen[0] == seen[-1]
        assert any("interpret" in name for name in seen[-1])

    anyio.run(main, backend=backend)
