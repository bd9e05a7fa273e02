"""The walk over a list that moves while it is read.

The list is newest first, by page number. Between two reads new orders push rows onto the next page, where
they would be seen twice, and orders that leave the filter pull rows onto the page already read, where they
would never be seen. What holds nevertheless: every order that matched during the whole walk is handed out
exactly once, in constant memory.

- The frontier, the lowest id handed out, tells repeats from news, since newest first means id descending.
- Rows can have been pulled past the walk only if the total fell, because what is inserted comes on top. Then
  the walk steps back until a page overlaps what was seen, and goes forward again from there.
- Where a whole page has nothing new because the total grew, the walk jumps ahead by the growth; had it jumped
  too far, the same overlap rule brings it back.

Without `X-Total-Count` a fall cannot be seen, and the promise is weaker: nothing twice, but rows may be missed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace

from octopus_cards._flows import Emit, Flow, Stream
from octopus_cards._pages import Page
from octopus_cards._wire import TopupOrder

Orders = Page[TopupOrder]
Fetch = Callable[[int], Flow[Orders]]
Refuse = Callable[[Orders, str], Exception]

# So many pages in a row without news or growth are a server that turns in circles.
STALE_PAGES_MAX = 10


@dataclass(slots=True)
class _Position:
    """Where a walk stands."""

    number: int = 1
    frontier: int | None = None
    total: int | None = None
    doubtful: bool = False
    stale: int = 0

    def growth(self, page: Orders) -> int:
        """By how much the total rose since the page before; remembers the new one."""
        before, self.total = self.total, page.total_count
        return 0 if before is None or self.total is None else self.total - before

    def overlaps(self, page: Orders) -> bool:
        """Whether no row can stand between what was handed out and this page's first."""
        return self.number == 1 or self.frontier is None or bool(page and page[0].id >= self.frontier)

    def news(self, page: Orders) -> tuple[TopupOrder, ...]:
        """The rows that were not handed out yet."""
        frontier = self.frontier
        return page.items if frontier is None else tuple(order for order in page if order.id < frontier)


def walk(fetch: Fetch, refuse: Refuse, per_page: int, since: datetime.datetime | None) -> Stream[Orders]:
    """Emits the pages of a list, each without the rows that were emitted before."""
    at = _Position()
    while True:
        page = yield from fetch(at.number)
        _check(page, at.number, refuse)
        growth = at.growth(page)
        at.doubtful |= growth < 0
        if at.doubtful and not at.overlaps(page):
            at.number -= 1
            continue
        at.doubtful = False
        news = at.news(page)
        wanted = news if since is None else tuple(order for order in news if order.created_at >= since)
        if wanted or at.frontier is None:
            yield Emit(replace(page, items=wanted))
        if len(wanted) < len(news) or not _goes_on(page, at.number, per_page):
            return
        if news:
            at.frontier, at.stale, step = news[-1].id, 0, 1
        else:
            at.stale = 0 if growth > 0 else at.stale + 1
            step = max(1, growth // (page.per_page or per_page))
        if at.stale > STALE_PAGES_MAX:
            raise refuse(page, f"{at.stale} pages in a row repeat what was listed before")
        at.doubtful = step > 1
        at.number += step


def _check(page: Orders, asked: int, refuse: Refuse) -> None:
    if page.number not in (None, asked):
        raise refuse(page, f"page {asked} was asked for and page {page.number} came")
    for newer, older in zip(page, page[1:], strict=False):
        if newer.id <= older.id:
            raise refuse(page, f"the list is not newest first (order {newer.id} stands before {older.id})")


def _goes_on(page: Orders, number: int, per_page: int) -> bool:
    """Whether any header says that pages follow; without headers, whether the page is full."""
    told: list[bool] = []
    if page.has_more is not None:
        told.append(page.has_more)
    if page.total_pages is not None:
        told.append(number < page.total_pages)
    if page.total_count is not None:
        told.append(number * (page.per_page or per_page) < page.total_count)
    return any(told) if told else len(page) >= per_page
