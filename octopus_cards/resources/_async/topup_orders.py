"""Topup orders, for callers who await. The promises stand at the methods of the same names in `_orders`."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterable, Callable, Iterable
from typing import TYPE_CHECKING

from octopus_cards._engine.effects import Stream
from octopus_cards._engine.moving_list import ListPosition
from octopus_cards._engine.waiting import TOPUP_ORDER, Cadence, Cancel, OnPoll
from octopus_cards._io.codec import NotificationEmailConfirmation, TopupOrder, TopupStatus
from octopus_cards._io.drivers_async import AsyncDriver, AsyncEach, AsyncItems
from octopus_cards.resources._flows import OrderFlows, Orders

if TYPE_CHECKING:
    from octopus_cards._io.read_ahead_async import AsyncReadAhead
else:
    AsyncReadAhead = AsyncIterable  # for who asks for the types at run time; it is loaded where it is made


class AsyncTopupOrderList:
    """All topup orders that match, newest first, fetched page by page while it is iterated.

    It promises what `TopupOrderList` does.
    """

    __module__ = "octopus_cards"

    def __init__(self, driver: AsyncDriver, start: Callable[[], Stream[Orders]]) -> None:
        self._driver = driver
        self._start = start

    def __aiter__(self) -> AsyncItems[TopupOrder]:
        return AsyncEach(self._driver.iterate(self._start()))

    def pages(self) -> AsyncItems[Orders]:
        """The pages, each without the orders that an earlier one had."""
        return self._driver.iterate(self._start())

    def read_ahead(self) -> AsyncReadAhead[TopupOrder]:
        """The same, one page ahead, by a task of its own: `async with`. See `TopupOrderList.read_ahead`."""
        from octopus_cards._io.read_ahead_async import AsyncReadAhead

        return AsyncReadAhead(self._driver, self._start)


class AsyncTopupOrders:
    """The topup orders of the account, awaited. It promises what `TopupOrders` does."""

    __module__ = "octopus_cards"

    def __init__(self, driver: AsyncDriver, flows: OrderFlows) -> None:
        self._driver = driver
        self._flows = flows

    async def page(
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
        """One page of the list, newest first: one call. See `TopupOrders.page`."""
        flow = self._flows.page(page, per_page, status, product_id, country, client_reference, request_id)
        return await self._driver.run(flow)

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
    ) -> AsyncTopupOrderList:
        """All orders that match, for `async for`: one call a page. See `TopupOrders.list`."""
        start = self._flows.pages(per_page, since, status, product_id, country, resume, request_id)
        return AsyncTopupOrderList(self._driver, start)

    async def get(self, order_id: int, *, request_id: str | None = None) -> TopupOrder:
        """One order with its freshest status: one call. See `TopupOrders.get`."""
        return await self._driver.run(self._flows.get(order_id, request_id))

    async def find(self, client_reference: str, *, request_id: str | None = None) -> TopupOrder | None:
        """The order with this key of your own, or None: one call. See `TopupOrders.find`."""
        return await self._driver.run(self._flows.find(client_reference, request_id))

    async def set_notification_email(
        self, order_id: int, email: str, *, request_id: str | None = None
    ) -> NotificationEmailConfirmation:
        """Sets the address that is told when the order ends. See `TopupOrders.set_notification_email`."""
        return await self._driver.run(self._flows.set_notification_email(order_id, email, request_id))

    async def wait(
        self,
        order_id: int,
        *,
        timeout: float | None = 300.0,
        cadence: Cadence = TOPUP_ORDER,
        on_poll: OnPoll | None = None,
        cancel: Cancel | None = None,
        request_id: str | None = None,
    ) -> TopupOrder:
        """The order once it is final. `on_poll` may be async. See `TopupOrders.wait`."""
        flow = self._flows.wait(order_id, timeout, cadence, on_poll, cancel, request_id)
        return await self._driver.run(flow)

    def wait_many(
        self,
        order_ids: Iterable[int],
        *,
        timeout: float | None = 300.0,
        cadence: Cadence = TOPUP_ORDER,
        on_poll: OnPoll | None = None,
        cancel: Cancel | None = None,
        request_id: str | None = None,
    ) -> AsyncItems[TopupOrder]:
        """Each order as it becomes final, for `async for`. See `TopupOrders.wait_many`."""
        flow = self._flows.wait_many(order_ids, timeout, cadence, on_poll, cancel, request_id)
        return self._driver.iterate(flow)
