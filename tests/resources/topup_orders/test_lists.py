"""Lists as a user reads them."""

from __future__ import annotations

import gc
import inspect
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest
from msgspec.structs import replace as replace_field

import octopus_cards as oc
from octopus_cards._io.drivers import Each
from octopus_cards._io.drivers_async import AsyncEach
from octopus_cards.emulator import Assumptions, Emulator
from octopus_cards_api.operation import Operation, Paging
from octopus_cards_api.operations import GET_TOPUP_ORDER, LIST_TOPUP_ORDERS
from support.client_modes import ClientMode


def test_the_error_of_a_list_has_a_position_to_resume(mode: ClientMode, emulator: Emulator) -> None:
    ids = emulator.populate(30)
    client = mode.of(emulator, attempts=1)
    emulator.fail_next(lost=True)
    with pytest.raises(oc.OutcomeUnknownError, match="0 items of the list") as failed:
        mode.call(client, "list", per_page=10)
    position = failed.value.position
    assert position is not None
    assert (position.count, position.last_id) == (0, None)
    assert repr(position) == "<ListPosition: after 0 items, the last None>"
    assert [order.id for order in mode.call(client, "list", resume=position)] == ids[::-1]


def test_a_resumed_list_keeps_its_arguments(emulator: Emulator) -> None:
    emulator.populate(30)
    with emulator.client(attempts=1) as client:
        orders = client.topups.orders
        every = [order.id for order in orders.list(per_page=10, since="2026-05-19")]
        items = iter(orders.list(per_page=10, since="2026-05-19"))
        got = [next(items).id for _ in range(20)]
        emulator.fail_next(503)
        with pytest.raises(oc.ServerError, match="after 20 items of the list") as failed:
            next(items)
        position = failed.value.position
        assert position is not None
        assert (position.count, position.last_id) == (20, got[-1])
        emulator.requests.clear()
        got += [order.id for order in orders.list(resume=position)]
        assert got == every
        assert emulator.requests[0].query == {"page": "2", "per_page": "19"}, "a page that overlaps the ones before"
        assert [order.id for order in orders.list(resume=position, per_page=10, since="2026-05-19")] == every[20:]
        assert len(list(orders.list(resume=position, since="2026-05-19"))) == len(every) - 20
        with pytest.raises(ValueError, match=r"status must be left out with resume, .* None; got 'PENDING'"):
            orders.list(resume=position, status="PENDING")
        with pytest.raises(ValueError, match=r"per_page must be left out with resume, .* 10 \(int\); got 20"):
            orders.list(resume=position, per_page=20)
        with pytest.raises(ValueError, match=r"since must be left out with resume, .*; got an object of type datetime"):
            orders.list(resume=position, since="2026-05-18")
        with pytest.raises(
            TypeError, match=r"resume must be the position of a page or of an exception, got 7 \(int\)$"
        ):
            orders.list(resume=7)  # type: ignore[arg-type]


def test_a_resumed_list_can_be_resumed_again(mode: ClientMode, emulator: Emulator) -> None:
    ids = emulator.populate(70)[::-1]
    client = mode.of(emulator)
    position = mode.call(client, "pages", per_page=20)[0].position
    position = mode.call(client, "pages", resume=position)[0].position
    assert (position.operation, position.count) == ("list_topup_orders", 38)
    assert [order.id for order in mode.call(client, "list", resume=position)] == ids[38:]


def test_since_ends_a_list(mode: ClientMode, emulator: Emulator) -> None:
    emulator.populate(60)
    orders = mode.call(mode.of(emulator), "list", per_page=20)
    since = orders[25].created_at
    expected = [order.id for order in orders if order.created_at >= since]
    assert [order.id for order in mode.call(mode.of(emulator), "list", per_page=20, since=since)] == expected
    assert 25 < len(expected) < 60


def test_an_error_outside_a_list_has_no_position(emulator: Emulator) -> None:
    emulator.fail_next(404)
    with emulator.client() as client, pytest.raises(oc.NotFoundError) as failed:
        client.topups.orders.page()
    assert failed.value.position is None


def test_a_page_says_where_the_list_continues(mode: ClientMode, emulator: Emulator) -> None:
    ids = emulator.populate(130)[::-1]
    client = mode.of(emulator)
    for page in (mode.call(client, "page", 2, per_page=20), mode.call(client, "pages", per_page=40)[0]):
        position = oc.ListPosition.from_json(page.position.to_json())
        assert position == page.position
        assert (position.count, position.covered, position.last_id) == (len(page), 40, ids[39])
        assert position.filters == {}
        assert [order.id for order in mode.call(client, "list", resume=position)] == ids[40:]
    assert mode.call(client, "page", 9, per_page=20).position is None, "an empty page says nothing"
    by_status = mode.call(client, "page", per_page=10, status="DELIVERED").position
    rest = mode.call(client, "list", resume=by_status)
    assert {order.status for order in rest} == {"DELIVERED"}
    assert rest == mode.call(client, "list", status="DELIVERED")[10:]
    assert rest == mode.call(client, "list", resume=by_status, status="DELIVERED")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "[]",
        "{}",
        '{"version": 2}',
        replace(oc.ListPosition(operation="x", per_page=1), per_page=0).to_json(),
        replace(oc.ListPosition(operation="x", per_page=1), tied_ids=5).to_json(),  # type: ignore[arg-type]
        replace(oc.ListPosition(operation="x", per_page=1), last_id=5).to_json(),
        None,
        (
            '{"version": 1, "operation": "x", "per_page": "a", "since": null, "filters": {}, "count": 0, "last_id": null, '  # noqa: E501
            '"last_time": null, "tied_ids": [], "covered": 0}'
        ),
        (
            '{"version": 1, "operation": "x", "per_page": 1, "since": "noon", "filters": {}, "count": 0, "last_id": null, '  # noqa: E501
            '"last_time": null, "tied_ids": [], "covered": 0}'
        ),
    ],
)
def test_a_text_that_is_no_position_is_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"text must be what ListPosition.to_json\(\) returned"):
        oc.ListPosition.from_json(text)


def test_a_position_of_another_list_is_refused(emulator: Emulator) -> None:
    emulator.populate(3)
    with emulator.client() as client:
        known = client.topups.orders.page().position
        assert known is not None
        position = replace(known, operation="list_esim_orders")
        with pytest.raises(
            ValueError, match="resume must be a position of list_topup_orders, got one of list_esim_orders"
        ):
            client.topups.orders.list(resume=position)
        edited = replace(known, filters={"country": "in"})
        with pytest.raises(ValueError, match="country must be three upper-case letters"):
            client.topups.orders.list(resume=edited)


def with_page_limit(maximum: int | None) -> Operation[list[oc.TopupOrder]]:
    """Return the operation with another limit of `per_page`."""
    limited = [
        replace_field(each, rule=replace_field(each.rule, maximum=maximum)) if each.argument == "per_page" else each
        for each in LIST_TOPUP_ORDERS.parameters
    ]
    return replace_field(LIST_TOPUP_ORDERS, parameters=tuple(limited))


@pytest.mark.parametrize(("maximum", "size"), [(30, "30"), (500, "500"), (None, "500")])
def test_the_pages_of_a_list_are_as_large_as_the_contract_allows(
    emulator: Emulator, maximum: int | None, size: str
) -> None:
    ids = emulator.populate(70)[::-1]
    with emulator.client() as client:
        orders = client.topups.orders
        listed = oc.ItemList(orders._driver, orders._pages(with_page_limit(maximum), None, {}))
        assert [order.id for order in listed] == ids
    assert emulator.requests[0].query == {"page": "1", "per_page": size}


def test_a_page_of_the_servers_own_size_says_where_the_list_continues(emulator: Emulator) -> None:
    ids = emulator.populate(70)[::-1]
    with emulator.client() as client:
        orders = client.topups.orders
        position = orders._page(LIST_TOPUP_ORDERS).position
        assert position is not None
        assert (position.count, position.per_page, position.covered, position.filters) == (50, 50, 50, {})
        assert [order.id for order in orders.list(resume=position)] == ids[50:]


@pytest.mark.parametrize("paging", [None, Paging("single"), Paging("numbered", page="page", size="per_page")])
def test_a_page_of_a_list_that_does_not_move_has_no_position(emulator: Emulator, paging: Paging | None) -> None:
    emulator.populate(3)
    with emulator.client() as client:
        page = client.topups.orders._page(replace_field(LIST_TOPUP_ORDERS, paging=paging))
    assert (len(page), page.position) == (3, None)


def test_an_operation_that_returns_no_list_cannot_be_listed(emulator: Emulator) -> None:
    with emulator.client() as client, pytest.raises(TypeError, match=r"^get_topup_order returns no list$"):
        client.topups.orders._pages(GET_TOPUP_ORDER, None, {}, order_id=1)  # type: ignore[arg-type]


def test_a_walk_over_the_wire(mode: ClientMode, emulator: Emulator) -> None:
    ids = emulator.populate(23)
    client = mode.of(emulator)
    assert [order.id for order in mode.call(client, "list", per_page=10)] == ids[::-1]
    assert [len(page) for page in mode.call(client, "pages", per_page=10)] == [10, 10, 3]
    # Pages of fewer than 20 rows are requested as 20; each page after the first overlaps the one before.
    queries = [{"page": "1", "per_page": "20"}, {"page": "2", "per_page": "19"}]
    assert [request.query for request in emulator.requests] == queries * 2


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


def test_a_flow_is_closed_with_its_iterator(emulator: Emulator) -> None:
    emulator.populate(30)
    client = emulator.client()
    orders = client.topups.orders
    flow = orders.list(per_page=5)._start()
    pages = orders._driver.iterate(flow)
    next(pages)
    assert inspect.getgeneratorstate(flow) == inspect.GEN_SUSPENDED
    pages.close()
    assert inspect.getgeneratorstate(flow) == inspect.GEN_CLOSED


def test_a_list_that_is_left_closes_its_pages(emulator: Emulator) -> None:
    emulator.populate(30)
    flow = emulator.client().topups.orders.list(per_page=5)._start()
    pages = emulator.client()._driver.iterate(flow)
    orders: Each[oc.TopupOrder] = Each(pages)
    next(orders)
    orders.close()
    assert inspect.getgeneratorstate(flow) == inspect.GEN_CLOSED
    assert list(orders) == []
    assert list(pages) == []


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


def test_filters_stay_on_every_page(mode: ClientMode, emulator: Emulator) -> None:
    emulator.populate(300)
    found = mode.call(
        mode.of(emulator), "list", per_page=20, status="DELIVERED", product_id=4218, country="GLO", since="2026-01-01"
    )
    assert len(found) > 40
    assert len(emulator.requests) > 2
    for request in emulator.requests:
        assert {k: v for k, v in request.query.items() if k not in ("page", "per_page")} == {
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
        assert len(list(listed)) == 30  # an iteration of its own


def test_a_broken_list_raises_with_its_response(mode: ClientMode, emulator: Emulator) -> None:
    emulator.populate(30)
    emulator.fail_next(200, body=b"[]", headers={"x-page": "4", "x-request-id": "of-the-server"})
    with pytest.raises(oc.InvalidResponseError, match="page 1 was requested, and X-Page is 4") as failed:
        mode.call(mode.of(emulator), "list")
    assert (failed.value.body, failed.value.request_id) == (b"[]", "of-the-server")


def test_a_status_that_orders_reach_later_loses_none(emulator: Emulator) -> None:
    """The emulator delivers orders while the list of the delivered is read, far below its top."""
    emulator = Emulator(assumptions=Assumptions(back_channel_every=1.0))
    steady = [emulator.add_order(transitions=[(0.0 if n % 2 else 2.0 + n % 23, "DELIVERED")]) for n in range(240)][1::2]
    emulator.clock.advance(1)
    given = []
    with emulator.client() as client:
        for page in client.topups.orders.list(status="DELIVERED", per_page=20).pages():
            emulator.clock.advance(1)
            given += [order.id for order in page]
    assert set(steady) <= set(given)
    assert given == sorted(set(given), reverse=True)


@pytest.mark.parametrize("method", ["page", "list"])
def test_a_page_of_another_size_than_announced_is_refused(mode: ClientMode, emulator: Emulator, method: str) -> None:
    emulator.fail_next(200, body=b"[]", headers={"x-page-size": "4", "x-request-id": "of-the-server"})
    with pytest.raises(oc.InvalidResponseError, match="X-Page-Size is 4, but the body has 0 items") as failed:
        mode.call(mode.of(emulator), method)
    assert failed.value.request_id == "of-the-server"


@pytest.mark.parametrize(
    ("filters", "other", "field"),
    [
        ({"status": "PENDING"}, {"status": "FAILED"}, "status"),
        ({"product_id": 7}, {"product_id": 8}, "product_id"),
        ({"country": "IND"}, {"country_code": "GLO"}, "country_code"),
    ],
)
@pytest.mark.parametrize("method", ["list", "page"])
def test_a_filter_that_the_server_ignores_is_noticed(
    mode: ClientMode, method: str, filters: dict[str, Any], other: dict[str, Any], field: str
) -> None:
    row = {
        "id": 9, "product_id": 7, "product_name": "P", "country_code": "IND", "amount": 1, "currency": "USD",
        "status": "PENDING", "created_at": "2026-05-19T14:30:00Z",
    }  # fmt: skip
    rows = [row, row | {"id": 8} | other]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=rows, headers={"X-Has-More": "false"}))
    client = mode.client(token="t", transport=transport)
    problem = f"{next(iter(filters))} was requested, and item 8 has another {field}"
    with pytest.raises(oc.InvalidResponseError, match=problem):
        mode.call(client, method, **filters)
    rows[1] = row | {"id": 8}
    assert len(mode.call(client, method, **filters)) == 2


@pytest.mark.parametrize("row", [{}, {"client_reference": None}, {"client_reference": "OTHER"}])
def test_a_page_by_reference_has_only_orders_with_it(mode: ClientMode, row: dict[str, Any]) -> None:
    known = {
        "id": 9, "product_id": 7, "product_name": "P", "country_code": "IND", "amount": 1, "currency": "USD",
        "status": "PENDING", "created_at": "2026-05-19T14:30:00Z", "client_reference": "MINE",
    }  # fmt: skip
    rows: list[Any] = [
        known,
        {name: value for name, value in known.items() if name != "client_reference"} | {"id": 8} | row,
    ]
    client = mode.client(token="t", transport=httpx.MockTransport(lambda _: httpx.Response(200, json=rows)))
    problem = "client_reference was requested, and item 8 has (no|another) client_reference"
    with pytest.raises(oc.InvalidResponseError, match=problem):
        mode.call(client, "page", client_reference="MINE")
    rows.pop()
    assert [order.id for order in mode.call(client, "page", client_reference="MINE")] == [9]
