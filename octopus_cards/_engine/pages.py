"""One page of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar, overload

from octopus_cards._base.positions import ListPosition
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.exchange import CallResult

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Page(Sequence[T]):
    """One page of a list: a sequence of its items, with the paging headers.

    Attributes:
        items: The items, newest first.
        number: The page number, starting at 1 (`X-Page`).
        per_page: The number of items in a full page (`X-Per-Page`).
        total_count: The number of matching items on all pages (`X-Total-Count`).
        total_pages: The number of pages (`X-Total-Pages`).
        size: The number of items in this page, as the server counts (`X-Page-Size`).
        has_more: Whether pages follow (`X-Has-More`).
        request_id: The `X-Request-Id` of the response, else the one of the request.
        raw: The response as it was received.
        position: Where to resume the list after this page: `orders.list(resume=page.position)`; None where a list
            cannot be resumed.

    A header that is missing or malformed is None. Source: documentation page reference/topups/orders, Response
    Headers.
    """

    __module__ = "octopus_cards"

    items: tuple[T, ...]
    number: int | None
    per_page: int | None
    total_count: int | None
    total_pages: int | None
    size: int | None
    has_more: bool | None
    request_id: str
    raw: RawResponse
    position: ListPosition | None = None

    @classmethod
    def from_result(cls, result: CallResult[list[T]]) -> Self:
        """Return the page that a response holds."""
        raw, per_page = result.raw, _count(result.raw, "x-per-page")
        return cls(
            items=tuple(result.value),
            number=_count(raw, "x-page"),
            # A page cannot have more items than a full one.
            per_page=per_page if per_page is None or per_page >= len(result.value) else None,
            total_count=_count(raw, "x-total-count"),
            total_pages=_count(raw, "x-total-pages"),
            size=_count(raw, "x-page-size"),
            has_more={"true": True, "false": False}.get(raw.headers.get("x-has-more", "").strip().lower()),
            request_id=result.request_id,
            raw=raw,
        )

    def with_items(self, items: tuple[T, ...]) -> Self:
        """Return the page with these of its items."""
        return replace(self, items=items)

    def with_position(self, position: ListPosition) -> Self:
        """Return the page with the position behind it."""
        return replace(self, position=position)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __repr__(self) -> str:
        return f"<Page {self.number} of {self.total_pages}: {len(self)} of {self.total_count} items>"


def _count(raw: RawResponse, name: str) -> int | None:
    text = raw.headers.get(name, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
