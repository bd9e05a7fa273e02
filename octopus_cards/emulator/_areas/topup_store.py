"""The topup orders of an account.

Reading, finding and listing touch the orders that the response contains and no others, however many are stored.
"""

from __future__ import annotations

import datetime
import heapq
from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from octopus_cards.emulator._areas.topup_order import FIELDS, StoredTopupOrder, Transition, default_text
from octopus_cards.emulator._areas.topup_samples import random_product
from octopus_cards.emulator._core.filter_index import FilterIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class TopupFilters:
    """The filters of the list; None matches every order."""

    status: str | None = None
    product_id: int | None = None
    country: str | None = None
    client_reference: str | None = None


class TopupStore:
    """All topup orders of one account, by id.

    A stored order lags behind fulfilment: it changes when a read refreshes it, and when the back-channel reports,
    which happens at fixed intervals for all orders at once.

    Args:
        random: The source of ids and products.
        now: The time of day.
        back_channel_every: The interval of the back-channel in seconds, counted from the creation of the store.
    """

    def __init__(self, random: Random, now: Callable[[], datetime.datetime], back_channel_every: float) -> None:
        self._random = random
        self._now = now
        self._report_interval = datetime.timedelta(seconds=back_channel_every)
        self._start = now()
        self._orders: dict[int, StoredTopupOrder] = {}
        self._by_filter = FilterIndex()
        self._by_reference: dict[str, list[int]] = {}
        self._due: list[tuple[datetime.datetime, int]] = []  # a heap: when which order has a transition
        self._last_id = 9123000

    def add(self, given: Mapping[str, Any], transitions: Sequence[tuple[float, str]], extra: Mapping[str, Any]) -> int:
        """Store a new order at the top of the list and return its id.

        Args:
            given: The fields; those that are missing or None get default values.
            transitions: Its status changes as (seconds after its creation, status), in order of time.
            extra: Fields that are not documented.

        Raises:
            ValueError: Another order has this client_reference, or created_at is naive.
        """
        created_at = given.get("created_at")
        if created_at is not None and created_at.tzinfo is None:
            raise ValueError(f"created_at must be aware of its offset, got {created_at!r}")
        reference = given.get("client_reference")
        if reference is not None and self._by_reference.get(reference):
            raise ValueError(f"client_reference must be unique, got {reference!r} again")
        product = random_product(self._random)
        self._last_id += self._random.randint(1, 24)
        fields: dict[str, Any] = product | {"created_at": self._now()}
        fields |= {name: value for name, value in given.items() if value is not None}
        order = StoredTopupOrder(fields | {"id": self._last_id}, [], self._last_id - 1_722_332, dict(extra))
        created: datetime.datetime = fields["created_at"]
        status: str = fields["status"]
        order.set_status(status, fields.get("status_text") or default_text(status), created)
        order.transitions = [Transition(created + datetime.timedelta(seconds=after), to) for after, to in transitions]
        self._insert(order)
        return order.id

    def put(self, shown: Mapping[str, Any]) -> None:
        """Store an order in the form of a response; where its id is known, update the given fields."""
        order_id = int(shown["id"])
        order = self._orders.get(order_id) or StoredTopupOrder({}, [], order_id, {})
        if order_id in self._orders:
            self.remove(order_id)
        for name, value in shown.items():
            (order.fields if name in FIELDS else order.extra)[name] = value
        self._insert(order)
        self._last_id = max(self._last_id, order_id)

    def remove(self, order_id: int) -> None:
        """Remove an order."""
        order = self._orders.pop(order_id)
        self._by_filter.remove(order_id, _filter_values(order))
        if (reference := _reference(order)) is not None:
            self._by_reference[reference].remove(order_id)

    def get(self, order_id: int) -> StoredTopupOrder | None:
        """Return the stored order; None where the id is unknown."""
        self._receive_reports()
        return self._orders.get(order_id)

    def select(self, filters: TopupFilters, offset: int, limit: int) -> tuple[list[StoredTopupOrder], int]:
        """Return a slice of the matching orders, newest first, and how many match in all."""
        self._receive_reports()
        wanted = (filters.status, filters.product_id, filters.country)
        if filters.client_reference is None:
            ids = self._by_filter.newest_first(wanted, offset, limit)
            return [self._orders[order_id] for order_id in ids], self._by_filter.count(wanted)
        same_reference = self._by_reference.get(filters.client_reference, [])
        orders = [order for order_id in reversed(same_reference) if _matches(order := self._orders[order_id], wanted)]
        return orders[offset : offset + limit], len(orders)

    def refresh(self, order: StoredTopupOrder) -> None:
        """Store the status that fulfilment has reached by now."""
        self._advance(order, self._now())

    def _receive_reports(self) -> None:
        """Store the transitions up to the last report of the back-channel."""
        last_report = self._start + (self._now() - self._start) // self._report_interval * self._report_interval
        while self._due and self._due[0][0] <= last_report:
            order = self._orders.get(heapq.heappop(self._due)[1])
            if order is not None:
                self._advance(order, last_report)

    def _advance(self, order: StoredTopupOrder, moment: datetime.datetime) -> None:
        before = _filter_values(order)
        order.advance_to(moment)
        if (after := _filter_values(order)) != before:
            self._by_filter.remove(order.id, before)
            self._by_filter.add(order.id, after)

    def _insert(self, order: StoredTopupOrder) -> None:
        self._orders[order.id] = order
        self._by_filter.add(order.id, _filter_values(order))
        if (reference := _reference(order)) is not None:
            insort(self._by_reference.setdefault(reference, []), order.id)
        for transition in order.transitions:
            heapq.heappush(self._due, (transition.at, order.id))


def _filter_values(order: StoredTopupOrder) -> tuple[object, ...]:
    return tuple(order.fields.get(name) for name in ("status", "product_id", "country_code"))


def _reference(order: StoredTopupOrder) -> str | None:
    reference = order.fields.get("client_reference")
    return reference if isinstance(reference, str) else None


def _matches(order: StoredTopupOrder, wanted: Sequence[object]) -> bool:
    return all(want in (None, value) for want, value in zip(wanted, _filter_values(order), strict=True))
