"""A list that moves while it is read, as tests make one."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import octopus_cards as oc
from octopus_cards._engine.effects import Emit, Flow
from octopus_cards._engine.moving_list import ListQuery, walk

NOON = datetime.datetime(2026, 5, 19, 12, tzinfo=datetime.UTC)


RAW = oc.RawResponse(200, {}, b"")


READS_MAX = 5_000


def order(number: int) -> oc.TopupOrder:
    """An order that was created so many seconds after noon."""
    return oc.TopupOrder(
        id=number,
        product_id=1,
        product_name="",
        country_code="GLO",
        amount=Decimal(1),
        currency="USD",
        status="PENDING",
        created_at=NOON + datetime.timedelta(seconds=number),
    )


class Broken(Exception):
    """What the walk refuses with."""


def refuse(page: Any, problem: str) -> Exception:
    return Broken(problem)


@dataclass
class Server:
    """A list, newest first, that changes before each read as its history says.

    A move is how many rows come on top, which positions leave, and which ids enter where they belong.
    """

    rows: list[int]
    history: Iterator[tuple[int, list[int], list[int]]] = field(default_factory=lambda: iter(()))
    per_page: int = 3
    headers: bool = True
    reads: list[int] = field(default_factory=list)
    removed: set[int] = field(default_factory=set)
    top: int = 0

    def move(self) -> None:
        """Inserts so many rows on top, removes those at some positions, and lets others enter."""
        inserted, positions, entering = next(self.history, (0, [], []))
        self.top = max([self.top, *self.rows, *self.removed])
        self.rows = [*range(self.top + inserted, self.top, -1), *self.rows]
        self.top += inserted
        self.rows = sorted({*self.rows, *(row for row in entering if row <= self.top)}, reverse=True)
        for position in positions:
            if self.rows:
                self.removed.add(self.rows.pop(position % len(self.rows)))

    def fetch(self, number: int) -> Flow[oc.Page[oc.TopupOrder]]:
        """A page as it is at this moment."""
        if self.reads:
            self.move()
        self.reads.append(number)
        assert len(self.reads) <= READS_MAX, "the walk does not end"
        rows = self.rows[(number - 1) * self.per_page : number * self.per_page]
        pages = -(-len(self.rows) // self.per_page)
        told = (number, self.per_page, len(self.rows), pages, len(rows), number < pages)
        known: tuple[Any, ...] = told if self.headers else (None,) * 6
        return page_of(rows, *known)
        yield  # a flow that asks for nothing


def page_of(rows: list[int], *headers: Any) -> oc.Page[oc.TopupOrder]:
    number, per_page, total_count, total_pages, size, has_more = headers
    items = tuple(map(order, rows))
    return oc.Page(items, number, per_page, total_count, total_pages, size, has_more, "R", RAW)


def query(per_page: int = 3, since: datetime.datetime | None = None, *, grows_on_top: bool = True) -> ListQuery:
    """What a list is asked for; by a status that comes later, rows enter anywhere."""
    return ListQuery(per_page, since, None if grows_on_top else oc.TopupStatus.DELIVERED, None, None)


def walked(
    fetch: Callable[[int], Flow[Any]],
    per_page: int = 3,
    since: datetime.datetime | None = None,
    *,
    grows_on_top: bool = True,
) -> list[int]:
    """The ids that a walk gives."""
    given: list[int] = []
    for effect in walk(fetch, refuse, query(per_page, since, grows_on_top=grows_on_top)):
        assert isinstance(effect, Emit)
        given += [order.id for order in effect.item]
    return given


def scripted(*pages: oc.Page[oc.TopupOrder]) -> Callable[[int], Flow[Any]]:
    """Answers with these pages, the last one for ever."""
    left = list(pages)
    reads = iter(range(READS_MAX))

    def fetch(number: int) -> Flow[Any]:
        assert next(reads, None) is not None, "the walk does not end"
        return left.pop(0) if len(left) > 1 else left[0]
        yield

    return fetch
