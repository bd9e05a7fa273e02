# Made by `nox -s generate` from octopus_cards/resources/_async/topup_orders.py: change that file.
"""Topup orders."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from octopus_cards._base.positions import ListPosition
from octopus_cards._engine.pages import Page
from octopus_cards._engine.rows import OnInvalid
from octopus_cards._engine.wait_options import Cadence, Cancel, OnPoll
from octopus_cards._engine.waiting import WaitTarget
from octopus_cards._io.drivers import Items
from octopus_cards.resources._sync.base import ItemList
from octopus_cards.resources._sync.topup_placing import TopupPlacing
from octopus_cards.resources.topup_rules import LABEL, TOPUP_ORDER_CADENCE, TopupStatusName, is_final
from octopus_cards_api.models import NotificationEmailConfirmation, TopupOrder, TopupStatus
from octopus_cards_api.operations import GET_TOPUP_ORDER, LIST_TOPUP_ORDERS, SET_TOPUP_ORDER_NOTIFICATION_EMAIL

_ORDER = WaitTarget(GET_TOPUP_ORDER, "order_id", LABEL, is_final)


class TopupOrderList(ItemList[TopupOrder]):
    """All topup orders that match, newest first, fetched page by page while the list is iterated.

    Creating it sends nothing; each iteration starts at the beginning, with one call a page. An order that matches
    throughout the iteration is yielded exactly once, even while orders are added or leave the filter.
    """

    __module__ = "octopus_cards"


class TopupOrders(TopupPlacing):
    """The topup orders of the account.

    Every method raises ValueError or TypeError for its arguments before anything is sent, and otherwise only exceptions
    of this package. Source: documentation page reference/topups/orders, seen whole.
    """

    __module__ = "octopus_cards"

    def page(
        self,
        page: int = 1,
        *,
        per_page: int = 50,
        status: TopupStatus | TopupStatusName | None = None,
        product_id: int | None = None,
        country: str | None = None,
        client_reference: str | None = None,
        on_invalid: OnInvalid = "raise",
        request_id: str | None = None,
    ) -> Page[TopupOrder]:
        """Return one page of the list, newest first: one call.

        The list shows what the server has stored; `get` refreshes an order.

        Args:
            page: The page number, starting at 1.
            per_page: The number of orders in a page, 1 to 500.
            status: Return only orders with this stored status.
            product_id: Return only orders of this product.
            country: Return only orders for this country, ISO 3166-1 alpha-3 in upper case.
            client_reference: Return only the order with this client_reference; `find` is the shorter way.
            on_invalid: What to do with an order that breaks the contract: "raise" its InvalidResponseError, "skip" it
                with a warning in the log, or a callable that gets the decoded row and the error; the order is left
                out then.
            request_id: The `X-Request-Id` to send, 1 to 63 visible ASCII characters; by default a new KSUID. Every
                method takes it; where a method sends several requests, all of them carry it.

        Returns:
            The orders, the paging headers, and the position from which `list` can continue.
        """
        return self._page(
            LIST_TOPUP_ORDERS,
            request_id,
            on_invalid,
            page=page,
            per_page=per_page,
            status=status,
            product_id=product_id,
            country=country,
            client_reference=client_reference,
        )

    def list(
        self,
        *,
        per_page: int = 500,
        since: datetime.datetime | datetime.date | str | None = None,
        status: TopupStatus | TopupStatusName | None = None,
        product_id: int | None = None,
        country: str | None = None,
        resume: ListPosition | None = None,
        on_invalid: OnInvalid = "raise",
        request_id: str | None = None,
    ) -> TopupOrderList:
        """Return all orders that match, newest first: one call a page, made during the iteration.

        An order that matches throughout the iteration is yielded exactly once. Each page repeats the last
        order of the page before, so that no paging header is needed for that. It costs about 5 % more requests at 500
        orders a page.

        Args:
            per_page: The number of orders in a page, 1 to 500. Fewer than 20 are requested as 20 and handed out in
                smaller pages.
            since: Stop at orders created before this: an aware datetime, a date, or ISO 8601 text. A date or text
                without an offset is in UTC. It relies on the list being newest first by creation time.
            status: Yield only orders with this stored status.
            product_id: Yield only orders of this product.
            country: Yield only orders for this country, ISO 3166-1 alpha-3 in upper case.
            resume: The `position` of an exception or page of an earlier list: continue there, with the arguments of
                that list. Together both keep the promise of one list. Leave the other arguments out.
            on_invalid: See `page`. With "raise" the orders before the invalid one are yielded first; the position of
                the error is behind it, so that a resumed list continues with the next order.
            request_id: See `page`.

        Raises:
            InvalidResponseError: During the iteration: an order breaks the contract, the list is not newest first, the
                server returned another page than requested, or it keeps returning nothing new although it announces
                more.
        """
        filters = {"status": status, "product_id": product_id, "country": country}
        options = {"since": since, "resume": resume, "on_invalid": on_invalid}
        start = self._pages(LIST_TOPUP_ORDERS, request_id, options, per_page=per_page, **filters)
        return TopupOrderList(self._driver, start)

    def get(self, order_id: int, *, request_id: str | None = None) -> TopupOrder:
        """Return one order with its current status: one call.

        While the order is PENDING the server asks the fulfilment side first, for up to 15 seconds.

        Raises:
            NotFoundError: There is no such order (the documentation does not show this response).
            InvalidResponseError: The response is another order than requested.
        """
        return self._read(GET_TOPUP_ORDER, LABEL, request_id, order_id=order_id)

    def find(self, client_reference: str, *, request_id: str | None = None) -> TopupOrder | None:
        """Return the order with this client_reference as it is stored, or None: one call.

        Args:
            client_reference: 1 to 255 printable ASCII characters, matched exactly.
            request_id: See `page`.

        Raises:
            InvalidResponseError: The response has an order with another client_reference, or more than one order.
        """
        return self._find(LIST_TOPUP_ORDERS, LABEL, request_id, client_reference=client_reference)

    def set_notification_email(
        self, order_id: int, email: str, *, request_id: str | None = None
    ) -> NotificationEmailConfirmation:
        """Set or replace the address notified when the order becomes final: one call.

        The server accepts it only while the order is in flight. The call is retried like a read, since setting the same
        address twice has no further effect; so after a lost attempt and a rejection the address may be stored.

        Args:
            order_id: The id of the order.
            email: An address of at most 254 characters.
            request_id: See `page`.

        Returns:
            The confirmation, `success` and `message`.
        """
        return self._call(SET_TOPUP_ORDER_NOTIFICATION_EMAIL, request_id, order_id=order_id, email=email)

    def wait(
        self,
        order_id: int,
        *,
        timeout: float | None = 300.0,
        cadence: Cadence = TOPUP_ORDER_CADENCE,
        on_poll: OnPoll[TopupOrder] | None = None,
        cancel: Cancel | None = None,
        request_id: str | None = None,
    ) -> TopupOrder:
        """Return the order once it is final: one call at once, then one for each step of the cadence.

        FAILED is a result and not an exception: check `status`. Once the order was read, a read that fails for a
        retryable reason (the network, 408, 425, 429, or 5xx but 501, 505 and 511) counts as missed, and the wait
        continues. No read starts before a `Retry-After` is over.

        Args:
            order_id: The id of the order.
            timeout: Seconds to wait, up to a year; None for no limit. At the timeout the client reads the order one
                last time, without a retry and for five seconds at most, unless a `Retry-After` forbids it. The first
                read may be attempted for 15 seconds in any case; if it fails, its last error is raised.
            cadence: When to read the order.
            on_poll: Called with the order after each read; an exception that it raises ends the wait.
            cancel: An event (`is_set()`), or a callable that returns whether to stop. It is checked at least every
                0.25 s, except while a request is in flight.
            request_id: See `page`.

        Raises:
            WaitTimeoutError: The order was not final in time; it may still complete.
            WaitCancelledError: `cancel` ended the wait.
        """
        options = {"timeout": timeout, "cadence": cadence, "on_poll": on_poll, "cancel": cancel}
        return self._wait(_ORDER, order_id, {**options, "request_id": request_id})

    def wait_many(
        self,
        order_ids: Iterable[int],
        *,
        timeout: float | None = 300.0,
        cadence: Cadence = TOPUP_ORDER_CADENCE,
        on_poll: OnPoll[TopupOrder] | None = None,
        cancel: Cancel | None = None,
        request_id: str | None = None,
    ) -> Items[TopupOrder]:
        """Yield each order as it becomes final: one call for each at once, then one for each of them at each step.

        The orders are read one after the other during the iteration, each no more often than the cadence says; when
        there are many orders, less often, so that after the first reads there are at most 240 a minute (production
        allows 300). Arguments and exceptions are those of `wait`.

        Args:
            order_ids: The ids of the orders; an id that is given twice is waited for once.
            timeout: Seconds to wait in all; then each order is read once more, as with `wait`.
            cadence: When to read each order.
            on_poll: Called with an order after each read of it.
            cancel: What ends the wait.
            request_id: See `page`.

        Raises:
            WaitTimeoutError: Some orders were not final in time; `items` are those.
            WaitCancelledError: `cancel` ended the wait; `items` are the orders that are not final.
            RequestError: An order could not be read; its id is in `path`. Wait for the remaining ids in a new call.
        """
        options = {"timeout": timeout, "cadence": cadence, "on_poll": on_poll, "cancel": cancel}
        return self._wait_many(_ORDER, order_ids, {**options, "request_id": request_id})
