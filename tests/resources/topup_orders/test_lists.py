"""Lists as a user reads them."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Generator
from contextlib import aclosing

import anyio
import pytest

import octopus_cards as oc
from octopus_cards._io.drivers import each
from octopus_cards._io.drivers_async import AsyncEach
from octopus_cards.emulator import Assumptions, Emulator
from support.client_modes import World


def test_what_a_list_raises_says_how_far_it_came_and_how_to_go_on(world: World, emulator: Emulator) -> None:
    ids = emulator.populate(30)
    client = world.of(emulator, attempts=1)
    emulator.fail_next(lost=True)
    with pytest.raises(oc.OutcomeUnknownError, match="0 orders of the list came before") as failed:
        world.call(client, "list", per_page=10)
    position = failed.value.position
    assert position is not None
    assert (position.orders, position.last_id) == (0, None)
    assert repr(position) == "<ListPosition: after 0 orders, the last None>"
    assert [order.id for order in world.call(client, "list", resume=position)] == ids[::-1]


def test_a_list_goes_on_with_what_it_was_asked_for(emulator: Emulator) -> None:
    emulator.populate(30)
    with emulator.client(attempts=1) as client:
        orders = client.topups.orders
        every = [order.id for order in orders.list(per_page=10, since="2026-05-19")]
        items = iter(orders.list(per_page=10, since="2026-05-19"))
        got = [next(items).id for _ in range(10)]
        emulator.fail_next(503)
        with pytest.raises(oc.ServerError, match="10 orders of the list came before") as failed:
            next(items)
        position = failed.value.position
        assert position is not None
        assert (position.orders, position.last_id) == (10, got[-1])
        emulator.requests.clear()
        got += [order.id for order in orders.list(resume=position)]
        assert got == every
        assert emulator.requests[0].query == {"page": "2", "per_page": "10"}
        assert [order.id for order in orders.list(resume=position, per_page=10, since="2026-05-19")] == every[10:]
        assert len(list(orders.list(resume=position, since="2026-05-19"))) == len(every) - 10
        with pytest.raises(ValueError, match=r"status must be left out with resume, .* None, got 'PENDING'"):
            orders.list(resume=position, status="PENDING")
        with pytest.raises(ValueError, match=r"per_page must be left out with resume, .* 10 \(int\), got 20"):
            orders.list(resume=position, per_page=20)
        with pytest.raises(TypeError, match="resume must be the position of an exception"):
            orders.list(resume=7)  # type: ignore[arg-type]


def test_what_is_no_list_has_no_position(emulator: Emulator) -> None:
    emulator.fail_next(404)
    with emulator.client() as client, pytest.raises(oc.NotFoundError) as failed:
        client.topups.orders.page()
    assert failed.value.position is None


@pytest.mark.parametrize(
    ("status", "on_top"),
    [
        (None, True),
        ("PENDING", True),
        ("DELIVERED", False),
        ("FAILED", False),
        ("CANCELLED", False),
        ("RECHARGED", False),
    ],
)
def test_only_a_status_that_every_order_begins_with_lets_a_list_grow_on_top_alone(
    emulator: Emulator, status: str | None, *, on_top: bool
) -> None:
    emulator.fail_next(403)
    with emulator.client() as client, pytest.raises(oc.PermissionDeniedError) as failed:
        list(client.topups.orders.list(status=status))
    assert failed.value.position is not None
    assert failed.value.position.query.grows_on_top == on_top


def test_a_walk_over_the_wire(world: World, emulator: Emulator) -> None:
    ids = emulator.populate(23)
    client = world.of(emulator)
    assert [order.id for order in world.call(client, "list", per_page=10)] == ids[::-1]
    assert [len(page) for page in world.call(client, "pages", per_page=10)] == [10, 10, 3]
    assert [r.query for r in emulator.requests[:3]] == [{"page": str(n), "per_page": "10"} for n in (1, 2, 3)]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_breaking_out_of_a_list_leaves_nothing_behind(emulator: Emulator, backend: str) -> None:
    emulator.populate(30)

    async def main() -> None:
        client = emulator.async_client()
        async for _ in client.topups.orders.list(per_page=5):
            break
        async with aclosing(client.topups.orders.list(per_page=5).pages()) as pages:
            async for _ in pages:
                break
        with pytest.raises(StopAsyncIteration):
            await anext(pages)
        gc.collect()
        await client.aclose()

    anyio.run(main, backend=backend)
    assert len(emulator.requests) == 2


def test_a_flow_is_closed_when_its_reader_goes_away(emulator: Emulator) -> None:
    emulator.populate(30)
    client = emulator.client()
    orders = client.topups.orders
    flow = orders._flows.pages(5, None, None, None, None, None, None)()
    pages = orders._driver.iterate(flow)
    next(pages)
    assert inspect.getgeneratorstate(flow) == inspect.GEN_SUSPENDED
    pages.close()
    assert inspect.getgeneratorstate(flow) == inspect.GEN_CLOSED


def test_a_list_that_is_left_closes_its_pages(emulator: Emulator) -> None:
    emulator.populate(30)
    flow = emulator.client().topups.orders._flows.pages(5, None, None, None, None, None, None)()
    pages = emulator.client()._driver.iterate(flow)
    orders: Generator[oc.TopupOrder] = each(pages)
    next(orders)
    orders.close()
    assert inspect.getgeneratorstate(pages) == inspect.getgeneratorstate(flow) == inspect.GEN_CLOSED


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_list_that_is_left_closes_its_pages_for_tasks(emulator: Emulator, backend: str) -> None:
    emulator.populate(30)

    async def main() -> None:
        listed = emulator.async_client().topups.orders.list(per_page=5)
        pages = listed.pages()
        async with aclosing(AsyncEach[oc.TopupOrder](pages)) as orders:
            await anext(orders)
        with pytest.raises(StopAsyncIteration):
            await anext(pages)

    anyio.run(main, backend=backend)
    assert len(emulator.requests) == 1


def test_filters_stay_on_every_page(world: World, emulator: Emulator) -> None:
    emulator.populate(60)
    found = world.call(
        world.of(emulator), "list", per_page=2, status="DELIVERED", product_id=4218, country="GLO", since="2026-01-01"
    )
    assert len(found) > 4
    assert len(emulator.requests) > 2
    for request in emulator.requests:
        assert {k: v for k, v in request.query.items() if k != "page"} == {
            "per_page": "2",
            "status": "DELIVERED",
            "product_id": "4218",
            "country": "GLO",
        }


def test_making_a_list_sends_nothing_and_iterating_sends_page_by_page(emulator: Emulator) -> None:
    emulator.populate(30)
    with emulator.client() as client:
        listed = client.topups.orders.list(per_page=10)
        assert emulator.requests == []
        walking = iter(listed)
        next(walking)
        assert len(emulator.requests) == 1
        assert len(list(walking)) == 29
        assert len(list(listed)) == 30  # a walk of its own


def test_a_broken_list_is_told_with_its_answer(world: World, emulator: Emulator) -> None:
    emulator.populate(30)
    emulator.fail_next(200, body=b"[]", headers={"x-page": "4"})
    with pytest.raises(oc.InvalidResponseError, match="page 1 was asked for and page 4 came") as failed:
        world.call(world.of(emulator), "list")
    assert failed.value.body == b"[]"


def test_a_status_that_orders_reach_later_loses_none(emulator: Emulator) -> None:
    """The emulator delivers orders while the list of the delivered is read, far below its top."""
    emulator = Emulator(assumptions=Assumptions(back_channel_every=1.0))
    steady = [emulator.add_order(transitions=[(0.0 if n % 2 else 2.0 + n % 23, "DELIVERED")]) for n in range(240)][1::2]
    emulator.clock.advance(1)
    given = []
    with emulator.client() as client:
        for page in client.topups.orders.list(status="DELIVERED", per_page=5).pages():
            emulator.clock.advance(1)
            given += [order.id for order in page]
    assert set(steady) <= set(given)
    assert given == sorted(set(given), reverse=True)


@pytest.mark.parametrize("method", ["page", "list"])
def test_a_page_of_another_size_than_announced_is_refused(world: World, emulator: Emulator, method: str) -> None:
    emulator.fail_next(200, body=b"[]", headers={"x-page-size": "4"})
    with pytest.raises(oc.InvalidResponseError, match="4 orders were announced and 0 came"):
        world.call(world.of(emulator), method)
