"""What can be done with topup orders, as flows: arguments are checked at once, requests follow when driven."""

from __future__ import annotations

import datetime
import inspect
import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from msgspec import Struct

from octopus_cards._base.redaction import shown
from octopus_cards._engine import validation as check
from octopus_cards._engine.effects import Flow, Stream, first
from octopus_cards._engine.exchange import Reply, Session, exchange
from octopus_cards._engine.moving_list import ListPosition, ListQuery, walk
from octopus_cards._engine.outcomes import unusable
from octopus_cards._engine.pages import Page
from octopus_cards._engine.waiting import Cadence, Cancel, OnPoll, Waiting, wait
from octopus_cards._io.codec import (
    Call,
    NotificationEmailConfirmation,
    TopupOrder,
    TopupStatus,
    get_order,
    list_orders,
    set_notification_email,
)

Orders = Page[TopupOrder]
Terms = tuple[float | None, Cadence, OnPoll | None, Cancel | None, str | None]
UNFILTERED = ListQuery(per_page=check.PER_PAGE_MAX, since=None, status=None, product_id=None, country=None)


class OrderFlows(Struct, frozen=True):
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
        request_id: str | None,
    ) -> Flow[Orders]:
        """One page, by one request."""
        parameters = {
            "page": check.integer("page", page),
            "per_page": _per_page(per_page),
            **_filters(status, product_id, country),
            "client_reference": None if client_reference is None else check.client_reference(client_reference),
        }
        return self._page(list_orders(**parameters), check.request_id(request_id))

    def pages(
        self,
        per_page: int,
        since: datetime.datetime | datetime.date | str | None,
        status: TopupStatus | str | None,
        product_id: int | None,
        country: str | None,
        resume: ListPosition | None,
        request_id: str | None,
    ) -> Callable[[], Stream[Orders]]:
        """What starts a walk over all pages."""
        query = ListQuery(_per_page(per_page), check.since(since), **_filters(status, product_id, country))
        if resume is not None:
            query = _resumed(resume, query)
        trace = check.request_id(request_id)

        def call_of(page: int | None) -> Call[list[TopupOrder]]:
            filters = {"status": query.status, "product_id": query.product_id, "country": query.country}
            return list_orders(page=page, per_page=query.per_page, **filters)

        def refuse(page: Orders, problem: str) -> Exception:
            return unusable(call_of(page.number), page.raw, problem, page.request_id)

        def fetch(number: int) -> Flow[Orders]:
            return self._page(call_of(number), trace)

        return lambda: walk(fetch, refuse, query, resume)

    def get(self, order_id: int, request_id: str | None) -> Flow[TopupOrder]:
        """One order, by one request."""
        check.integer("order_id", order_id)
        return self._get(order_id, math.inf, check.request_id(request_id))

    def find(self, client_reference: str, request_id: str | None) -> Flow[TopupOrder | None]:
        """The order with a key of the caller's own, by one request."""
        reference = check.client_reference(client_reference)
        return self._find(list_orders(client_reference=reference), reference, check.request_id(request_id))

    def set_notification_email(
        self, order_id: int, email: str, request_id: str | None
    ) -> Flow[NotificationEmailConfirmation]:
        """Stores an address, by one request."""
        call = set_notification_email(check.integer("order_id", order_id), check.email(email))
        return self._set_notification_email(call, check.request_id(request_id))

    def wait(self, order_id: int, *terms: *Terms) -> Flow[TopupOrder]:
        """One order once it is final, by one request a poll."""
        check.integer("order_id", order_id)
        return first(self._wait((order_id,), *terms))

    def wait_many(self, order_ids: Iterable[int], *terms: *Terms) -> Stream[TopupOrder]:
        """Each order once it is final, by one request a poll of each."""
        return self._wait(check.order_ids(order_ids), *terms)

    def _wait(
        self,
        order_ids: tuple[int, ...],
        timeout: float | None,
        cadence: Cadence,
        on_poll: OnPoll | None,
        cancel: Cancel | None,
        request_id: str | None,
    ) -> Stream[TopupOrder]:
        if not isinstance(cadence, Cadence):
            raise TypeError(f"cadence must be a Cadence, got {shown(cadence)}")
        if on_poll is not None and not callable(on_poll):
            raise TypeError(f"on_poll must be a callable or None, got {shown(on_poll)}")
        terms = Waiting(self.session.clock, _limit(timeout), cadence, on_poll, _cancelled(cancel))
        return wait(order_ids, partial(self._get, request_id=check.request_id(request_id)), terms)

    def _page(self, call: Call[list[TopupOrder]], request_id: str | None) -> Flow[Orders]:
        page = Page[TopupOrder].of((yield from exchange(call, self.session, request_id=request_id)))
        if page.size not in (None, len(page)):
            raise unusable(call, page.raw, f"{page.size} orders were announced and {len(page)} came", page.request_id)
        return page

    def _get(self, order_id: int, until: float, request_id: str | None) -> Flow[TopupOrder]:
        call = get_order(order_id)
        reply: Reply[TopupOrder] = yield from exchange(call, self.session, until=until, request_id=request_id)
        if reply.value.id != order_id:
            problem = f"order {order_id} was asked for and order {reply.value.id} came"
            raise unusable(call, reply.raw, problem, reply.request_id)
        return reply.value

    def _set_notification_email(
        self, call: Call[NotificationEmailConfirmation], request_id: str | None
    ) -> Flow[NotificationEmailConfirmation]:
        reply: Reply[NotificationEmailConfirmation] = yield from exchange(call, self.session, request_id=request_id)
        if not reply.value.success:
            raise unusable(call, reply.raw, "a success that says success: false", reply.request_id)
        return reply.value

    def _find(self, call: Call[list[TopupOrder]], reference: str, request_id: str | None) -> Flow[TopupOrder | None]:
        page = yield from self._page(call, request_id)
        if any(order.client_reference != reference for order in page):
            problem = "an order with another client_reference than was asked for came"
            raise unusable(call, page.raw, problem, page.request_id)
        if max(len(page), page.total_count or 0) > 1:
            problem = "more than one order with one client_reference came or was announced"
            raise unusable(call, page.raw, problem, page.request_id)
        if not page and page.total_count:
            raise unusable(call, page.raw, "an order was announced and none came", page.request_id)
        return page[0] if page else None


def _per_page(value: int) -> int:
    return check.integer("per_page", value, at_most=check.PER_PAGE_MAX)


def _filters(status: TopupStatus | str | None, product_id: int | None, country: str | None) -> dict[str, Any]:
    return {
        "status": check.status(status),
        "product_id": check.optional_integer("product_id", product_id),
        "country": check.country(country),
    }


def _resumed(resume: object, query: ListQuery) -> ListQuery:
    """What the interrupted list was asked for; nothing else can be asked for in its middle."""
    if not isinstance(resume, ListPosition):
        raise TypeError(f"resume must be the position of an exception that a list raised, got {shown(resume)}")
    for name in ListQuery.__dataclass_fields__:
        asked, before = getattr(query, name), getattr(resume.query, name)
        if asked not in (before, getattr(UNFILTERED, name)):
            raise ValueError(
                f"{name} must be left out with resume, or be what the interrupted list was asked for, "
                f"{shown(before)}, got {shown(asked)}"
            )
    return resume.query


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
