"""What can be done with topup orders, as flows: arguments are checked at once, requests follow when driven."""

from __future__ import annotations

import datetime
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from octopus_cards import _arguments as check
from octopus_cards._exchange import Reply, Session, exchange, unusable
from octopus_cards._flows import Flow, Stream
from octopus_cards._pages import Page
from octopus_cards._redaction import shown
from octopus_cards._waiting import Cadence, Cancel, OnPoll, Waiting, wait
from octopus_cards._walking import walk
from octopus_cards._wire import (
    Call,
    NotificationEmailConfirmation,
    TopupOrder,
    TopupStatus,
    get_order,
    list_orders,
    set_notification_email,
)

Orders = Page[TopupOrder]


@dataclass(frozen=True, slots=True)
class OrderFlows:
    """The flows of one client."""

    session: Session

    def page(
        self,
        page: int,
        per_page: int,
        status: TopupStatus | str | None,
        product_id: int | None,
        country: str | None,
        client_reference: str | None,
    ) -> Flow[Orders]:
        """One page, by one request."""
        parameters = {
            "page": check.integer("page", page),
            "per_page": _per_page(per_page),
            **_filters(status, product_id, country),
            "client_reference": None if client_reference is None else check.client_reference(client_reference),
        }
        return self._page(list_orders(**parameters))

    def pages(
        self,
        per_page: int,
        since: datetime.datetime | datetime.date | str | None,
        status: TopupStatus | str | None,
        product_id: int | None,
        country: str | None,
    ) -> Callable[[], Stream[Orders]]:
        """What starts a walk over all pages."""
        filters = _filters(status, product_id, country)
        call_of = partial(list_orders, per_page=_per_page(per_page), **filters)
        from_when = check.since(since)

        def refuse(page: Orders, problem: str) -> Exception:
            return unusable(call_of(page=page.number), page.raw, problem)

        def fetch(number: int) -> Flow[Orders]:
            return self._page(call_of(page=number))

        # An order is PENDING from its first moment; any other status it reaches later, far down the list.
        on_top = filters["status"] in (None, TopupStatus.PENDING)
        return lambda: walk(fetch, refuse, per_page, from_when, grows_on_top=on_top)

    def get(self, order_id: int) -> Flow[TopupOrder]:
        """One order, by one request."""
        return self._get(get_order(check.integer("order_id", order_id)), order_id, None)

    def find(self, client_reference: str) -> Flow[TopupOrder | None]:
        """The order with a key of the caller's own, by one request."""
        reference = check.client_reference(client_reference)
        return self._find(list_orders(client_reference=reference), reference)

    def set_notification_email(self, order_id: int, email: str) -> Flow[NotificationEmailConfirmation]:
        """Stores an address, by one request."""
        call = set_notification_email(check.integer("order_id", order_id), check.email(email))
        return self._set_notification_email(call)

    def wait(
        self,
        order_id: int,
        timeout: float | None,
        cadence: Cadence,
        on_poll: OnPoll | None,
        cancel: Cancel | None,
    ) -> Flow[TopupOrder]:
        """One order once it is final, by one request a poll."""
        check.integer("order_id", order_id)
        if not isinstance(cadence, Cadence):
            raise TypeError(f"cadence must be a Cadence, got {shown(cadence)}")
        if on_poll is not None and not callable(on_poll):
            raise TypeError(f"on_poll must be a callable or None, got {shown(on_poll)}")
        terms = Waiting(self.session.clock, _limit(timeout), cadence, on_poll, _cancelled(cancel))
        call = get_order(order_id)
        return wait(order_id, lambda until: self._get(call, order_id, until), terms)

    def _page(self, call: Call[list[TopupOrder]]) -> Flow[Orders]:
        page = Page[TopupOrder].of((yield from exchange(call, self.session)))
        if page.size not in (None, len(page)):
            raise unusable(call, page.raw, f"{page.size} orders were announced and {len(page)} came")
        return page

    def _get(self, call: Call[TopupOrder], order_id: int, until: float | None) -> Flow[TopupOrder]:
        reply: Reply[TopupOrder] = yield from exchange(call, self.session, until)
        if reply.value.id != order_id:
            raise unusable(call, reply.raw, f"order {order_id} was asked for and order {reply.value.id} came")
        return reply.value

    def _set_notification_email(self, call: Call[NotificationEmailConfirmation]) -> Flow[NotificationEmailConfirmation]:
        reply: Reply[NotificationEmailConfirmation] = yield from exchange(call, self.session)
        if not reply.value.success:
            raise unusable(call, reply.raw, "a success that says success: false")
        return reply.value

    def _find(self, call: Call[list[TopupOrder]], reference: str) -> Flow[TopupOrder | None]:
        page = yield from self._page(call)
        if any(order.client_reference != reference for order in page):
            raise unusable(call, page.raw, "an order with another client_reference than was asked for came")
        if max(len(page), page.total_count or 0) > 1:
            raise unusable(call, page.raw, "more than one order with one client_reference came or was announced")
        if not page and page.total_count:
            raise unusable(call, page.raw, "an order was announced and none came")
        return page[0] if page else None


def _per_page(value: int) -> int:
    return check.integer("per_page", value, at_most=check.PER_PAGE_MAX)


def _filters(status: TopupStatus | str | None, product_id: int | None, country: str | None) -> dict[str, Any]:
    return {
        "status": check.status(status),
        "product_id": check.optional_integer("product_id", product_id),
        "country": check.country(country),
    }


def _limit(timeout: float | None) -> float | None:
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be a number of seconds or None, got {shown(timeout)}")
    if not 0 <= timeout < math.inf:
        raise ValueError(f"timeout must be 0 or more seconds, or None for no limit, got {timeout!r}")
    return timeout


def _cancelled(cancel: Cancel | None) -> Callable[[], bool] | None:
    if inspect.iscoroutinefunction(cancel):
        raise TypeError("cancel must be a plain callable, got an async one, which would always look true")
    if cancel is None or callable(cancel):
        return cancel
    if not callable(getattr(cancel, "is_set", None)):
        raise TypeError(f"cancel must be an event with is_set() or a callable, got {shown(cancel)}")
    return cancel.is_set
