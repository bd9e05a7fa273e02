"""A list that moves while it is read loses no row and gives none twice, whatever happens to it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

import octopus_cards as oc
from octopus_cards._engine.effects import Emit, Flow
from octopus_cards._engine.moving_list import walk
from support.moving_lists import Server, query, refuse, walked

ROWS = st.lists(st.integers(0, 60), max_size=8)


COUNTS = st.integers(0, 12)


SIZES = st.integers(1, 7)


@given(count=st.integers(0, 40), moves=st.lists(st.tuples(COUNTS, ROWS), max_size=40), per_page=SIZES)
def test_what_matched_all_the_time_comes_exactly_once(
    count: int, moves: list[tuple[int, list[int]]], per_page: int
) -> None:
    """As without a status filter, or by PENDING: orders come on top, and leave from anywhere."""
    server = Server(list(range(count, 0, -1)), ((n, leaving, []) for n, leaving in moves), per_page)
    given = walked(server.fetch, per_page)
    assert set(range(1, count + 1)) - server.removed <= set(given)
    assert given == sorted(set(given), reverse=True)


@given(rows=st.sets(st.integers(1, 60)), moves=st.lists(st.tuples(COUNTS, ROWS), max_size=40), per_page=SIZES)
def test_what_enters_anywhere_hides_nothing(rows: set[int], moves: list[tuple[int, list[int]]], per_page: int) -> None:
    """As by DELIVERED: orders enter where they belong by their age, and none leaves."""
    server = Server(sorted(rows, reverse=True), ((n, [], entering) for n, entering in moves), per_page)
    given = walked(server.fetch, per_page, grows_on_top=False)
    assert rows <= set(given)
    assert given == sorted(set(given), reverse=True)


@given(
    rows=st.sets(st.integers(1, 60), min_size=20),
    moves=st.lists(st.tuples(st.booleans(), ROWS), max_size=40),
    per_page=SIZES,
)
def test_what_enters_anywhere_and_leaves_in_turns_hides_nothing(
    rows: set[int], moves: list[tuple[bool, list[int]]], per_page: int
) -> None:
    """Growth below the frontier must not make up for a fall above it."""
    history = ((0, [], found) if entering else (0, found, []) for entering, found in moves)
    server = Server(sorted(rows, reverse=True), history, per_page)
    given = walked(server.fetch, per_page, grows_on_top=False)
    assert rows - server.removed <= set(given)


@given(
    rows=st.sets(st.integers(1, 60)),
    moves=st.lists(st.tuples(COUNTS, ROWS, ROWS), max_size=60),
    per_page=SIZES,
    on_top=st.booleans(),
)
def test_whatever_moves_nothing_comes_twice_and_the_walk_ends(
    rows: set[int], moves: list[tuple[int, list[int], list[int]]], per_page: int, *, on_top: bool
) -> None:
    server = Server(sorted(rows, reverse=True), iter(moves), per_page)
    given = walked(server.fetch, per_page, grows_on_top=on_top)
    assert given == sorted(set(given), reverse=True)


@given(count=st.integers(0, 40), inserts=st.lists(st.integers(0, 12), max_size=9), per_page=st.integers(1, 7))
def test_without_totals_nothing_comes_twice_and_inserts_lose_nothing(
    count: int, inserts: list[int], per_page: int
) -> None:
    server = Server(list(range(count, 0, -1)), ((n, [], []) for n in inserts), per_page, headers=False)
    given = walked(server.fetch, per_page)
    assert set(range(1, count + 1)) <= set(given)
    assert given == sorted(set(given), reverse=True)


def interrupted(server: Server, *, grows_on_top: bool, chances: Iterator[bool]) -> Iterator[int]:
    """The ids that a walk gives which fails now and then, and is taken up by another process each time."""

    def fetch(number: int) -> Flow[oc.Page[oc.TopupOrder]]:
        if next(chances, False):
            raise oc.OutcomeUnknownError("lost", method="GET", path="/x")
        return (yield from server.fetch(number))

    position = None
    handed_out = 0
    while True:
        try:
            for effect in walk(fetch, refuse, query(server.per_page, grows_on_top=grows_on_top), position):
                assert isinstance(effect, Emit)
                for each in effect.item:
                    handed_out += 1
                    yield each.id
        except oc.RequestError as error:
            position = pickle.loads(pickle.dumps(error)).position
            assert position.orders == handed_out
        else:
            return


@given(
    count=st.integers(0, 40),
    moves=st.lists(st.tuples(COUNTS, ROWS), max_size=40),
    per_page=SIZES,
    faults=st.lists(st.booleans(), max_size=30),
)
def test_a_walk_that_is_taken_up_again_keeps_the_promise(
    count: int, moves: list[tuple[int, list[int]]], per_page: int, faults: list[bool]
) -> None:
    server = Server(list(range(count, 0, -1)), ((n, leaving, []) for n, leaving in moves), per_page)
    given = list(interrupted(server, grows_on_top=True, chances=iter(faults)))
    assert set(range(1, count + 1)) - server.removed <= set(given)
    assert given == sorted(set(given), reverse=True)


@given(
    rows=st.sets(st.integers(1, 60)),
    moves=st.lists(st.tuples(COUNTS, ROWS), max_size=40),
    per_page=SIZES,
    faults=st.lists(st.booleans(), max_size=30),
)
def test_so_does_one_that_rows_enter_anywhere(
    rows: set[int], moves: list[tuple[int, list[int]]], per_page: int, faults: list[bool]
) -> None:
    server = Server(sorted(rows, reverse=True), ((n, [], entering) for n, entering in moves), per_page)
    given = list(interrupted(server, grows_on_top=False, chances=iter(faults)))
    assert rows <= set(given)
    assert given == sorted(set(given), reverse=True)
