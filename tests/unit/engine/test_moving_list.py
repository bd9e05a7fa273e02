"""The walk over a list that moves, one behaviour at a time."""

from __future__ import annotations

import datetime
import tracemalloc
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.effects import Emit, Flow
from octopus_cards._engine.moving_list import FRUITLESS_READS_MAX, FRUITLESS_ROWS_MAX, SHORT_READS_MAX, walk
from support.moving_lists import NOON, READS_MAX, Broken, Server, page_of, query, refuse, scripted, walked


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (3, 1), (4, 2), (30, 10)])
def test_a_still_list_costs_one_request_a_page(count: int, requests: int) -> None:
    server = Server(list(range(count, 0, -1)))
    assert walked(server.fetch) == list(range(count, 0, -1))
    assert server.reads == list(range(1, requests + 1))


def test_ten_thousand_still_orders_cost_twenty_requests() -> None:
    server = Server(list(range(10_000, 0, -1)), per_page=500)
    assert len(walked(server.fetch, 500)) == 10_000
    assert server.reads == list(range(1, 21))


def test_a_walk_holds_no_more_than_a_page() -> None:
    def peak(pages: int) -> int:
        def fetch(number: int) -> Flow[oc.Page[oc.TopupOrder]]:
            top = (pages - number + 1) * 100
            return page_of(list(range(top, top - 100, -1)), number, 100, pages * 100, pages, 100, number < pages)
            yield

        tracemalloc.start()
        for effect in walk(fetch, refuse, query(100)):
            assert isinstance(effect, Emit)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(3)
    assert peak(100) < 1.2 * peak(10)


def test_a_fall_of_the_total_steps_back_until_the_pages_overlap() -> None:
    server = Server([9, 8, 7, 6, 5, 4, 3, 2, 1], iter([(0, [], []), (0, [0, 0, 0, 0], [])]))
    assert walked(server.fetch) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert server.reads == [1, 2, 3, 1, 2]


def test_growth_below_does_not_make_up_for_a_fall_above() -> None:
    """Three enter above the frontier and two below it; then two leave above."""
    server = Server([30, 27, 24, 21, 18, 15, 12, 9, 6], iter([(0, [], [29, 28, 26, 2, 1]), (0, [1, 1], [])]))
    assert walked(server.fetch, grows_on_top=False) == [30, 27, 24, 21, 18, 15, 12, 9, 6, 2, 1]
    assert server.reads[:4] == [1, 2, 3, 2]


def test_growth_jumps_ahead() -> None:
    server = Server(list(range(12, 0, -1)), iter([(30, [], [])]))
    assert walked(server.fetch) == list(range(12, 0, -1))
    assert server.reads == [1, 2, 11, 12, 13, 14]


def test_a_jump_too_far_is_brought_back() -> None:
    server = Server(list(range(12, 0, -1)), iter([(30, [], []), (0, [0] * 9, [])]))
    assert walked(server.fetch) == list(range(12, 0, -1))
    assert server.reads == [1, 2, 11, 8, 9, 10, 11]


def test_the_walk_ends_though_rows_come_faster_than_they_are_read() -> None:
    server = Server(list(range(60, 0, -1)), ((7, [], []) for _ in range(10_000)))
    assert walked(server.fetch) == list(range(60, 0, -1))
    assert len(server.reads) < 60


def test_since_stops_at_the_first_older_order() -> None:
    server = Server(list(range(30, 0, -1)))
    assert walked(server.fetch, since=NOON + datetime.timedelta(seconds=25)) == [30, 29, 28, 27, 26, 25]
    assert server.reads == [1, 2, 3]


@pytest.mark.parametrize(
    ("pages", "problem"),
    [
        ([page_of([3, 2, 1], 7, 3, 9, 3, 3, True)], "page 1 was asked for and page 7 came"),
        ([page_of([1, 2, 3], 1, 3, 9, 3, 3, True)], r"not newest first \(order 1 stands before 2\)"),
        ([page_of([3, 3, 2], 1, 3, 9, 3, 3, True)], r"not newest first \(order 3 stands before 3\)"),
        ([page_of([5, 3, 4], 1, 3, 9, 3, 3, True)], r"not newest first \(order 3 stands before 4\)"),
        ([page_of([3, 2, 1], None, 3, 9, None, 3, True)], f"{FRUITLESS_ROWS_MAX // 3 + 1} reads in a row gave"),
        ([page_of([3, 2, 1], None, None, None, None, None, None)], "reads in a row gave nothing new"),
        ([page_of([], None, None, None, None, None, True)], "reads in a row gave nothing new"),
        ([page_of([3, 2], 1, 3, 3, 1, 2, False)], "page 1 lacks 1 of the orders that its total announces"),
        ([page_of([], 1, 50, 10, 1, 0, False)], "page 1 lacks 10 of the orders"),
        (
            [page_of(rows, None, None, None, None, None, True) for rows in ([6, 5, 4], [3, 2, 1], [6, 5, 4])],
            "reads in a row gave nothing new",
        ),
    ],
)
def test_a_server_that_breaks_the_list_is_told_so(pages: list[Any], problem: str) -> None:
    with pytest.raises(Broken, match=problem):
        walked(scripted(*pages))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((2, None, None, None, None, True), False),
        ((None, None, None, 2, None, None), False),
        ((None, None, None, 2, None, False), False),
        ((None, None, None, None, None, None), True),
        ((None, None, None, 1, None, False), True),
    ],
)
def test_a_short_page_ends_the_walk_only_where_no_header_says_more(first: tuple[Any, ...], second: bool) -> None:
    headers = (None, *first[1:])
    fetch = scripted(page_of([9, 8], *headers), page_of([7], None, None, None, 2, None, False))
    assert walked(fetch) == ([9, 8] if second else [9, 8, 7])


def test_pages_leave_out_what_an_earlier_page_had() -> None:
    server = Server([9, 8, 7, 6, 5, 4], iter([(2, [], [])]))
    emitted = walk(server.fetch, refuse, query())
    pages = [[order.id for order in effect.item] for effect in emitted if isinstance(effect, Emit)]
    assert pages == [[9, 8, 7], [6], [5, 4]]


def test_replicas_that_disagree_end_the_walk_with_an_error() -> None:
    leading, lagging = list(range(60, 0, -1)), list(range(57, 0, -1))
    reads = iter(range(READS_MAX))

    def fetch(number: int) -> Flow[Any]:
        rows = lagging if next(reads) % 2 else leading
        shown, pages = rows[(number - 1) * 3 : number * 3], -(-len(rows) // 3)
        return page_of(shown, number, 3, len(rows), pages, len(shown), number < pages)
        yield

    with pytest.raises(Broken, match="reads in a row gave nothing new"):
        walked(fetch)


def test_a_page_that_lacks_announced_rows_is_read_again() -> None:
    short = page_of([3, 2], 1, 3, 3, 1, 2, False)
    whole = page_of([3, 2, 1], 1, 3, 3, 1, 3, False)
    assert walked(scripted(short, whole)) == [3, 2, 1]
    for lacking in ([3, 1], [2, 1], [3], []):  # what it lacks may stand above what it has
        assert walked(scripted(page_of(lacking, 1, 3, 3, 1, len(lacking), False), whole)) == [3, 2, 1]


def test_a_server_may_make_its_pages_smaller_than_asked() -> None:
    server = Server(list(range(30, 0, -1)), iter([(0, [], []), (40, [], []), (0, list(range(9)), [])]), per_page=3)
    assert walked(server.fetch, per_page=500) == list(range(30, 0, -1))
    assert len(server.reads) < 20


def without_total(server: Server, read: int) -> Any:
    """The pages of a server, one of which does not tell the total."""

    def fetch(number: int) -> Flow[Any]:
        page = yield from server.fetch(number)
        if len(server.reads) == read:
            return page_of([order.id for order in page], page.number, page.per_page, None, *[None] * 2, page.has_more)
        return page

    return fetch


def test_a_page_without_a_total_hides_no_fall() -> None:
    server = Server([22, 5, 2], iter([(0, [], []), (0, [0], [])]), per_page=1)
    assert walked(without_total(server, 2), 1, grows_on_top=False) == [22, 5, 2]
    assert server.reads == [1, 2, 3, 1, 2]


def test_the_first_total_is_no_growth() -> None:
    server = Server([2, 1], iter([(2, [], [])]), per_page=1)
    assert walked(server.fetch, 1) == [2, 1]
    assert server.reads == [1, 2, 3, 4]


def test_growth_by_one_counts_no_more_than_by_many_where_rows_enter_anywhere() -> None:
    moves = [(0, [], []), (0, [0], []), (0, [], [14]), (0, [0], [])]
    server = Server([21, 18, 15, 10, 9, 6, 5, 4], iter(moves), per_page=1)
    assert walked(server.fetch, 1, grows_on_top=False) == [21, 18, 15, 14, 10, 9, 6, 5, 4]


def test_the_walk_aims_ahead_only_where_a_whole_page_comes_between_two_reads() -> None:
    whole = Server([3, 2, 1], iter([(2, [], []), (1, [], [])]), per_page=1)
    assert walked(whole.fetch, 1) == [3, 2, 1]
    assert whole.reads == [1, 2, 3, 5, 4, 5, 6]
    fallen = Server([2, 1], iter([(0, [0], []), (3, [], [])]), per_page=1)
    assert walked(fallen.fetch, 1) == [2, 1]
    assert fallen.reads == [1, 2, 1, 3, 4]


def test_the_way_back_leads_to_the_first_page_at_once() -> None:
    server = Server([17, 4, 2], iter([(0, [], []), (0, [1], [])]), per_page=1)
    assert walked(server.fetch, 1, grows_on_top=False) == [17, 4, 2]
    assert server.reads == [1, 2, 3, 1, 2]


def test_each_page_may_be_short_as_often_as_any() -> None:
    first = page_of([6, 5, 4], 1, 3, 6, 2, 3, True)
    short, whole = page_of([3, 2], 2, 3, 6, 2, 2, False), page_of([3, 2, 1], 2, 3, 6, 2, 3, False)
    assert walked(scripted(first, *[short] * (SHORT_READS_MAX - 1), whole)) == [6, 5, 4, 3, 2, 1]
    with pytest.raises(Broken, match="page 2 lacks 1"):
        walked(scripted(first, *[short] * SHORT_READS_MAX, whole))


@pytest.mark.parametrize(
    ("pages", "fruitless"),
    [
        ([page_of([], None, 30, None, None, None, True)], FRUITLESS_READS_MAX + 1),
        ([page_of([3, 2, 1], None, 30, None, None, None, True)], FRUITLESS_READS_MAX + 1),
    ],
)
def test_so_many_reads_in_a_row_and_no_more_give_nothing(pages: list[Any], fruitless: int) -> None:
    with pytest.raises(Broken, match=f"^{fruitless} reads in a row gave nothing new"):
        walked(scripted(*pages))


@pytest.mark.parametrize(
    "page",
    [
        page_of([3, 2, 1], 7, 3, 9, 3, 3, True),
        page_of([1, 2, 3], 1, 3, 9, 3, 3, True),
        page_of([3, 2], 1, 3, 3, 1, 2, False),
        page_of([], None, None, None, None, None, True),
    ],
)
def test_what_is_refused_is_the_page_itself(page: Any) -> None:
    refused: list[Any] = []

    def refuse(page: Any, problem: str) -> Exception:
        refused.append(page)
        return Broken(problem)

    with pytest.raises(Broken):
        list(walk(scripted(page), refuse, query()))
    assert refused == [page]


def test_a_total_alone_says_that_pages_follow() -> None:
    first, last = page_of([9, 8, 7], None, 3, 4, None, None, None), page_of([6], None, 3, 4, None, None, None)
    assert walked(scripted(first, last)) == [9, 8, 7, 6]


def broken_off(*pages: Any) -> Any:
    """Answers with these pages, and then with none."""
    left = list(pages)

    def fetch(number: int) -> Flow[Any]:
        if not left:
            raise oc.OutcomeUnknownError("lost", method="GET", path="/x")
        return left.pop(0)
        yield

    return fetch


@pytest.mark.parametrize(
    ("page", "times"),
    [
        (page_of([3, 2], 1, 3, 3, 1, 2, False), SHORT_READS_MAX - 1),
        (page_of([], None, 30, *[None] * 3, True), FRUITLESS_READS_MAX),
    ],
)
def test_a_list_that_is_taken_up_again_has_all_its_patience(page: Any, times: int) -> None:
    with pytest.raises(oc.OutcomeUnknownError) as failed:
        list(walk(broken_off(*[page] * times), refuse, query()))
    whole = page_of([3, 2, 1], None, 3, None, None, 3, False)
    emitted = list(walk(broken_off(*[page] * times, whole), refuse, query(), failed.value.position))
    assert [order.id for effect in emitted for order in effect.item] == [3, 2, 1]  # type: ignore[union-attr]


def test_after_news_the_patience_is_whole_again() -> None:
    read = []
    page = page_of([3, 2, 1], None, 30, None, None, None, True)

    def fetch(number: int) -> Flow[Any]:
        read.append(number)
        return page
        yield

    with pytest.raises(Broken, match=f"^{FRUITLESS_READS_MAX + 1} reads"):
        walked(fetch)
    assert len(read) == 1 + FRUITLESS_READS_MAX + 1


def test_a_list_without_orders_has_one_page_and_no_page_without_news_is_given() -> None:
    def pages(fetch: Any) -> list[list[int]]:
        return [[order.id for order in effect.item] for effect in walk(fetch, refuse, query())]  # type: ignore[union-attr]

    assert pages(Server([]).fetch) == [[]]
    server = Server([6, 5, 4, 3, 2, 1], iter([(3, [], [])]))
    assert pages(server.fetch) == [[6, 5, 4], [3, 2, 1]]
    assert server.reads == [1, 2, 3]
