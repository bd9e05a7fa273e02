"""Random histories: whatever happens to a list while it is read, no row is lost and none comes twice."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import octopus_cards as oc
from octopus_cards._engine.effects import Emit, Flow
from octopus_cards._engine.moving_list import iterate_moving_list
from octopus_cards._engine.walk import Slice
from support.moving_lists import Move, Server, query, reject, walked

# The lists are longer than a page of 20 rows, and moves are larger than one, so that every rule of the walk is needed.
COUNTS = st.sampled_from([0, 0, 1, 3, 12, 30])
POSITIONS = st.lists(st.integers(0, 200), max_size=12)
IDS = st.lists(st.integers(1, 300), max_size=8)
MOVES = st.lists(st.tuples(COUNTS, POSITIONS, IDS), max_size=40)
# A strategy of sets would draw lists of a few rows, which fit into one page.
ROWS = st.builds(
    lambda count, seed: set(Random(seed).sample(range(1, 301), count)),
    st.sampled_from([0, 1, 19, 20, 21, 40, 41, 60, 90, 150]),
    st.integers(0, 1000),
)
SIZES = st.sampled_from([1, 7, 20, 33, 100, 500])
COUNTINGS = st.sampled_from(["before", "with", "after", "wrong", "never"])
LIMITS = st.sampled_from([None, None, 20, 37])
SECONDS = st.sampled_from([1.0, 0.2, 0.0])


def check(server: Server, rows: set[int], found: list[int]) -> None:
    """Every row that was there all the time was yielded, and none twice."""
    assert rows - server.removed <= set(found)
    assert len(found) == len(set(found))


@given(ROWS, MOVES, SIZES, COUNTINGS, LIMITS, st.booleans(), SECONDS)
def test_no_row_is_lost_and_none_comes_twice(
    rows: set[int], moves: list[Move], size: int, counting: Any, limit: int | None, confirms: bool, seconds: float
) -> None:
    """Rows enter and leave anywhere, as by any filter; the server counts as it likes, or not at all."""
    server = Server(sorted(rows, reverse=True), iter(moves), counting, limit, confirms, seconds)
    found = walked(server.fetch, size)
    check(server, rows, found)


@given(ROWS, MOVES, SIZES, COUNTINGS, LIMITS, st.booleans(), SECONDS)
def test_rows_of_the_same_second_come_in_any_order(
    rows: set[int], moves: list[Move], size: int, counting: Any, limit: int | None, confirms: bool, seconds: float
) -> None:
    server = Server(sorted(rows, reverse=True), iter(moves), counting, limit, confirms, seconds, shuffled=True)
    check(server, rows, walked(server.fetch, size))


@given(ROWS, MOVES, SIZES, COUNTINGS)
def test_a_list_by_distinct_times_is_newest_first(rows: set[int], moves: list[Move], size: int, counting: Any) -> None:
    found = walked(Server(sorted(rows, reverse=True), iter(moves), counting).fetch, size)
    assert found == sorted(found, reverse=True)


@given(ROWS, st.lists(st.tuples(COUNTS, POSITIONS, st.just([])), max_size=40), SIZES)
def test_rows_that_only_come_on_top_and_leave(rows: set[int], moves: list[Move], size: int) -> None:
    """As without a status filter, or by PENDING."""
    server = Server(sorted(rows, reverse=True), iter(moves))
    check(server, rows, walked(server.fetch, size))


def interrupted(server: Server, size: int, chances: Iterator[bool]) -> Iterator[int]:
    """Yield the ids of a list that fails now and then, and is resumed by another process each time."""

    def fetch(part: Slice) -> Flow[oc.Page[oc.TopupOrder]]:
        if next(chances, False):
            raise oc.OutcomeUnknownError("lost", method="GET", path="/x")
        return (yield from server.fetch(part))

    position, yielded = None, 0
    while True:
        try:
            for effect in iterate_moving_list(fetch, reject, query(size), position):
                assert isinstance(effect, Emit)
                for each in effect.item:
                    yielded += 1
                    yield each.id
        except oc.RequestError as error:
            position = oc.ListPosition.from_json(pickle.loads(pickle.dumps(error)).position.to_json())
            assert position.count == yielded
        else:
            return


@given(ROWS, MOVES, SIZES, COUNTINGS, LIMITS, SECONDS, st.lists(st.booleans(), max_size=30), st.booleans())
def test_a_list_that_is_resumed_keeps_the_promise(
    rows: set[int],
    moves: list[Move],
    size: int,
    counting: Any,
    limit: int | None,
    seconds: float,
    faults: list[bool],
    shuffled: bool,
) -> None:
    server = Server(sorted(rows, reverse=True), iter(moves), counting, limit, seconds_per_id=seconds, shuffled=shuffled)
    check(server, rows, list(interrupted(server, size, iter(faults))))
