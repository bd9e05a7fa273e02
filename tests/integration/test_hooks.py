"""What hooks raise, what is raised again, and what cannot be copied."""

from __future__ import annotations

import copy
import pickle
import traceback
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode


def exhausted(*_: object) -> Any:
    """Raise StopIteration, as `next()` on an empty iterator does."""
    return next(iter(()))


def test_a_call_raises_the_stop_iteration_of_its_hook(emulator: Emulator) -> None:
    order_id = emulator.add_order()
    with pytest.raises(StopIteration):
        emulator.client().topups.orders.wait(order_id, on_poll=exhausted)
    emulator.fail_next(503)
    with pytest.raises(StopIteration):
        emulator.client(on_retry=exhausted).topups.orders.get(order_id)


def test_an_iteration_does_not_take_it_for_its_end(mode: ClientMode, emulator: Emulator) -> None:
    emulator.populate(30)
    emulator.fail_next(503)
    with pytest.raises(RuntimeError, match="StopIteration"):
        mode.call(mode.of(emulator, on_retry=exhausted), "list", per_page=20)


@pytest.mark.anyio
async def test_an_async_list_that_failed_stays_failed(emulator: Emulator) -> None:
    emulator.populate(30)
    client = emulator.async_client(attempts=1)
    items = client.topups.orders.list(per_page=20).__aiter__()
    await anext(items)
    emulator.fail_next(404)
    with pytest.raises(oc.NotFoundError):
        async for _ in items:
            pass
    for _ in range(3):
        with pytest.raises(oc.NotFoundError) as failed:
            await anext(items)
    assert len(traceback.extract_tb(failed.value.__traceback__)) < 10


def test_an_error_that_is_raised_again_keeps_its_size(emulator: Emulator) -> None:
    emulator.populate(9)
    emulator.fail_next(404, times=9)
    sizes = []
    with emulator.client(attempts=1).topups.orders.list().read_ahead() as ahead:
        for _ in range(50):
            with pytest.raises(oc.NotFoundError) as failed:
                next(iter(ahead))
            sizes.append(len(traceback.extract_tb(failed.value.__traceback__)))
    assert sizes[0] == sizes[-1]


@pytest.mark.parametrize("copying", [pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("kind", [oc.OctopusCards, oc.AsyncOctopusCards])
def test_a_client_says_what_to_do_instead_of_copying_it(kind: Any, copying: Any) -> None:
    with pytest.raises(TypeError, match="create one in each process, or fork"):
        copying(kind("t"))
