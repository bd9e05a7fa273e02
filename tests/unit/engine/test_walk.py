"""What one page means for a walk, rule by rule; `test_moving_list_histories` proves the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.exchange import CallResult
from octopus_cards._engine.pages import Page
from octopus_cards._engine.rows import InvalidRow
from octopus_cards._engine.walk import Decision, ListQuery, Slice, WalkState, choose_slice, decide
from support.moving_lists import NOON, RAW, order

QUERY = ListQuery("list_topup_orders", 20, 20, None, {})
SECOND = Slice(2, 20)


def state(**changes: Any) -> WalkState:
    """Return the state after the orders 100 to 81 were taken, with changes."""
    taken = WalkState.start(QUERY, None).mark_taken([order(each) for each in range(100, 80, -1)], 20)
    return replace(taken, served=20, **changes)


def decide_on(before: WalkState, part: Slice, first: int, last: int, **headers: Any) -> Decision:
    """Return what a page with the orders from one id down to another means."""
    return decide_on_rows(before, part, [order(each) for each in range(first, last - 1, -1)], **headers)


def decide_on_rows(before: WalkState, part: Slice, rows: Sequence[Any], **headers: Any) -> Decision:
    """Return what a page with these rows means."""
    page: Page[Any] = Page.from_result(CallResult(list(rows), RAW, "x"))
    return decide(before, part, replace(page, **headers))


def test_a_page_right_behind_what_the_last_read_showed_is_taken() -> None:
    decision = decide_on(state(), SECOND, 80, 61)
    assert [row.id for row in decision.new] == list(range(80, 60, -1))
    assert (decision.start, decision.is_finished) == (20, False)
    after = decision.state
    assert (after.last_id, after.covered, after.is_exact, after.jump, after.direction) == (61, 40, True, 1, 0)


def test_a_page_that_continues_the_list_ends_a_search() -> None:
    after = decide_on(state(jump=4, direction=-1), SECOND, 80, 61).state
    assert (after.jump, after.direction) == (1, 0)


def test_a_page_of_one_row_behind_a_guess_is_not_taken() -> None:
    assert decide_on(state(covered=1, is_exact=False), Slice(2, 1), 80, 80).new == ()


@pytest.mark.parametrize(
    ("row", "is_new"),
    [
        (order(80), True),
        (order(80, order(90).created_at), True),
        (order(200, order(80).created_at), True),
        (order(200, order(81).created_at), True),
        (order(81), False),
        (order(200, order(82).created_at), False),
    ],
)
def test_a_row_is_new_if_it_is_older_by_id_or_by_time(row: Any, is_new: bool) -> None:
    """The last row that was taken is 81; another of its moment may come later."""
    assert state().is_new(row) is is_new
    assert state().new_rows([row]) == ((row,) if is_new else ())


def test_rows_of_one_moment_are_new_once_in_any_order_of_their_ids() -> None:
    taken = WalkState.start(QUERY, None).mark_taken([order(11, NOON), order(10, NOON)], 2)
    rows = [order(9, NOON), order(11, NOON), order(8, NOON)]
    assert [row.id for row in taken.new_rows(rows)] == [9, 8]


def test_rows_without_anything_new_confirm_how_far_the_walk_came() -> None:
    after = state(is_exact=False).mark_taken([], 25)
    assert (after.covered, after.is_exact, after.last_id) == (25, True, 81)


@pytest.mark.parametrize(("row", "tied"), [(order(500), {81}), (order(500, order(81).created_at), {81, 500})])
def test_a_newer_row_does_not_change_which_rows_share_the_oldest_moment(row: Any, tied: set[int]) -> None:
    assert state().mark_taken([row], 21).tied_ids == tied


def test_a_page_behind_a_guess_is_not_taken_unless_it_repeats_a_row() -> None:
    guessed = state(is_exact=False)
    assert decide_on(guessed, SECOND, 80, 61).new == ()
    assert [row.id for row in decide_on(guessed, SECOND, 81, 62).new] == list(range(80, 61, -1))


@pytest.mark.parametrize(
    ("jump", "direction", "covered", "next_jump"),
    [(1, 0, 80, 2), (2, -1, 60, 4), (4, -1, 20, 8), (8, -1, 0, 16), (4, 1, 80, 2), (2, 1, 90, 1), (1, 1, 90, 1)],
)
def test_a_page_of_new_rows_sends_the_walk_back(jump: int, direction: int, covered: int, next_jump: int) -> None:
    """Twice as far each time, and half as far after a jump ahead."""
    before = state(covered=100, jump=jump, direction=direction, is_exact=False)
    decision = decide_on(before, Slice(6, 20), 80, 61)
    after = decision.state
    assert (decision.new, decision.start, decision.is_finished) == ((), 100, False)
    assert (after.covered, after.jump, after.direction) == (covered, next_jump, -1)
    assert (after.is_exact, after.reads_without_progress, after.last_id) == (False, 1, 81)


@pytest.mark.parametrize(
    ("jump", "direction", "covered", "next_jump"),
    [(1, 0, 50, 2), (2, 1, 70, 4), (8, -1, 70, 4), (1, -1, 40, 1)],
)
def test_a_page_of_known_rows_sends_the_walk_ahead(jump: int, direction: int, covered: int, next_jump: int) -> None:
    decision = decide_on(state(jump=jump, direction=direction), SECOND, 100, 81)
    after = decision.state
    assert (decision.new, decision.start, decision.is_finished) == ((), 20, False)
    assert (after.covered, after.jump, after.direction) == (covered, next_jump, 1)
    assert (after.is_exact, after.reads_without_progress) == (False, 1)


def test_a_jump_keeps_the_page_size_that_the_server_serves() -> None:
    known = decide_on(state(size_limit=50, max_size=30), SECOND, 100, 81).state
    assert known.max_size == 30
    small = decide_on(replace(state(size_limit=50, max_size=10), served=19), Slice(2, 10), 100, 91).state
    assert small.max_size == 50


@pytest.mark.parametrize(
    ("headers", "is_finished"),
    [
        ({}, True),
        ({"has_more": True}, False),
        ({"has_more": False}, True),
        ({"total_pages": 3}, False),
        ({"total_pages": 2}, True),
        ({"total_count": 26}, False),
        ({"total_count": 25}, True),
    ],
)
def test_a_short_page_ends_the_list_unless_a_header_says_more(headers: dict[str, Any], is_finished: bool) -> None:
    decision = decide_on(state(), SECOND, 80, 76, per_page=20, **headers)
    assert len(decision.new) == 5
    assert decision.is_finished is is_finished


def test_a_short_page_without_headers_is_looked_behind() -> None:
    decision = decide_on(state(covered=30), Slice(2, 30), 80, 56)
    assert (decision.state.max_size, decision.is_finished) == (25, False)


@pytest.mark.parametrize(
    ("last", "has_more", "is_finished"), [(76, False, True), (76, True, False), (62, False, True), (61, False, False)]
)
def test_a_server_may_serve_twenty_rows_at_most_and_call_that_the_end(
    last: int, *, has_more: bool, is_finished: bool
) -> None:
    decision = decide_on(state(covered=30), Slice(2, 30), 80, last, has_more=has_more)
    assert decision.is_finished is is_finished


def invalid(number: float, moment: Any, place: Any) -> InvalidRow:
    """Return a row that breaks the contract, with a made-up id."""
    error = oc.InvalidResponseError("broken", method="GET", path="/x", status_code=200)
    return InvalidRow({}, error, number, moment, place)


def test_a_row_whose_place_is_not_known_is_not_taken_at_the_top_of_a_guess() -> None:
    rows = (invalid(81.5, order(81).created_at, "before next"), order(81), order(80))
    decision = decide_on_rows(state(is_exact=False), SECOND, rows)
    assert [row.id for row in decision.new] == [80]
    only = decide_on_rows(
        state(is_exact=False), SECOND, (invalid(80.5, order(80).created_at, "before next"), order(80))
    )
    assert only.new == ()


@pytest.mark.parametrize("known", [1, 2, 3])
def test_a_page_covers_the_list_up_to_the_last_row_whose_place_is_known(known: int) -> None:
    rows = [order(80 - each) for each in range(known)]
    rows_after = [invalid(rows[-1].id - 0.5, rows[-1].created_at, "after previous")]
    assert decide_on_rows(state(), SECOND, (*rows, *rows_after)).state.covered == 20 + known


@pytest.mark.parametrize(("reads", "total", "is_finished"), [(0, 31, False), (1, 30, False), (1, 31, True)])
def test_a_total_that_changed_between_two_empty_reads_announces_nothing(
    reads: int, total: int, *, is_finished: bool
) -> None:
    before = state(reads_without_progress=reads, total=30)
    decision = decide_on(before, SECOND, 0, 1, per_page=20, total_count=total)
    assert decision.is_finished is is_finished


def test_a_smaller_page_than_asked_for_is_the_new_limit() -> None:
    after = decide_on(
        WalkState.start(replace(QUERY, per_page=50, max_per_page=50), None), Slice(1, 50), 100, 81, per_page=20
    )
    assert (after.state.size_limit, after.state.max_size, after.is_finished) == (20, 20, False)


@pytest.mark.parametrize("covered", [0, 1, 19, 20, 21, 39, 40, 499, 500, 12_345])
@pytest.mark.parametrize("max_size", [20, 50, 500])
def test_the_next_slice_repeats_the_last_covered_row(covered: int, max_size: int) -> None:
    page, size = choose_slice(covered, max_size)
    assert size <= max_size
    start, end = (page - 1) * size, page * size
    assert end > covered
    assert start == 0 if covered == 0 else start < covered
