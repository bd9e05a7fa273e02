"""One page of a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar, overload

from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.exchange import Reply

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Page(Sequence[T]):
    """One page of a list: a sequence of its items, with what the headers said of it.

    Attributes:
        items: The items, newest first.
        number: Which page this is, counted from 1 (`X-Page`).
        per_page: How many items a full page has (`X-Per-Page`).
        total_count: How many items match, over all pages (`X-Total-Count`).
        total_pages: How many pages there are (`X-Total-Pages`).
        size: How many items the server says are in this page (`X-Page-Size`).
        has_more: Whether pages follow (`X-Has-More`).
        request_id: The `X-Request-Id` of the answer, else the one that was sent.
        raw: The answer as it was received.

    What else the server left out, or what cannot be read, is None. Source: documentation page
    reference/topups/orders, Response Headers.
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

    @classmethod
    def of(cls, reply: Reply[list[T]]) -> Self:
        """The page that an answer holds."""
        raw = reply.raw
        return cls(
            items=tuple(reply.value),
            number=_count(raw, "X-Page"),
            per_page=_count(raw, "X-Per-Page"),
            total_count=_count(raw, "X-Total-Count"),
            total_pages=_count(raw, "X-Total-Pages"),
            size=_count(raw, "X-Page-Size"),
            has_more={"true": True, "false": False}.get((raw.header("X-Has-More") or "").strip().lower()),
            request_id=reply.request_id,
            raw=raw,
        )

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
    text = (raw.header(name) or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
