"""The walk over a moving list, one rule at a time."""

from __future__ import annotations

import datetime
import tracemalloc
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.effects import Emit, Flow
from octopus_cards._engine.moving_list import MAX_READS_WITHOUT_PROGRESS, iterate_moving_list
from octopus_cards._engine.rows import InvalidRow
from octopus_cards._engine.walk import Slice, WalkState, choose_slice, decide
from support.moving_lists import (
    MAX_READS,
    NOON,
    RAW,
    BrokenListError,
    Server,
    order,
    page_of,
    query,
    reject,
    scripted,
    walked,
)


def rows(highest: int, lowest: int = 1) -> list[int]:
    return list(range(highest, lowest - 1, -1))


@pytest.mark.parametrize(
    ("count", "reads"),
    [
        (0, [(1, 20)]),
        (1, [(1, 20)]),
        (19, [(1, 20)]),
        (20, [(1, 20), (2, 19)]),
        (21, [(1, 20), (2, 19)]),
        (38, [(1, 20), (2, 19), (3, 18)]),
        (60, [(1, 20), (2, 19), (3, 18), (4, 17)]),
    ],
)
def test_each_page_after_the_first_overlaps_the_covered_rows(count: int, reads: list[tuple[int, int]]) -> None:
    server = Server(rows(count))
    assert walked(server.fetch) == rows(count)
    assert server.reads == reads


@pytest.mark.parametrize(("count", "requests"), [(10_000, 21), (100_000, 211)])
def test_overlapping_costs_one_request_in_twenty(count: int, requests: int) -> None:
    server = Server(rows(count))
    assert len(walked(server.fetch, 500)) == count
    assert len(server.reads) == requests


@pytest.mark.parametrize("size", [20, 37, 50, 100, 499, 500])
def test_every_slice_holds_the_last_covered_row_and_a_new_one(size: int) -> None:
    for covered in range(1, 5_000):
        page, per_page = choose_slice(covered, size)
        start = (page - 1) * per_page
        assert start <= covered - 1 < covered < start + per_page
        assert per_page <= size


def test_tiny_pages_fall_back_to_the_next_rows() -> None:
    assert choose_slice(0, 1) == Slice(1, 1)
    assert choose_slice(4, 2) == Slice(3, 2)
    assert choose_slice(3, 1) == Slice(4, 1)
    assert choose_slice(3, 2) == Slice(2, 2)
    assert choose_slice(3, 3) == Slice(2, 2)


@pytest.mark.parametrize("per_page", [1, 7, 19])
def test_small_pages_are_requested_as_twenty_and_handed_out_as_asked(per_page: int) -> None:
    server = Server(rows(45))
    pages = [effect.item for effect in iterate_moving_list(server.fetch, reject, query(per_page))]  # type: ignore[union-attr]
    assert [each.id for page in pages for each in page] == rows(45)
    assert max(len(page) for page in pages) == per_page
    assert server.reads == [(1, 20), (2, 19), (3, 18)]


def test_a_small_limit_of_the_contract_is_kept() -> None:
    server = Server(rows(45))
    small = replace(query(5), max_per_page=10)
    found = [each.id for effect in iterate_moving_list(server.fetch, reject, small) for each in effect.item]  # type: ignore[union-attr]
    assert found == rows(45)
    assert all(part.per_page <= 10 for part in server.reads)


def test_a_walk_holds_no_more_than_a_page() -> None:
    def peak(count: int) -> int:
        def fetch(part: Slice) -> Flow[oc.Page[oc.TopupOrder]]:
            start = (part.page - 1) * part.per_page
            numbers = range(count - start, max(0, count - start - part.per_page), -1)
            return oc.Page(tuple(map(order, numbers)), None, None, None, None, None, None, "R", RAW)
            yield

        tracemalloc.start()
        for effect in iterate_moving_list(fetch, reject, query(100)):
            assert isinstance(effect, Emit)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(300)
    assert peak(10_000) < 1.2 * peak(1_000)


def test_rows_that_leave_make_the_walk_go_back_until_a_page_overlaps() -> None:
    server = Server(rows(60), iter([(0, list(range(10)), [])]))
    assert walked(server.fetch) == rows(60)
    assert server.reads[:3] == [(1, 20), (2, 19), (1, 20)]


def test_rows_that_come_make_the_walk_jump_ahead() -> None:
    server = Server(rows(60), iter([(200, [], [])]))
    assert walked(server.fetch) == rows(60)
    assert len(server.reads) < 25


def test_the_walk_ends_although_rows_come_faster_than_they_are_read() -> None:
    server = Server(rows(60), ((25, [], []) for _ in range(10_000)))
    assert walked(server.fetch) == rows(60)
    assert len(server.reads) < 30


def test_rows_that_enter_below_are_yielded_and_above_are_not() -> None:
    server = Server(rows(100, 2)[::2], iter([(0, [], [99, 97, 5, 3])]))
    assert walked(server.fetch) == [*rows(100, 6)[::2], 5, 4, 3, 2]


def test_since_stops_after_the_page_with_an_older_row() -> None:
    server = Server(rows(100))
    assert walked(server.fetch, since=NOON + datetime.timedelta(seconds=75)) == rows(100, 75)
    assert server.reads == [(1, 20), (2, 19)]


def test_a_row_that_is_older_by_a_clock_that_differs_does_not_stop_the_list() -> None:
    late = [order(5), order(4, NOON), order(3), order(2), order(1)]
    page = oc.Page(tuple(late), 1, 20, None, None, None, False, "R", RAW)
    assert walked(scripted(page), since=NOON + datetime.timedelta(seconds=1)) == [5, 3, 2, 1]


@pytest.mark.parametrize("numbers", [[9, 7, 8, 6], [6, 9, 7, 8], [8, 9, 6, 7]])
def test_ids_may_differ_from_the_order_of_creation(numbers: list[int]) -> None:
    """The server promises the most recent first: orders of one second come in any order of their ids."""
    everything = [order(each, NOON) for each in numbers] + [order(each) for each in range(-1, -40, -1)]

    def fetch(part: Slice) -> Flow[Any]:
        found = everything[(part.page - 1) * part.per_page : part.page * part.per_page]
        return oc.Page(tuple(found), None, None, None, None, None, None, "R", RAW)
        yield

    for per_page in (1, 20):
        assert walked(fetch, per_page) == [each.id for each in everything]


def test_many_rows_of_one_moment_are_each_yielded_once() -> None:
    server = Server(rows(300), counting="never", seconds_per_id=0.0)
    assert walked(server.fetch, 50) == rows(300)


@pytest.mark.parametrize(
    ("pages", "problem"),
    [
        ([page_of([3, 2, 1], number=7, has_more=True)], "page 1 was requested, and X-Page is 7"),
        ([page_of([1, 2, 3])], r"not newest first \(item 1 comes before 2\)"),
        ([page_of([3, 3, 2])], r"not newest first \(item 3 comes before 3\)"),
        ([page_of([5, 3, 4])], r"not newest first \(item 3 comes before 4\)"),
        ([page_of(rows(20))], "51 reads in a row returned nothing new"),
        ([page_of([], has_more=True)], "51 reads in a row returned nothing new"),
        ([page_of([3, 2], per_page=20, total_count=3, total_pages=1, size=2, has_more=False)], "51 reads in a row"),
        ([page_of([], per_page=20, total_count=10)], "51 reads in a row returned nothing new"),
    ],
)
def test_a_broken_list_is_an_error(pages: list[Any], problem: str) -> None:
    with pytest.raises(BrokenListError, match=problem):
        walked(scripted(*pages))


def test_the_rejected_page_is_the_one_that_is_broken() -> None:
    rejected: list[Any] = []

    def keep(part: Slice, page: Any, problem: str) -> Exception:
        rejected.append((part, page))
        return BrokenListError(problem)

    page = page_of([1, 2])
    with pytest.raises(BrokenListError):
        list(iterate_moving_list(scripted(page), keep, query()))
    assert rejected == [(Slice(1, 20), page)]


def test_an_error_comes_after_fifty_reads_without_progress() -> None:
    reads = count(1)

    def fetch(part: Slice) -> Flow[Any]:
        next(reads)
        return page_of(rows(20))
        yield

    with pytest.raises(BrokenListError):
        walked(fetch)
    assert next(reads) == 1 + 1 + MAX_READS_WITHOUT_PROGRESS + 1


@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ({"has_more": True}, True),
        ({"total_count": 3}, True),
        ({"total_pages": 2}, True),
        ({"total_count": 3, "has_more": False}, True),
        ({"total_count": 2, "total_pages": 1, "has_more": False, "per_page": 20}, False),
        ({"has_more": False, "per_page": 20}, False),
    ],
)
def test_a_short_page_is_the_last_where_the_page_size_is_confirmed(headers: dict[str, Any], *, more: bool) -> None:
    """The next page repeats the last covered row."""
    fetch = scripted(page_of([9, 8], **headers), page_of([8, 7], has_more=False, per_page=20), page_of([7]))
    assert walked(fetch) == ([9, 8, 7] if more else [9, 8])


@pytest.mark.parametrize("confirms", [True, False])
@pytest.mark.parametrize("counting", ["with", "never"])
@pytest.mark.parametrize("limit", [20, 37, 100])
def test_a_server_may_serve_smaller_pages_than_asked(limit: int, counting: Any, *, confirms: bool) -> None:
    server = Server(rows(350), counting=counting, max_per_page=limit, confirms_per_page=confirms)
    assert walked(server.fetch, 500) == rows(350)
    assert len(server.reads) < 3 + 1.3 * 350 / limit


def test_without_headers_a_short_page_is_looked_behind_once() -> None:
    server = Server(rows(7), counting="never")
    assert walked(server.fetch, 500) == rows(7)
    assert server.reads == [(1, 500), (2, 6)]


def test_replicas_that_disagree_end_the_walk_with_an_error() -> None:
    leading, lagging = rows(60), rows(57)
    reads = iter(range(MAX_READS))

    def fetch(part: Slice) -> Flow[Any]:
        known = lagging if next(reads) % 2 else leading
        return page_of(known[(part.page - 1) * part.per_page : part.page * part.per_page])
        yield

    with pytest.raises(BrokenListError, match="reads in a row returned nothing new"):
        walked(fetch)


def test_a_total_that_changes_between_two_reads_announces_nothing() -> None:
    """Rows come between the server's two queries all the time."""
    server = Server(rows(3), ((1, [], []) for _ in range(10_000)), counting="after")
    assert walked(server.fetch) == rows(3)
    assert len(server.reads) < 10


def test_an_empty_list_has_one_empty_page() -> None:
    def pages(server: Server) -> list[list[int]]:
        return [[each.id for each in effect.item] for effect in iterate_moving_list(server.fetch, reject, query())]  # type: ignore[union-attr]

    assert pages(Server([])) == [[]]
    assert pages(Server([], counting="never")) == [[]]
    assert pages(Server(rows(20))) == [rows(20)]


def failing_after(server: Server, reads: int) -> Any:
    """Return a fetch that fails after this many reads."""

    def fetch(part: Slice) -> Flow[Any]:
        if len(server.reads) >= reads:
            raise oc.OutcomeUnknownError("lost", method="GET", path="/x")
        return (yield from server.fetch(part))

    return fetch


def test_an_error_says_where_the_list_continues() -> None:
    server = Server(rows(60))
    found: list[int] = []

    def read() -> None:
        for effect in iterate_moving_list(failing_after(server, 2), reject, query(15)):
            found.extend(each.id for each in effect.item)  # type: ignore[union-attr]

    with pytest.raises(oc.OutcomeUnknownError) as failed:
        read()
    position = failed.value.position
    assert position is not None
    assert (position.count, position.last_id, position.covered) == (38, 23, 38)
    assert oc.ListPosition.from_json(position.to_json()) == position
    assert found + walked(server.fetch, 15, resume=position) == rows(60)
    assert server.reads[2] == (3, 18)


def test_every_page_says_where_the_list_continues() -> None:
    server = Server(rows(70))
    pages = [effect.item for effect in iterate_moving_list(server.fetch, reject, query(7))]  # type: ignore[union-attr]
    for number, page in enumerate(pages):
        before = [each.id for earlier in pages[: number + 1] for each in earlier]
        assert page.position is not None
        assert page.position.count == page.position.covered == len(before)
        assert before + walked(Server(rows(70)).fetch, 7, resume=page.position) == rows(70)


def test_a_resumed_walk_counts_the_rows_that_were_yielded_before() -> None:
    [first, *_] = iterate_moving_list(Server(rows(70)).fetch, reject, query(20))
    position = first.item.position  # type: ignore[union-attr]
    resumed = list(iterate_moving_list(Server(rows(70)).fetch, reject, query(20), position))
    assert resumed[-1].item.position.count == 70  # type: ignore[union-attr]


def test_a_row_that_breaks_the_contract_is_an_error_behind_the_rows_before_it() -> None:
    broken = oc.InvalidResponseError("no amount", method="GET", path="/x", status_code=200)
    invalid: Any = InvalidRow({"id": 9}, broken, 9, NOON)
    page = oc.Page((order(10), invalid, order(8)), None, None, None, None, None, None, "R", RAW)
    with pytest.raises(oc.InvalidResponseError, match="no amount") as failed:
        walked(scripted(page))
    position = failed.value.position
    assert position is not None
    assert (position.count, position.covered, position.last_id) == (1, 2, 9)


def test_since_includes_every_row_of_its_moment() -> None:
    server = Server(rows(60), seconds_per_id=0.0)
    assert walked(server.fetch, since=NOON) == rows(60)


def test_decide_is_pure() -> None:
    state = WalkState.start(query(), None)
    page = page_of(rows(20), per_page=20)
    first, second = decide(state, Slice(1, 20), page), decide(state, Slice(1, 20), page)
    assert first == second
    assert (first.state.covered, first.state.last_id, first.is_finished) == (20, 1, False)
    assert state == WalkState.start(query(), None)
