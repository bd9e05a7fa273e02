"""The walk over a list that moves while it is read.

The list is newest first, by page number. Between two reads new orders push rows onto the next page, where
they would be seen twice, and orders that leave the filter pull rows onto the page already read, where they
would never be seen. What holds nevertheless: every order that matched during the whole walk is handed out
exactly once, in constant memory.

- The frontier, the lowest id handed out, tells repeats from news, since newest first means id descending.
- `covered` counts the rows from the top of the list down to the frontier, at least. What is inserted comes on
  top, so between two reads it grows by no less than the total does, and shrinks by no more than the total does.
- A page is taken when no row can stand between the frontier and its first row: it starts within what is
  covered, or it overlaps what was seen. Otherwise the walk goes to the page where the covered rows end.

So a list that stands still, or only grows, costs no request too many, a fall of the total costs about one, and
while rows come faster than they are read the walk aims ahead by their pace. Without `X-Total-Count` a fall
cannot be seen, and the promise is weaker: nothing twice, but rows may be missed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from octopus_cards._flows import Emit, Flow, Stream
from octopus_cards._pages import Page
from octopus_cards._wire import TopupOrder

Orders = Page[TopupOrder]
Fetch = Callable[[int], Flow[Orders]]
Refuse = Callable[[Orders, str], Exception]

# So many rows in a row, and at least so many pages, without news or growth are a server that turns in circles.
STALE_ROWS_MAX = 1000
STALE_PAGES_MAX = 10


@dataclass(slots=True)
class _Position:
    """Where a walk stands."""

    frontier: int | None = None
    covered: int = 0
    total: int | None = None
    growth: int = 0
    stale: int = 0

    def move(self, page: Orders) -> int:
        """Takes in how the total moved since it was last known; returns the pace at which rows come."""
        before, self.total = self.total, self.total if page.total_count is None else page.total_count
        growth = 0 if before is None or self.total is None else self.total - before
        self.covered = max(0, self.covered + growth)
        pace, self.growth = min(self.growth, growth), growth
        return pace

    def joins(self, page: Orders, start: int) -> bool:
        """Whether no row can stand between what was handed out and this page's first."""
        return start <= self.covered or bool(page and self.frontier is not None and page[0].id >= self.frontier)

    def news(self, page: Orders) -> tuple[TopupOrder, ...]:
        """The rows that were not handed out yet."""
        frontier = self.frontier
        return page.items if frontier is None else tuple(order for order in page if order.id < frontier)

    def take(self, news: tuple[TopupOrder, ...], end: int) -> None:
        """Counts a page that ends at this row as handed out."""
        if news:
            self.frontier, self.covered, self.stale = news[-1].id, end, 0
        else:
            self.covered = max(self.covered, end)
            self.stale = 0 if self.growth > 0 else self.stale + 1


def walk(fetch: Fetch, refuse: Refuse, per_page: int, since: datetime.datetime | None) -> Stream[Orders]:
    """Emits the pages of a list, each without the rows that were emitted before."""
    at, number = _Position(), 1
    while True:
        page = yield from fetch(number)
        _check(page, number, refuse)
        size = page.per_page or per_page
        pace = at.move(page)
        if at.joins(page, (number - 1) * size):
            news = at.news(page)
            wanted = news if since is None else tuple(order for order in news if order.created_at >= since)
            if wanted or at.frontier is None:
                yield Emit(replace(page, items=wanted))
            if len(wanted) < len(news) or not _goes_on(page, number, size):
                return
            at.take(news, number * size)
            if at.stale > max(STALE_PAGES_MAX, STALE_ROWS_MAX // size):
                raise refuse(page, f"{at.stale} pages in a row repeat what was listed before")
        number = (at.covered + (pace if pace >= size else 0)) // size + 1


def _check(page: Orders, asked: int, refuse: Refuse) -> None:
    if page.number not in (None, asked):
        raise refuse(page, f"page {asked} was asked for and page {page.number} came")
    for newer, older in pairwise(page):
        if newer.id <= older.id:
            raise refuse(page, f"the list is not newest first (order {newer.id} stands before {older.id})")


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
