"""A model of a server whose list changes while it is read."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import octopus_cards as oc
from octopus_cards._engine.effects import Emit, Flow
from octopus_cards._engine.moving_list import iterate_moving_list
from octopus_cards._engine.walk import ListQuery, Slice

NOON = datetime.datetime(2026, 5, 19, 12, tzinfo=datetime.UTC)
RAW = oc.RawResponse(200, {}, b"")
MAX_READS = 5_000
# When the server counts the rows: in a query before or after the one that selects them, or in the same one.
Counting = Literal["before", "with", "after", "wrong", "never"]


def order(number: int, moment: datetime.datetime | None = None) -> oc.TopupOrder:
    """Return an order that was created this many seconds after noon."""
    return oc.TopupOrder(
        id=number,
        product_id=1,
        product_name="",
        country_code="GLO",
        amount=Decimal(1),
        currency="USD",
        status="PENDING",
        created_at=moment or NOON + datetime.timedelta(seconds=number),
    )


class BrokenListError(Exception):
    """The exception with which a walk rejects a page."""


def reject(part: Slice, page: Any, problem: str) -> Exception:
    return BrokenListError(problem)


# How many rows are added on top, which positions are removed, and which ids enter where they belong.
Move = tuple[int, list[int], list[int]]


@dataclass
class Server:
    """A list, newest first, that changes before each query as its history says."""

    rows: list[int]
    history: Iterator[Move] = field(default_factory=lambda: iter(()))
    counting: Counting = "with"
    max_per_page: int | None = None
    confirms_per_page: bool = True
    seconds_per_id: float = 1.0
    shuffled: bool = False
    reads: list[Slice] = field(default_factory=list)
    removed: set[int] = field(default_factory=set)
    top: int = 0

    def move(self) -> None:
        """Apply the next move of the history."""
        inserted, positions, entering = next(self.history, (0, [], []))
        self.top = max([self.top, *self.rows, *self.removed])
        self.rows = [*range(self.top + inserted, self.top, -1), *self.rows]
        self.top += inserted
        self.rows = sorted({*self.rows, *(row for row in entering if 0 < row <= self.top)}, reverse=True)
        for position in positions:
            if self.rows:
                self.removed.add(self.rows.pop(position % len(self.rows)))

    def fetch(self, part: Slice) -> Flow[oc.Page[oc.TopupOrder]]:
        """Return a page as the server selects it, with the headers as it counts them."""
        if self.reads:
            self.move()
        self.reads.append(part)
        assert len(self.reads) <= MAX_READS, "the walk does not end"
        total = len(self.rows)
        if self.counting == "before":
            self.move()
        size = min(part.per_page, self.max_per_page or part.per_page)
        ordered = sorted(self.rows, key=self.place) if self.shuffled else self.rows
        rows = ordered[(part.page - 1) * size : part.page * size]
        if self.counting == "after":
            self.move()
            total = len(self.rows)
        if self.counting == "wrong":
            total += len(self.reads) % 3 - 1
        return self.page(rows, part, size, total)
        yield  # a flow without effects

    def page(self, rows: list[int], part: Slice, size: int, total: int) -> oc.Page[oc.TopupOrder]:
        """Return a page with its headers."""
        items = tuple(order(row, self.created(row)) for row in rows)
        if self.counting == "never":
            return oc.Page(items, None, None, None, None, None, None, "R", RAW)
        pages = -(-total // size)
        per_page = size if self.confirms_per_page else None
        return oc.Page(items, part.page, per_page, total, pages, len(rows), part.page < pages, "R", RAW)

    def place(self, row: int) -> tuple[float, int]:
        """Return where a row is: the most recent first, and those of one second in any order that does not change."""
        return -self.created(row).timestamp(), row * 7919 % 1009

    def created(self, row: int) -> datetime.datetime:
        """Return when a row was created; several may share a second."""
        return NOON + datetime.timedelta(seconds=int(row * self.seconds_per_id))


def page_of(rows: list[int], **headers: Any) -> oc.Page[oc.TopupOrder]:
    """Return a page with these rows; headers that are not named are missing."""
    names = ("number", "per_page", "total_count", "total_pages", "size", "has_more")
    known = {name: headers.get(name) for name in names}
    return oc.Page(items=tuple(map(order, rows)), request_id="R", raw=RAW, **known)


def query(per_page: int = 20, since: datetime.datetime | None = None) -> ListQuery:
    """Return what a list asks for."""
    return ListQuery("list_topup_orders", per_page, 500, since, {})


def walked(
    fetch: Callable[[Slice], Flow[Any]],
    per_page: int = 20,
    since: datetime.datetime | None = None,
    resume: oc.ListPosition | None = None,
) -> list[int]:
    """Return the ids that a walk yields."""
    found: list[int] = []
    for effect in iterate_moving_list(fetch, reject, query(per_page, since), resume):
        assert isinstance(effect, Emit)
        assert len(effect.item) <= per_page
        found += [each.id for each in effect.item]
    return found


def scripted(*pages: oc.Page[oc.TopupOrder]) -> Callable[[Slice], Flow[Any]]:
    """Return a server that answers with these pages, the last one forever."""
    left = list(pages)
    reads = iter(range(MAX_READS))

    def fetch(part: Slice) -> Flow[Any]:
        assert next(reads, None) is not None, "the walk does not end"
        return left.pop(0) if len(left) > 1 else left[0]
        yield

    return fetch
