"""Topup orders, for callers who block."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from octopus_cards._base.config import check_plain
from octopus_cards._engine.effects import Stream
from octopus_cards._engine.moving_list import ListPosition
from octopus_cards._engine.waiting import TOPUP_ORDER, Cadence, Cancel
from octopus_cards._io.codec import NotificationEmailConfirmation, TopupOrder, TopupStatus
from octopus_cards._io.drivers import BlockingDriver, each
from octopus_cards.resources._flows import OrderFlows, Orders

if TYPE_CHECKING:
    from octopus_cards._io.read_ahead import ReadAhead
else:
    ReadAhead = Iterable  # for who asks for the types at run time; it is loaded where it is made


class TopupOrderList:
    """All topup orders that match, newest first, fetched page by page while it is iterated.

    Making it calls nothing; each iteration is a walk of its own, one request a page. Every order that
    matched during the whole walk comes exactly once, even while orders are added or leave the filter.
    """

    __module__ = "octopus_cards"

    def __init__(self, driver: BlockingDriver, start: Callable[[], Stream[Orders]]) -> None:
        self._driver = driver
        self._start = start

    def __iter__(self) -> Iterator[TopupOrder]:
        return each(self._driver.iterate(self._start()))

    def pages(self) -> Iterator[Orders]:
        """The pages, each without the orders that an earlier one had."""
        return self._driver.iterate(self._start())

    def read_ahead(self) -> ReadAhead[TopupOrder]:
        """The same, one page ahead: the next page is fetched while you work on the orders of one.

            with orders.list().read_ahead() as ahead:
                for order in ahead:  # or: for page in ahead.pages()

        A thread of its own fetches, and calls the hooks of the client. It makes the requests of the plain list, and
        where you leave the block early one more at most: nobody waits for it, and it is not tried again.

        Raises:
            ValueError: It is entered twice, iterated outside its block, or both by its orders and by `pages()`.
        """
        from octopus_cards._io.read_ahead import ReadAhead

        return ReadAhead(self._driver, self._start)


class TopupOrders:
    """The topup orders of the account.

    Source: documentation page reference/topups/orders, seen whole. Every method raises ValueError or TypeError
    for its arguments before anything is sent, and otherwise only exceptions of this package.
    """

    __module__ = "octopus_cards"

    def __init__(self, driver: BlockingDriver, flows: OrderFlows) -> None:
        self._driver = driver
        self._flows = flows

    def page(
        self,
        page: int = 1,
        *,
        per_page: int = 50,
        status: TopupStatus | str | None = None,
        product_id: int | None = None,
        country: str | None = None,
        client_reference: str | None = None,
        request_id: str | None = None,
    ) -> Orders:
        """One page of the list, newest first: one call.

        The list is a snapshot of what the server has stored; `get` refreshes an order.

        Args:
            page: Which page, from 1.
            per_page: How many orders to a page, 1 to 500.
            status: Only orders with this stored status.
            product_id: Only orders of this product.
            country: Only orders for this country, ISO 3166-1 alpha-3 in upper case.
            client_reference: Only the order with this key of your own; `find` is made for that.
            request_id: The `X-Request-Id` to send, 1 to 63 visible ASCII characters; a KSUID is made otherwise.
                (It is the same argument wherever it is taken; of several requests each carries it.)

        Returns:
            The orders, and what the paging headers said.
        """
        flow = self._flows.page(page, per_page, status, product_id, country, client_reference, request_id)
        return self._driver.run(flow)

    def list(
        self,
        *,
        per_page: int = 500,
        since: datetime.datetime | datetime.date | str | None = None,
        status: TopupStatus | str | None = None,
        product_id: int | None = None,
        country: str | None = None,
        resume: ListPosition | None = None,
        request_id: str | None = None,
    ) -> TopupOrderList:
        """All orders that match, newest first: one call a page, made while you iterate.

        An order that matches from the first page to the last comes exactly once. Two limits: nothing comes twice
        but orders that the moving list pushed aside may be missed where the server leaves out X-Total-Count, and
        by RECHARGED, whose meaning is not documented.

        Args:
            per_page: How many orders to a page, 1 to 500.
            since: Stop at the first order created before this: an aware datetime, a date, or a date or
                time as people write it; UTC where it names no offset. Assumes that newest first by id is
                newest first by time.
            status: Only orders with this stored status.
            product_id: Only orders of this product.
            country: Only orders for this country, ISO 3166-1 alpha-3 in upper case.
            resume: Where another walk was interrupted, the `position` of what it raised: this one goes on from
                there, with that one's arguments, and together they keep the promise of one. Leave the others out.
            request_id: See `page`.

        Raises:
            InvalidResponseError: While iterating: the server broke the order of the list, answered another
                page than asked, lacks orders that it announces, or turns in circles.
        """
        start = self._flows.pages(per_page, since, status, product_id, country, resume, request_id)
        return TopupOrderList(self._driver, start)

    def get(self, order_id: int, *, request_id: str | None = None) -> TopupOrder:
        """One order with its freshest status: one call.

        While the order is PENDING the server asks the fulfilment side first, for up to 15 seconds.

        Raises:
            NotFoundError: There is no such order (the documentation does not show this answer).
            InvalidResponseError: Another order came than was asked for.
        """
        return self._driver.run(self._flows.get(order_id, request_id))

    def find(self, client_reference: str, *, request_id: str | None = None) -> TopupOrder | None:
        """The order that you created under this key of your own, as it is stored, or None: one call.

        Args:
            client_reference: 1 to 255 printable ASCII characters, matched exactly.
            request_id: See `page`.

        Raises:
            InvalidResponseError: An order with another key came, or more than one order.
        """
        return self._driver.run(self._flows.find(client_reference, request_id))

    def set_notification_email(
        self, order_id: int, email: str, *, request_id: str | None = None
    ) -> NotificationEmailConfirmation:
        """Sets or replaces the address that is told when the order ends: one call.

        The server accepts it only while the order is in flight. It is tried again like a read, since setting
        the same address twice does no more; so if it is refused after a lost try (`attempts` above 1), that
        try may have stored the address.

        Args:
            order_id: The order.
            email: An address of at most 254 characters.
            request_id: See `page`.

        Returns:
            The confirmation, `success` and `message`.
        """
        return self._driver.run(self._flows.set_notification_email(order_id, email, request_id))

    def wait(
        self,
        order_id: int,
        *,
        timeout: float | None = 300.0,
        cadence: Cadence = TOPUP_ORDER,
        on_poll: Callable[[TopupOrder], None] | None = None,
        cancel: Cancel | None = None,
        request_id: str | None = None,
    ) -> TopupOrder:
        """The order once it is final: one call at once, then one for each step of the cadence.

        FAILED is an answer, not an exception: look at `status`. Once the order was read, a read that fails for
        a passing reason (the network, 429, 500, 502 to 504) is a missed one, and the wait goes on.

        Args:
            order_id: The order.
            timeout: How many seconds to wait; None for no limit. The order is read once more when they are
                over, and a read that is under way then is not cut off: it may take the client's own
                `timeout`, but it is not tried again. The first read may be tried for 15 seconds in any case; if
                it fails, what the last try raised is raised.
            cadence: When to read it.
            on_poll: Called with the order after each read; what it raises ends the wait.
            cancel: An event (`is_set()`), or a callable that returns whether to stop; looked at at least
                every 0.25 seconds between two attempts of a request.
            request_id: See `page`.

        Raises:
            WaitTimeoutError: The order was not final in time; it may still become so.
            WaitCancelledError: `cancel` ended the wait.
        """
        check_plain("on_poll", on_poll)
        return self._driver.run(self._flows.wait(order_id, timeout, cadence, on_poll, cancel, request_id))

    def wait_many(
        self,
        order_ids: Iterable[int],
        *,
        timeout: float | None = 300.0,
        cadence: Cadence = TOPUP_ORDER,
        on_poll: Callable[[TopupOrder], None] | None = None,
        cancel: Cancel | None = None,
        request_id: str | None = None,
    ) -> Iterator[TopupOrder]:
        """Each order as it becomes final: one call for each at once, then one for each of them at each step.

        The orders are read one after the other while you iterate, each no more often than the cadence says, and many
        more seldom, so that there are at most 240 reads a minute after the first ones (300 are allowed in production).
        Arguments and exceptions are those of `wait`.

        Args:
            order_ids: The orders; one that is named twice comes once.
            timeout: How many seconds to wait in all; then each is read once more.
            cadence: When to read each.
            on_poll: Called with an order after each read of it.
            cancel: What ends the wait.
            request_id: See `page`.

        Raises:
            WaitTimeoutError: Some were not final in time; `orders` are those.
            WaitCancelledError: `cancel` ended the wait; `orders` likewise.
            RequestError: One could not be read; its id is in `path`. Go on with the ids that did not come.
        """
        check_plain("on_poll", on_poll)
        flow = self._flows.wait_many(order_ids, timeout, cadence, on_poll, cancel, request_id)
        return self._driver.iterate(flow)
