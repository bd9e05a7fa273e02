"""Iterating over a list that changes while it is read; `walk` has the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import gt
from typing import Any, TypeVar

from octopus_cards._base.exceptions import RequestError
from octopus_cards._base.positions import ListPosition
from octopus_cards._engine.effects import Emit, Flow, Stream
from octopus_cards._engine.pages import Page
from octopus_cards._engine.rows import AsyncOnInvalid, handle, place_of, split
from octopus_cards._engine.walk import ListQuery, Row, Slice, WalkState, choose_slice, decide

# A server that returns nothing new this many times in a row, although the list is not finished, is broken.
MAX_READS_WITHOUT_PROGRESS = 50
R = TypeVar("R", bound=Row)

Fetch = Callable[[Slice], Flow[Page[R]]]
Reject = Callable[[Slice, Page[R], str], Exception]


def iterate_moving_list(
    fetch: Fetch[R],
    reject: Reject[R],
    query: ListQuery,
    resume: ListPosition | None = None,
    on_invalid: AsyncOnInvalid = "raise",
) -> Stream[Page[R]]:
    """Emit the pages of a list, each without the rows that were emitted before.

    Rows that break the contract are handled in their place, after the rows before them. An error carries the position
    behind what was emitted; the promise holds across the interruption.
    """
    state = WalkState.start(query, resume)
    is_finished = False
    try:
        while not is_finished:
            part = choose_slice(state.covered, state.max_size)
            page = yield from fetch(part)
            _check(part, page, reject)
            before = state
            state, new, start, is_finished = decide(state, part, page)
            if state.reads_without_progress > MAX_READS_WITHOUT_PROGRESS:
                problem = (
                    f"{state.reads_without_progress} reads in a row returned nothing new, but the list is not finished"
                )
                raise reject(part, page, problem)
            since = query.since
            wanted = new if since is None else tuple(row for row in new if row.created_at >= since)
            if since is not None and new and new[-1].created_at < since:
                is_finished = True
            after, state = state, before
            for run, invalid in split(wanted):
                if run or (is_finished and before.count == 0 and invalid is None and len(run) == len(wanted)):
                    last = after if invalid is None else _taken(state, page, run, start)
                    yield from _emit(page, run, state, last, query, start)
                    state = replace(last, count=state.count + len(run))
                if invalid is not None:
                    state = _taken(state, page, (invalid,), start)
                    yield from handle(invalid, on_invalid)
            state = replace(after, count=state.count)
    except RequestError as error:
        error.position = state.position(query)
        raise


def _taken(state: WalkState, page: Page[Any], rows: Sequence[Any], start: int) -> WalkState:
    """Return the state after some rows of a page."""
    return state.mark_taken(rows, start + page.items.index(rows[-1]) + 1)


def _emit(
    page: Page[R], rows: tuple[R, ...], before: WalkState, after: WalkState, query: ListQuery, start: int
) -> Iterator[Emit[Page[R]]]:
    """Emit new rows in pages of the size that the caller asked for, each with its position."""
    if len(rows) <= query.per_page:
        position = replace(after, count=before.count + len(rows)).position(query)
        yield Emit(replace(page, items=rows, position=position))
        return
    state = before
    indices = {row.id: index for index, row in enumerate(page.items)}
    for first in range(0, len(rows), query.per_page):
        part = rows[first : first + query.per_page]
        state = replace(state.mark_taken(part, start + indices[part[-1].id] + 1), count=state.count + len(part))
        yield Emit(replace(page, items=part, position=state.position(query)))


def _check(part: Slice, page: Page[Any], reject: Reject[Any]) -> None:
    """Refuse another page than the requested one, and a list that is not newest first."""
    if page.number not in (None, part.page):
        raise reject(part, page, f"page {part.page} was requested, and X-Page is {page.number}")
    rows = page.items
    is_whole_list = page.has_more is False or page.total_count == (part.page - 1) * part.per_page + len(rows)
    if rows and not is_whole_list and all(place_of(row) == "unknown" for row in rows):
        raise rows[0].error  # whether rows are missing cannot be known
    ids = [row.id for row in rows]
    if all(map(gt, ids, ids[1:])):
        return
    if len(set(ids)) == len(ids) and all(newer.created_at >= older.created_at for newer, older in pairwise(rows)):
        return
    newer, older = next((a, b) for a, b in pairwise(ids) if a <= b)
    raise reject(part, page, f"the list is not newest first (item {newer} comes before {older})")
