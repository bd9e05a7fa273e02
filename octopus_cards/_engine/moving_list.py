"""The walk over a list that moves while it is read.

The list is newest first, by page number. Between two reads new orders push rows onto the next page, where
they would be seen twice, and orders that leave the filter pull rows onto the page already read, where they
would never be seen. What holds nevertheless: every order that matched during the whole walk is handed out
exactly once, in constant memory.

- The frontier, the lowest id handed out, tells repeats from news, since newest first means id descending.
- `covered` counts the rows from the top of the list down to the frontier, at least. It shrinks by what the total
  falls. It grows by what the total grows only where rows come on top alone (`grows_on_top`): by a status that an
  order reaches later, rows enter anywhere.
- The page after one that was taken is taken when it starts within what is covered. Any other page is taken only
  when it overlaps what was seen; otherwise the walk goes back towards the page where the covered rows end.

So a list that stands still, or only grows, costs no request too many, and a fall of the total costs about one.
While rows come on top faster than they are read the walk aims ahead by their pace. A page that lacks rows which
its own total announces is read again. A walk that gets nowhere ends with an error.

A walk that cannot complete raises, and `ListPosition` says how far it came; the rules hold over the interruption
too, so it goes on from there as if nothing had been.

Two limits. Without `X-Total-Count` a fall cannot be seen. And where orders both enter below and leave above
between two reads, the total hides it: no documented status does both (PENDING is only left, DELIVERED, FAILED
and CANCELLED are only reached), but RECHARGED, whose meaning is not documented, might.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import le

from octopus_cards._base.exceptions import RequestError
from octopus_cards._engine.effects import Emit, Flow, Stream
from octopus_cards._engine.pages import Page
from octopus_cards._io.codec import TopupOrder, TopupStatus

Orders = Page[TopupOrder]
Fetch = Callable[[int], Flow[Orders]]
Refuse = Callable[[Orders, str], Exception]

# So many reads in a row, and of so many rows, without an order that is new, are a server that turns in circles.
FRUITLESS_READS_MAX = 50
FRUITLESS_ROWS_MAX = 1000
# How often a page is read that lacks rows which its own total announces.
SHORT_READS_MAX = 3


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list was asked for."""

    per_page: int
    since: datetime.datetime | None
    status: TopupStatus | None
    product_id: int | None
    country: str | None

    @property
    def grows_on_top(self) -> bool:
        """Whether what enters the list comes on top.

        An order is PENDING from its first moment; any other status it reaches later, far down the list.
        """
        return self.status in (None, TopupStatus.PENDING)


@dataclass(frozen=True, slots=True, repr=False)
class ListPosition:
    """How far a list was read; `orders.list(resume=position)` goes on from there. It can be pickled.

    Attributes:
        orders: How many orders were handed out before.
        last_id: The id of the last of them; None before the first.
        query: What the list was asked for.
    """

    __module__ = "octopus_cards"

    orders: int
    last_id: int | None
    query: ListQuery
    _at: _Position

    def __repr__(self) -> str:
        return f"<ListPosition: after {self.orders} orders, the last {self.last_id}>"


@dataclass(slots=True)
class _Position:
    """Where a walk stands."""

    grows_on_top: bool
    orders: int = 0
    number: int = 1
    taken: int = 0
    frontier: int | None = None
    covered: int = 0
    total: int | None = None
    growth: int = 0
    fruitless: int = 0
    short: int = 0

    def move(self, page: Orders) -> int:
        """Takes in how the total moved since it was last known; returns the pace at which rows come on top."""
        before, self.total = self.total, self.total if page.total_count is None else page.total_count
        growth = 0 if before is None or self.total is None else self.total - before
        if not self.grows_on_top:
            growth = min(growth, 0)
        self.covered = max(0, self.covered + growth)
        pace, self.growth = min(self.growth, growth), growth
        return pace

    def joins(self, page: Orders, size: int) -> bool:
        """Whether no row can stand between what was handed out and this page's first."""
        if self.number == 1 or (self.number == self.taken + 1 and self.taken * size <= self.covered):
            return True
        return bool(page and self.frontier is not None and page[0].id >= self.frontier)

    def news(self, page: Orders) -> tuple[TopupOrder, ...]:
        """The rows that were not handed out yet."""
        frontier = self.frontier
        if frontier is None or (page and page[0].id < frontier):  # the ids fall
            return page.items
        return tuple(order for order in page if order.id < frontier)

    def take(self, news: tuple[TopupOrder, ...], size: int) -> None:
        """Counts this page as handed out."""
        self.taken, self.short, end = self.number, 0, self.number * size
        if news:
            self.frontier, self.covered, self.fruitless = news[-1].id, end, 0
        else:
            self.covered = max(self.covered, end)

    def go_on(self, size: int, pace: int, *, joined: bool) -> None:
        """Chooses the next page: the one that follows, or the one where the covered rows end."""
        last_covered = max(0, self.covered + (pace if pace >= size else 0) - 1) // size + 1
        if joined:
            self.number = max(self.taken + 1, last_covered)
        else:
            self.number = min(self.number - 1, max(0, self.covered - 1) // size + 1)


def walk(fetch: Fetch, refuse: Refuse, query: ListQuery, resume: ListPosition | None = None) -> Stream[Orders]:
    """Emits the pages of a list, each without the rows that were emitted before."""
    at = replace(resume._at, fruitless=0, short=0) if resume else _Position(query.grows_on_top)  # noqa: SLF001
    try:
        yield from _walk(at, fetch, refuse, query)
    except RequestError as error:
        error.position = ListPosition(at.orders, at.frontier, query, replace(at))
        raise


def _walk(at: _Position, fetch: Fetch, refuse: Refuse, query: ListQuery) -> Stream[Orders]:
    since = query.since
    while True:
        page = yield from fetch(at.number)
        _check(page, at.number, refuse)
        size = page.per_page or query.per_page
        pace = at.move(page)
        joined = at.joins(page, size)
        at.fruitless += 1
        if joined and (missing := _missing(page, at.number, size)):
            # Nothing of it is handed out: what it lacks may stand above what it has.
            at.short += 1
            if at.short >= SHORT_READS_MAX:
                raise refuse(page, f"page {at.number} lacks {missing} of the orders that its total announces")
            continue
        if joined:
            news = at.news(page)
            wanted = news if since is None else tuple(order for order in news if order.created_at >= since)
            if wanted or at.frontier is None:
                at.orders += len(wanted)
                yield Emit(page if len(wanted) == len(page) else replace(page, items=wanted))
            if len(wanted) < len(news) or not _goes_on(page, at.number, size):
                return
            at.take(news, size)
        if at.fruitless > max(FRUITLESS_READS_MAX, FRUITLESS_ROWS_MAX // size):
            raise refuse(page, f"{at.fruitless} reads in a row gave nothing new though more was announced")
        at.go_on(size, pace, joined=joined)


def _missing(page: Orders, number: int, size: int) -> int:
    """How many orders of this page the total announces that did not come."""
    if page.total_count is None:
        return 0
    return max(0, min(size, page.total_count - (number - 1) * size) - len(page))


def _check(page: Orders, asked: int, refuse: Refuse) -> None:
    if page.number not in (None, asked):
        raise refuse(page, f"page {asked} was asked for and page {page.number} came")
    ids = [order.id for order in page]
    if any(map(le, ids, ids[1:])):
        newer, older = next(pair for pair in pairwise(ids) if pair[0] <= pair[1])
        raise refuse(page, f"the list is not newest first (order {newer} stands before {older})")


def _goes_on(page: Orders, number: int, size: int) -> bool:
    """Whether any header says that pages follow; without headers, whether the page is full."""
    told: list[bool] = []
    if page.has_more is not None:
        told.append(page.has_more)
    if page.total_pages is not None:
        told.append(number < page.total_pages)
    if page.total_count is not None:
        told.append(number * size < page.total_count)
    return any(told) if told else len(page) >= size
