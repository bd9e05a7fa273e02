"""The topup orders of an account.

Reading, finding and listing touch the orders that the response contains and no others, however many are stored.
"""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from octopus_cards.emulator._areas.references import UsedReferences
from octopus_cards.emulator._areas.topup_listing import TopupFilters, TopupListing, filter_values, reference_of
from octopus_cards.emulator._areas.topup_order import (
    FIELDS,
    FINAL,
    REFUNDED,
    StoredTopupOrder,
    Transition,
    default_text,
)
from octopus_cards.emulator._areas.topup_samples import random_product


def _keep_money(order_id: int, at: datetime.datetime) -> None:
    """Refund nothing."""


class TopupStore:
    """All topup orders of one account, by id.

    A stored order lags behind fulfilment: it changes when a read refreshes it, and when the back-channel reports,
    which happens at fixed intervals for all orders at once.

    Args:
        random: The source of ids and products.
        now: The time of day.
        back_channel_every: The interval of the back-channel in seconds, counted from the creation of the store.
        references: The client references in use; by default those of this store alone.
        refund: Called with the id of an order that has failed or was cancelled, and the time.

    Attributes:
        observers: Called with each new order and its status, and with an order and each status that it reaches.
    """

    def __init__(
        self,
        random: Random,
        now: Callable[[], datetime.datetime],
        back_channel_every: float,
        *,
        references: UsedReferences | None = None,
        refund: Callable[[int, datetime.datetime], None] = _keep_money,
    ) -> None:
        self._random = random
        self._now = now
        self._report_interval = datetime.timedelta(seconds=back_channel_every)
        self._start = now()
        self._references = references or UsedReferences(now, None, case_sensitive=True)
        self._refund = refund
        self._orders: dict[int, StoredTopupOrder] = {}
        self._listing = TopupListing()
        self._due: list[tuple[datetime.datetime, int]] = []  # a heap: when which order has a transition
        self._last_id = 9123000
        self.observers: list[Callable[[StoredTopupOrder, str], None]] = []

    def add(
        self,
        given: Mapping[str, Any],
        transitions: Sequence[tuple[float, str]],
        extra: Mapping[str, Any],
        failure: Mapping[str, Any] | None = None,
    ) -> int:
        """Store a new order at the top of the list and return its id.

        Args:
            given: The fields; those that are missing or None get default values.
            transitions: Its status changes as (seconds after its creation, status), in order of time.
            extra: Fields that are not documented.
            failure: The failure fields, which it gets when it fails.

        Raises:
            ValueError: Another order has this client_reference, or created_at is naive.
        """
        created_at = given.get("created_at")
        if created_at is not None and created_at.tzinfo is None:
            raise ValueError(f"created_at must be aware of its offset, got {created_at!r}")
        reference = given.get("client_reference")
        if reference is not None and self._references.is_used(reference):
            raise ValueError(f"client_reference must be unique, got {reference!r} again")
        fields = random_product(self._random) | {name: value for name, value in given.items() if value is not None}
        order = self._new(fields, transitions, failure or {})
        order.extra |= extra
        self._insert(order)
        self._notify(order, [order.fields["status"]])
        return order.id

    def create(
        self,
        fields: Mapping[str, Any],
        transitions: Sequence[tuple[float, str]],
        failure: Mapping[str, Any],
        list_delay: float,
    ) -> StoredTopupOrder:
        """Store an order that a client placed, and return it; it shows in the list after `list_delay` seconds."""
        order = self._new(fields, transitions, failure)
        self._insert(order, list_delay)
        self._notify(order, [order.fields["status"]])
        return order

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
        self._listing.remove(order)
        if (reference := reference_of(order)) is not None:
            self._references.release(reference)

    def get(self, order_id: int) -> StoredTopupOrder | None:
        """Return the stored order; None where the id is unknown."""
        self.receive_reports()
        return self._orders.get(order_id)

    def select(self, filters: TopupFilters, offset: int, limit: int) -> tuple[list[StoredTopupOrder], int]:
        """Return a slice of the matching orders, newest first, and how many match in all."""
        self.receive_reports()
        self._listing.show_due(self._now())
        return self._listing.select(filters, offset, limit)

    def refresh(self, order: StoredTopupOrder) -> None:
        """Store the status that fulfilment has reached by now."""
        self._advance(order, self._now())

    def hold(self, order: StoredTopupOrder, seconds: float) -> None:
        """Store the final status that fulfilment reaches within this time from now, if any, ahead of the clock."""
        until = self._now() + datetime.timedelta(seconds=seconds)
        ends = [transition.at for transition in order.transitions if transition.status in FINAL]
        if seconds > 0 and ends and ends[0] <= until:
            self._advance(order, ends[0])

    def receive_reports(self) -> None:
        """Store the transitions up to the last report of the back-channel."""
        last_report = self._start + (self._now() - self._start) // self._report_interval * self._report_interval
        while self._due and self._due[0][0] <= last_report:
            order = self._orders.get(heapq.heappop(self._due)[1])
            if order is not None:
                self._advance(order, last_report)

    def _new(
        self, given: Mapping[str, Any], transitions: Sequence[tuple[float, str]], failure: Mapping[str, Any]
    ) -> StoredTopupOrder:
        self._last_id += self._random.randint(1, 24)
        fields: dict[str, Any] = {"created_at": self._now(), **given, "id": self._last_id}
        created: datetime.datetime = fields["created_at"]
        status: str = fields["status"]
        order = StoredTopupOrder(fields, [], self._last_id - 1_722_332, {}, dict(failure))
        order.set_status(status, fields.get("status_text") or default_text(status), created)
        order.transitions = [Transition(created + datetime.timedelta(seconds=after), to) for after, to in transitions]
        return order

    def _advance(self, order: StoredTopupOrder, moment: datetime.datetime) -> None:
        before = filter_values(order)
        statuses = order.advance_to(moment)
        self._listing.update(order, before)
        if not REFUNDED.isdisjoint(statuses):
            self._refund(order.id, moment)
        self._notify(order, statuses)

    def _notify(self, order: StoredTopupOrder, statuses: Sequence[str]) -> None:
        for status in statuses:
            for observer in self.observers:
                observer(order, status)

    def _insert(self, order: StoredTopupOrder, list_delay: float = 0.0) -> None:
        self._orders[order.id] = order
        if list_delay > 0:
            self._listing.add_later(order, self._now() + datetime.timedelta(seconds=list_delay))
        else:
            self._listing.add(order)
        if (reference := reference_of(order)) is not None:
            self._references.use(reference)
        for transition in order.transitions:
            heapq.heappush(self._due, (transition.at, order.id))
