"""The rules by which a walk over a moving list chooses pages, so that no row is lost and none comes twice.

The list is newest first and read by page number. Between two reads, new rows push others onto the next page, and rows
that leave a filter pull others onto the page before. A page starts at row (page - 1) * per_page. The client chooses
both numbers so that each page repeats the last row of the page before. If the first row of a page is new, rows may be
missing, so the client requests an earlier page; if every row is known, it requests a later one. No paging header is
needed for that: headers only confirm the end.

A row is new if it is older than everything that was yielded, by its id or by its creation time, or if it shares the
oldest creation time and was not yielded. So the promise holds whether the server sorts by id or by time.

The limit: a server that serves fewer than 20 rows a page leaves some positions without an overlapping page.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter, lt
from typing import Any, NamedTuple, Protocol

from octopus_cards._base.positions import ListPosition, parse_time
from octopus_cards._engine.pages import Page
from octopus_cards._engine.rows import from_placed, id_of_number, number_of_id, placed_end

# Smaller pages have too few overlapping choices; a smaller `per_page` is only what is handed out at a time.
MIN_PAGE_SIZE = 20

_ID, _CREATED_AT = attrgetter("id"), attrgetter("created_at")


class Row(Protocol):
    """An item of a moving list."""

    @property
    def id(self) -> int:
        """Its id."""
        ...

    @property
    def created_at(self) -> datetime.datetime:
        """When it was created."""
        ...


class Slice(NamedTuple):
    """A part of the list, as the API names it."""

    page: int
    per_page: int


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list asks for: the largest page size is that of the contract."""

    operation: str
    per_page: int
    max_per_page: int
    since: datetime.datetime | None
    filters: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class WalkState:
    """How far a walk came.

    Attributes:
        size_limit: The largest page to request; `X-Per-Page` can lower it.
        max_size: The largest page to request now: lower while the server may be serving smaller pages silently.
        served: The most rows that the server returned at once.
        count: How many rows were yielded.
        last_id: The lowest id that was taken; None before the first row.
        last_time: The oldest creation time that was taken.
        tied_ids: The ids that were taken with that creation time.
        covered: How many rows from the top of the list the taken ones cover.
        is_exact: Whether `covered` was true at the last read, and is not a guess.
        jump: The size of the last jump, in half pages.
        direction: The direction of the last jump: 1 ahead, -1 back, 0 if the last page continued the list.
        reads_without_progress: How many reads in a row returned nothing new.
        total: The total that the last page announced.
    """

    size_limit: int
    max_size: int
    served: int = 0
    count: int = 0
    last_id: int | None = None
    last_time: datetime.datetime | None = None
    tied_ids: frozenset[int] = frozenset()
    covered: int = 0
    is_exact: bool = False
    jump: int = 1
    direction: int = 0
    reads_without_progress: int = 0
    total: int | None = None

    @classmethod
    def start(cls, query: ListQuery, resume: ListPosition | None) -> WalkState:
        """Return the state of a walk before its first read."""
        max_size = min(max(query.per_page, MIN_PAGE_SIZE), query.max_per_page)
        if resume is None:
            return cls(max_size, max_size)
        tied_ids = frozenset(map(id_of_number, resume.tied_ids))
        last_id = min((each for each in tied_ids if math.ceil(each) == resume.last_id), default=resume.last_id)
        return cls(
            max_size,
            max_size,
            count=resume.count,
            last_id=last_id,
            last_time=parse_time(resume.last_time),
            tied_ids=tied_ids,
            covered=resume.covered,
        )

    def position(self, query: ListQuery) -> ListPosition:
        """Return where the list can be resumed."""
        return ListPosition(
            operation=query.operation,
            per_page=query.per_page,
            since=query.since.isoformat() if query.since else None,
            filters=dict(query.filters),
            count=self.count,
            last_id=None if self.last_id is None else math.ceil(self.last_id),
            last_time=self.last_time.isoformat() if self.last_time else None,
            tied_ids=tuple(sorted(map(number_of_id, self.tied_ids))),
            covered=self.covered,
        )

    def is_new(self, row: Row) -> bool:
        """Return whether a row was not taken before and belongs behind those that were."""
        if self.last_id is None or self.last_time is None or row.id < self.last_id:
            return True
        moment = row.created_at
        return moment < self.last_time or (moment == self.last_time and row.id not in self.tied_ids)

    def new_rows(self, rows: Sequence[Any]) -> tuple[Any, ...]:
        """Return the rows of a page that were not taken before."""
        last_id = self.last_id
        if last_id is None:
            return tuple(rows)
        # Where the ids fall, as they mostly do, every row behind a lower id is new.
        ids = list(map(_ID, rows))
        behind = next((index for index, row_id in enumerate(ids) if row_id < last_id), len(ids))
        if all(map(lt, ids[behind + 1 :], ids[behind:])):
            return (*filter(self.is_new, rows[:behind]), *rows[behind:])
        return tuple(filter(self.is_new, rows))

    def mark_taken(self, rows: Sequence[Row], covered: int) -> WalkState:
        """Return the state after these rows, which cover the list up to a number of rows."""
        if not rows:
            return replace(self, covered=covered, is_exact=True)
        oldest = min(map(_CREATED_AT, rows))
        tied = frozenset(row.id for row in rows if row.created_at == oldest)
        if self.last_time is not None and self.last_time <= oldest:
            tied = self.tied_ids | tied if self.last_time == oldest else self.tied_ids
            oldest = self.last_time
        lowest = min(map(_ID, rows))
        last_id = lowest if self.last_id is None else min(self.last_id, lowest)
        return replace(self, last_id=last_id, last_time=oldest, tied_ids=tied, covered=covered, is_exact=True)


class Decision(NamedTuple):
    """What a page means: the next state, the new rows, where the page starts, and whether the list is finished."""

    state: WalkState
    new: tuple[Any, ...]
    start: int
    is_finished: bool


def choose_slice(covered: int, max_size: int) -> Slice:
    """Return the slice with the most rows behind the covered ones that also holds the last covered row.

    Where there is none, which takes pages of fewer than 20 rows, the slice starts behind the covered rows.
    """
    if covered == 0:
        return Slice(1, max_size)
    best, choice = 0, Slice(covered // max_size + 1, max_size)
    for size in range(max_size, 1, -1):
        page = (covered - 1) // size + 1
        gain = page * size - covered
        if gain > best:
            best, choice = gain, Slice(page, size)
        if best >= size - 1:
            break
    return choice


def decide(state: WalkState, part: Slice, page: Page[Any]) -> Decision:
    """Return what a page means for the walk; pure, so that its rules can be tested one by one."""
    rows = page.items
    size = min(part.per_page, page.per_page or part.per_page)
    if size < part.per_page:
        state = replace(state, size_limit=size, max_size=min(state.max_size, size))
    state = replace(state, served=max(state.served, len(rows)))
    start = (part.page - 1) * size
    is_adjacent = start == state.covered and state.is_exact
    known = rows if is_adjacent or start == 0 else from_placed(rows)
    if start > 0 and not is_adjacent and (not known or state.is_new(known[0])):
        return Decision(_jump_back(state, start), (), start, is_finished=False)
    new = state.new_rows(known)
    is_short = len(rows) < size
    if not new and not is_short:
        return Decision(_jump_ahead(state, start + len(rows)), (), start, is_finished=False)
    waits = 0 if new else state.reads_without_progress + 1
    taken = state.mark_taken(new, start + placed_end(rows))
    taken = replace(taken, jump=1, direction=0, reads_without_progress=waits, total=page.total_count)
    is_confirmed = page.has_more is False and len(rows) < MIN_PAGE_SIZE
    if is_short and size > state.served > 0 and page.per_page != part.per_page and not is_confirmed:
        # The server may serve smaller pages than asked without saying so: look behind this one.
        return Decision(replace(taken, max_size=state.served), new, start, is_finished=False)
    is_end = is_short and not _announces_more(state, part, page, start, is_waiting=not new)
    return Decision(taken, new, start, is_end)


def _announces_more(state: WalkState, part: Slice, page: Page[Any], start: int, *, is_waiting: bool) -> bool:
    """Return whether a header says that rows follow a short page."""
    more = page.has_more is True or (page.total_pages is not None and part.page < page.total_pages)
    if page.total_count is not None:
        more = more or start + len(page.items) < page.total_count
    # Twice nothing new, with another total each time: rows are added between the server's two queries.
    has_moved = is_waiting and state.reads_without_progress > 0 and page.total_count != state.total
    return more and not has_moved


def _jump_back(state: WalkState, start: int) -> WalkState:
    jump = state.jump * 2 if state.direction <= 0 else max(1, state.jump // 2)
    covered = max(0, min(start, state.covered - jump * state.max_size // 2))
    return _jumped(state, covered, jump, -1)


def _jump_ahead(state: WalkState, end: int) -> WalkState:
    jump = state.jump * 2 if state.direction >= 0 else max(1, state.jump // 2)
    return _jumped(state, end + (jump - 1) * state.max_size // 2, jump, 1)


def _jumped(state: WalkState, covered: int, jump: int, direction: int) -> WalkState:
    return replace(
        state,
        max_size=state.max_size if state.served >= MIN_PAGE_SIZE else state.size_limit,
        covered=covered,
        is_exact=False,
        jump=jump,
        direction=direction,
        reads_without_progress=state.reads_without_progress + 1,
    )
