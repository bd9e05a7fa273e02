"""The list of the topup orders of an account: filters, the reference, and the time until an order shows in it.

A page touches the orders that it contains and no others, however many are stored.
"""

from __future__ import annotations

import datetime
import heapq
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

from octopus_cards.emulator._areas.topup_order import StoredTopupOrder
from octopus_cards.emulator._core.filter_index import FilterIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class TopupFilters:
    """The filters of the list; None matches every order."""

    status: str | None = None
    product_id: int | None = None
    country: str | None = None
    client_reference: str | None = None


class TopupListing:
    """The ids of the orders that the list shows, newest first."""

    def __init__(self) -> None:
        self._by_filter = FilterIndex()
        self._by_reference: dict[str, list[int]] = {}
        self._listed: dict[int, StoredTopupOrder] = {}
        self._delayed: dict[int, StoredTopupOrder] = {}
        self._due: list[tuple[datetime.datetime, int]] = []  # a heap: when which order shows

    def add(self, order: StoredTopupOrder) -> None:
        """Show an order from now on."""
        self._listed[order.id] = order
        self._by_filter.add(order.id, filter_values(order))
        if (reference := reference_of(order)) is not None:
            insort(self._by_reference.setdefault(reference, []), order.id)

    def add_later(self, order: StoredTopupOrder, at: datetime.datetime) -> None:
        """Show an order from this time on."""
        self._delayed[order.id] = order
        heapq.heappush(self._due, (at, order.id))

    def show_due(self, now: datetime.datetime) -> None:
        """Show the orders whose time has come."""
        while self._due and self._due[0][0] <= now:
            order = self._delayed.pop(heapq.heappop(self._due)[1], None)
            if order is not None:
                self.add(order)

    def remove(self, order: StoredTopupOrder) -> None:
        """Remove an order."""
        if self._delayed.pop(order.id, None) is not None:
            return
        del self._listed[order.id]
        self._by_filter.remove(order.id, filter_values(order))
        if (reference := reference_of(order)) is not None:
            self._by_reference[reference].remove(order.id)

    def update(self, order: StoredTopupOrder, before: Sequence[object]) -> None:
        """Enter an order under its present filter values instead of those before."""
        after = filter_values(order)
        if after != before and order.id in self._listed:
            self._by_filter.remove(order.id, before)
            self._by_filter.add(order.id, after)

    def select(self, filters: TopupFilters, offset: int, limit: int) -> tuple[list[StoredTopupOrder], int]:
        """Return a slice of the matching orders, newest first, and how many match in all."""
        wanted = (filters.status, filters.product_id, filters.country)
        if filters.client_reference is None:
            ids = self._by_filter.newest_first(wanted, offset, limit)
            return [self._listed[order_id] for order_id in ids], self._by_filter.count(wanted)
        same_reference = self._by_reference.get(filters.client_reference, [])
        orders = [order for order_id in reversed(same_reference) if _matches(order := self._listed[order_id], wanted)]
        return orders[offset : offset + limit], len(orders)


def filter_values(order: StoredTopupOrder) -> tuple[object, ...]:
    """Return the values of an order that the list can be filtered by."""
    return tuple(order.fields.get(name) for name in ("status", "product_id", "country_code"))


def reference_of(order: StoredTopupOrder) -> str | None:
    """Return the client reference of an order."""
    reference = order.fields.get("client_reference")
    return reference if isinstance(reference, str) else None


def _matches(order: StoredTopupOrder, wanted: Sequence[object]) -> bool:
    return all(want in (None, value) for want, value in zip(wanted, filter_values(order), strict=True))
