"""Lists without a promised order, page after page; no operation of the contract has one yet."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

import octopus_cards as oc
from octopus_cards._engine.list_queries import max_per_page
from octopus_cards_api.operation import Paging
from octopus_cards_api.operations import LIST_TOPUP_ORDERS
from support.moving_lists import order

NUMBERED = Paging("numbered", page="page", size="per_page")
SINGLE = Paging("single")


def read(
    pages: list[list[int]], headers: dict[str, str], paging: Paging = NUMBERED, **arguments: Any
) -> tuple[list[list[int]], list[str]]:
    """Return the ids of each page that is yielded, and the page numbers that were requested."""
    numbers: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        numbers.append(request.url.params.get("page", "none"))
        assert request.headers["x-request-id"] == "trace-1"
        page = len(numbers) - 1
        assert page < 200, "the list does not end"
        rows = ",".join(order(each).to_json() for each in (pages[page] if page < len(pages) else []))
        return httpx.Response(200, text=f"[{rows}]", headers=headers)

    operation = replace(LIST_TOPUP_ORDERS, paging=paging)
    with oc.OctopusCards("t" * 20, transport=httpx.MockTransport(answer)) as client:
        orders = client.topups.orders
        items = oc.ItemList(orders._driver, orders._pages(operation, "trace-1", {}, **arguments))
        return [[each.id for each in page] for page in items.pages()], numbers


@pytest.mark.parametrize(
    ("pages", "headers", "arguments", "requested"),
    [
        ([[1, 2], [3]], {}, {"per_page": 2}, 2),
        ([[1, 2], [3, 4]], {}, {"per_page": 2}, 3),
        ([[1, 2], [3]], {}, {}, 3),
        ([[1], [2]], {"X-Total-Pages": "2"}, {"per_page": 2}, 2),
        ([[1], [2], [3]], {"X-Total-Count": "3", "X-Per-Page": "1"}, {"per_page": 2}, 3),
        ([[1, 2], [3, 4]], {"X-Total-Count": "4"}, {"per_page": 2}, 2),
        ([[1, 2]], {"X-Has-More": "false"}, {"per_page": 2}, 1),
        ([[1], [2]], {"X-Has-More": "false", "X-Total-Pages": "2"}, {"per_page": 2}, 2),
        ([[1, 2], [3]], {}, {"per_page": 2, "status": "PENDING"}, 2),
    ],
)
def test_all_pages_are_read_up_to_the_last(
    pages: list[list[int]], headers: dict[str, str], arguments: dict[str, Any], requested: int
) -> None:
    read_pages, numbers = read(pages, headers, **arguments)
    assert read_pages == pages
    assert numbers == [str(number + 1) for number in range(requested)]


def test_an_item_that_moves_to_the_next_page_comes_once() -> None:
    assert read([[1, 2], [2, 3], [4]], {}, per_page=2)[0] == [[1, 2], [3], [4]]


def test_without_headers_a_page_without_new_items_ends_the_list() -> None:
    read_pages, numbers = read([[1, 2]] * 5, {}, per_page=2)
    assert read_pages == [[1, 2]]
    assert numbers == ["1", "2"]


def test_a_page_without_new_items_does_not_end_a_list_that_announces_more() -> None:
    """As many items were added on top as a page has, so the next page repeats all of the page before."""
    read_pages, numbers = read([[1, 2], [1, 2], [3]], {"X-Total-Pages": "3"}, per_page=2)
    assert read_pages == [[1, 2], [3]]
    assert numbers == ["1", "2", "3"]


def test_a_list_that_announces_more_forever_is_an_error() -> None:
    with pytest.raises(oc.InvalidResponseError, match="51 pages in a row have nothing new") as failed:
        read([[1, 2]] * 52, {"X-Has-More": "true", "X-Request-Id": "of-the-server"}, per_page=2)
    assert failed.value.request_id == "of-the-server"


def test_a_page_with_something_new_starts_the_count_of_the_others_anew() -> None:
    pages = [[1], *[[1]] * 50, [2], *[[2]] * 50, [3]]
    assert read([*pages, *[[]] * 50], {"X-Total-Pages": str(len(pages))}, per_page=1)[0] == [[1], [2], [3]]


def test_fifty_pages_without_anything_new_are_no_error() -> None:
    assert read([[]] * 51, {"X-Total-Pages": "51"}, per_page=1)[0] == [[]]


def test_a_list_without_a_page_size_has_no_largest_page() -> None:
    assert max_per_page(LIST_TOPUP_ORDERS, NUMBERED) == 500
    assert max_per_page(replace(LIST_TOPUP_ORDERS, parameters=()), NUMBERED) is None


@pytest.mark.parametrize("on_invalid", ["raise", "skip", "hook"])
def test_an_invalid_row_is_handled_in_its_place(on_invalid: str) -> None:
    rows, seen = [json.loads(order(each).to_json()) for each in (3, 2, 1)], list[Any]()
    del rows[1]["amount"]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=rows))
    hook = (lambda row, error: seen.append((row, str(error)))) if on_invalid == "hook" else on_invalid
    with oc.OctopusCards("t", transport=transport) as client:
        orders = client.topups.orders
        start = orders._pages(replace(LIST_TOPUP_ORDERS, paging=SINGLE), None, {"on_invalid": hook})
        items = iter(oc.ItemList(orders._driver, start))
        assert next(items).id == 3
        if on_invalid == "raise":
            with pytest.raises(oc.InvalidResponseError, match="item 1 of the page"):
                next(items)
            return
        assert [each.id for each in items] == [1]
    assert [row for row, _ in seen] == ([rows[1]] if on_invalid == "hook" else [])


def test_an_empty_list_is_one_empty_page() -> None:
    assert read([[]], {}, per_page=2) == ([[]], ["1"])


def test_a_list_on_a_single_page_is_one_request_without_a_number() -> None:
    for paging in (SINGLE, Paging("single", page="page")):
        assert read([[1, 2]], {"X-Has-More": "true"}, paging) == ([[1, 2]], ["none"])


def test_wrong_arguments_are_refused_before_the_first_request() -> None:
    with pytest.raises(ValueError, match="per_page must be an integer from 1 to 500, got 0"):
        read([[1]], {}, per_page=0)
