"""One order that breaks the contract does not hide the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

import octopus_cards as oc
from support.client_modes import ClientMode

ORDER = {
    "id": 1, "product_id": 1, "product_name": "P", "country_code": "IND", "amount": 1, "currency": "USD",
    "status": "PENDING",
}  # fmt: skip
BREAKAGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a field is null": lambda row: row | {"product_name": None},
    "a field is missing": lambda row: {name: value for name, value in row.items() if name != "amount"},
    "a wrong type": lambda row: row | {"amount": "much"},
    "no id": lambda row: row | {"id": None},
    "no creation time": lambda row: row | {"created_at": "yesterday"},
    "null": lambda row: None,
    "a string": lambda row: "row",
    "a list": lambda row: [1, 2],
    "an empty object": lambda row: {},
}


def row(number: int, *, minutes: bool = True) -> dict[str, Any]:
    """Return an order that was created this many seconds after noon, or in the same second as the others."""
    seconds = number if minutes else 0
    return ORDER | {"id": number, "created_at": f"2026-05-19T12:{seconds // 60:02}:{seconds % 60:02}Z"}


def client_of(mode: ClientMode, rows: list[Any], *, headers: bool) -> Any:
    """Return a client of a server with these rows."""

    def answer(request: httpx.Request) -> httpx.Response:
        page, size = int(request.url.params["page"]), int(request.url.params["per_page"])
        part = rows[(page - 1) * size : page * size]
        paging = {"X-Page": str(page), "X-Total-Count": str(len(rows)), "X-Page-Size": str(len(part))}
        return httpx.Response(200, content=json.dumps(part), headers=paging if headers else {})

    return mode.client(token="t", transport=httpx.MockTransport(answer), attempts=1)


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize("place", [0, 1, 49, 50, 119])
@pytest.mark.parametrize("breakage", BREAKAGES)
def test_skip_leaves_out_one_order(
    mode: ClientMode, caplog: pytest.LogCaptureFixture, breakage: str, place: int, *, headers: bool
) -> None:
    rows = [row(number) for number in range(120, 0, -1)]
    rows[place] = BREAKAGES[breakage](rows[place])
    client = client_of(mode, rows, headers=headers)
    expected = [number for number in range(120, 0, -1) if number != 120 - place]
    assert [order.id for order in mode.call(client, "list", per_page=50, on_invalid="skip")] == expected
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "an invalid item is left out: the response does not match the contract: item " in warnings[0]


@pytest.mark.parametrize("place", [0, 1, 49, 50, 119])
@pytest.mark.parametrize("breakage", ["a field is null", "a wrong type"])
def test_raise_yields_the_orders_before_it_and_resumes_behind_it(mode: ClientMode, breakage: str, place: int) -> None:
    rows = [row(number) for number in range(120, 0, -1)]
    rows[place] = BREAKAGES[breakage](rows[place])
    client = client_of(mode, rows, headers=False)
    before, error = listed_until_error(mode, client, per_page=50)
    assert before == [*range(120, 120 - place, -1)]
    assert isinstance(error, oc.InvalidResponseError)
    assert error.position is not None
    resumed = oc.ListPosition.from_json(error.position.to_json())
    after = [order.id for order in mode.call(client, "list", resume=resumed)]
    assert after == [*range(119 - place, 0, -1)]


def test_orders_of_the_same_second_keep_the_promise(mode: ClientMode) -> None:
    rows = [row(number, minutes=False) for number in range(120, 0, -1)]
    rows[60]["product_name"] = None
    client = client_of(mode, rows, headers=False)
    before, error = listed_until_error(mode, client, per_page=50)
    assert error is not None
    after = [order.id for order in mode.call(client, "list", resume=error.position)]
    assert before + after == [number for number in range(120, 0, -1) if number != 60]


def listed_until_error(mode: ClientMode, client: Any, **options: Any) -> tuple[list[int], oc.RequestError | None]:
    """Return the ids that a list yields, and the error with which it ends."""
    found: list[int] = []

    async def collect() -> None:
        async for order in client.topups.orders.list(**options):
            found.append(order.id)  # noqa: PERF401 - the orders before an error count

    try:
        if mode.kind == "sync":
            for order in client.topups.orders.list(**options):
                found.append(order.id)  # noqa: PERF401
        else:
            mode._portal.call(collect)
    except oc.RequestError as error:
        return found, error
    return found, None


def test_a_callable_gets_each_invalid_row(mode: ClientMode) -> None:
    rows: list[Any] = [row(number) for number in range(9, 0, -1)]
    rows[2] = None
    rows[5]["amount"] = "much"
    seen: list[tuple[Any, str]] = []
    client = client_of(mode, rows, headers=True)
    hook = lambda raw, error: seen.append((raw, str(error)))  # noqa: E731
    assert [order.id for order in mode.call(client, "list", on_invalid=hook)] == [9, 8, 6, 5, 3, 2, 1]
    assert [raw for raw, _ in seen] == [None, rows[5]]
    assert "item 2 of the page: an object expected, got NoneType" in seen[0][1]
    assert "item 5 of the page: TopupOrder.amount: a number expected, got str" in seen[1][1]


def test_one_page_can_leave_out_an_order_too(mode: ClientMode) -> None:
    rows = [row(3), row(2) | {"currency": 5}, row(1)]
    client = client_of(mode, rows, headers=True)
    page = mode.call(client, "page", on_invalid="skip")
    assert [order.id for order in page] == [3, 1]
    assert page.position is not None
    assert page.position.count == 2
    with pytest.raises(oc.InvalidResponseError, match=r"item 1 of the page: TopupOrder\.currency: a string expected"):
        mode.call(client, "page")


def test_a_list_of_nothing_but_invalid_rows_is_an_error(mode: ClientMode) -> None:
    client = client_of(mode, [None, "x"], headers=True)
    with pytest.raises(oc.InvalidResponseError, match="item 0 of the page"):
        mode.call(client, "list")


@pytest.mark.parametrize(("value", "kind"), [("ignore", ValueError), (None, TypeError), (5, TypeError)])
@pytest.mark.parametrize("method", ["list", "page"])
def test_on_invalid_is_checked_before_anything_is_sent(
    mode: ClientMode, method: str, value: Any, kind: type[Exception]
) -> None:
    client = client_of(mode, [], headers=True)
    with pytest.raises(kind, match='on_invalid must be "raise", "skip" or a callable'):
        mode.call(client, method, on_invalid=value)


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize("place", [0, 1, 18, 48, 49, 50, 116])
@pytest.mark.parametrize("breakage", ["no id", "null", "an empty object"])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_several_rows_in_a_row_may_have_no_place(
    emulated: ClientMode, breakage: str, place: int, count: int, *, headers: bool
) -> None:
    rows: list[Any] = [row(number) for number in range(120, 0, -1)]
    rows[place : place + count] = [BREAKAGES[breakage](each) for each in rows[place : place + count]]
    client = client_of(emulated, rows, headers=headers)
    seen: list[Any] = []
    found = emulated.call(client, "list", per_page=50, on_invalid=lambda raw, error: seen.append(raw))
    assert [order.id for order in found] == [
        number for number in range(120, 0, -1) if rows[120 - number] == row(number)
    ]
    assert len(seen) == count


@pytest.mark.parametrize("rows", [[None], [None, "x", {}], [{"id": "7"}]])
@pytest.mark.parametrize("method", ["page", "list"])
def test_nothing_is_left_of_a_list_of_invalid_rows(mode: ClientMode, method: str, rows: list[Any]) -> None:
    seen: list[Any] = []
    client = client_of(mode, rows, headers=True)
    found = mode.call(client, method, on_invalid=lambda raw, error: seen.append(raw))
    assert [*found] == []
    assert seen == rows


def test_a_full_page_of_invalid_rows_is_an_error(emulated: ClientMode) -> None:
    client = client_of(emulated, [*[None] * 50, *[row(number) for number in range(120, 0, -1)]], headers=False)
    with pytest.raises(oc.InvalidResponseError):
        emulated.call(client, "list", per_page=50, on_invalid="skip")


@pytest.fixture
def emulated() -> Any:
    """Return the sync mode, for cases that concern no driver."""
    return ClientMode("sync")


@pytest.mark.parametrize(
    "breakages", [[each] for each in BREAKAGES] + [["null"] * 3, ["no id", "a wrong type", "null"]]
)
@pytest.mark.parametrize("place", [0, 1, 49, 50, 116])
@pytest.mark.parametrize("is_tied", [True, False])
def test_a_list_that_is_resumed_passes_rows_of_any_kind(
    emulated: ClientMode, breakages: list[str], place: int, *, is_tied: bool
) -> None:
    rows: list[Any] = [row(number, minutes=not is_tied) for number in range(120, 0, -1)]
    for index, breakage in enumerate(breakages, start=place):
        rows[index] = BREAKAGES[breakage](rows[index])
    client, found, position = client_of(emulated, rows, headers=False), list[int](), None
    for _ in breakages:
        part, error = listed_until_error(emulated, client, resume=position)
        assert isinstance(error, oc.InvalidResponseError)
        assert error.position is not None
        found, position = found + part, oc.ListPosition.from_json(error.position.to_json())
        assert position.count == len(found)
    rest, error = listed_until_error(emulated, client, resume=position)
    assert error is None
    assert found + rest == [
        number for number in range(120, 0, -1) if not place <= 120 - number < place + len(breakages)
    ]


def test_rows_that_arrive_do_not_bring_an_invalid_one_back(emulated: ClientMode) -> None:
    rows: list[Any] = [None, None, *[row(number) for number in range(60, 0, -1)]]
    client = client_of(emulated, rows, headers=False)
    _, error = listed_until_error(emulated, client)
    assert error is not None
    _, error = listed_until_error(emulated, client, resume=error.position)
    assert error is not None
    rows[:0] = [row(62), row(61)]
    found, last = listed_until_error(emulated, client, resume=error.position)
    assert last is None
    assert found == [*range(60, 0, -1)]
