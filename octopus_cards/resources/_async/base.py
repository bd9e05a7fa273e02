"""What all resources share: one way to call an operation, to list, and to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from octopus_cards._engine.calls import call_operation, find_item, read_item
from octopus_cards._engine.effects import Stream
from octopus_cards._engine.exchange import Session
from octopus_cards._engine.listing import all_pages, check_request_id, one_page
from octopus_cards._engine.orders import create_order, place_order, resolve
from octopus_cards._engine.pages import Page
from octopus_cards._engine.purchases import Placement, PlacingTarget
from octopus_cards._engine.rows import AsyncOnInvalid
from octopus_cards._engine.stepping import first
from octopus_cards._engine.validation import check_ids, check_integer
from octopus_cards._engine.wait_options import WaitOptions
from octopus_cards._engine.waiting import WaitTarget, wait
from octopus_cards._io.drivers_async import AsyncDriver, AsyncEach, AsyncItems
from octopus_cards._io.read_ahead_async import AsyncReadAhead
from octopus_cards_api.operation import Operation

T = TypeVar("T")


class AsyncResource:
    """One area of the API, or a part of one."""

    def __init__(self, driver: AsyncDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    async def _call(self, operation: Operation[T], request_id: str | None = None, **arguments: Any) -> T:
        return await self._driver.run(call_operation(operation, arguments, self._session, request_id))

    async def _page(
        self,
        operation: Operation[list[T]],
        request_id: str | None = None,
        on_invalid: AsyncOnInvalid = "raise",
        **arguments: Any,
    ) -> Page[T]:
        self._driver.check_hook("on_invalid", on_invalid)
        return await self._driver.run(one_page(operation, arguments, self._session, request_id, on_invalid))

    def _pages(
        self, operation: Operation[list[T]], request_id: str | None, options: dict[str, Any], **arguments: Any
    ) -> Callable[[], Stream[Page[T]]]:
        self._driver.check_hook("on_invalid", options.get("on_invalid"))
        trace = check_request_id(operation, request_id)
        return all_pages(operation, arguments, self._session, request_id=trace, **options)

    async def _read(self, operation: Operation[T], label: str, request_id: str | None = None, **arguments: Any) -> T:
        return await self._driver.run(read_item(operation, label, arguments, self._session, request_id))

    async def _find(
        self, operation: Operation[list[T]], label: str, request_id: str | None = None, **arguments: Any
    ) -> T | None:
        flow = find_item(operation, label, arguments, self._session, request_id)
        return await self._driver.run(flow)

    async def _create(self, target: PlacingTarget[T], request_id: str | None, arguments: dict[str, Any]) -> T:
        return await self._driver.run(create_order(target, arguments, self._session, request_id))

    async def _place(
        self, target: PlacingTarget[T], arguments: dict[str, Any], options: dict[str, Any]
    ) -> Placement[T]:
        return await self._driver.run(place_order(target, arguments, self._session, **options))

    async def _resolve(
        self, target: PlacingTarget[T], client_reference: str, request_id: str | None
    ) -> Placement[T] | None:
        return await self._driver.run(resolve(target, client_reference, self._session, request_id))

    async def _wait(self, target: WaitTarget[T], item_id: object, options: dict[str, Any]) -> T:
        return await self._driver.run(first(self._waits(target, (check_integer(target.argument, item_id),), options)))

    def _wait_many(self, target: WaitTarget[T], ids: Iterable[int], options: dict[str, Any]) -> AsyncItems[T]:
        checked = check_ids(f"{target.argument}s", ids)
        return self._driver.iterate(self._waits(target, checked, options))

    def _waits(self, target: WaitTarget[T], ids: tuple[int, ...], options: dict[str, Any]) -> Stream[T]:
        self._driver.check_hook("on_poll", options["on_poll"])
        request_id = check_request_id(target.operation, options.pop("request_id"))
        checked = WaitOptions.checked(self._session.clock, self._session.random, **options)

        def read(item_id: int, until: float) -> Any:
            arguments = {target.argument: item_id}
            return read_item(target.operation, target.label, arguments, self._session, request_id, until)

        return wait(ids, target, read, checked)


class AsyncItemList(Generic[T]):
    """A list that is fetched page by page while it is iterated; each iteration starts at its beginning."""

    __module__ = "octopus_cards"

    def __init__(self, driver: AsyncDriver, start: Callable[[], Stream[Page[T]]]) -> None:
        self._driver = driver
        self._start = start

    def __aiter__(self) -> AsyncItems[T]:
        return AsyncEach(self._driver.iterate(self._start()))

    def pages(self) -> AsyncItems[Page[T]]:
        """Iterate over the pages, each without the items of an earlier one."""
        return self._driver.iterate(self._start())

    def read_ahead(self) -> AsyncReadAhead[T]:
        """Return the same list with prefetch: the next page is requested while you work on the current one.

            async with orders.list().read_ahead() as ahead:
                async for order in ahead:  # or: async for page in ahead.pages()

        It makes the requests of the plain list, and at most one more where you leave the block early: that request is
        not retried, and nothing waits for it. A task or thread of its own makes them, and calls the hooks of the
        client.

        Raises:
            ValueError: The block is entered twice, the list is iterated outside its block, or both by its items and by
                `pages()`.
            OctopusCardsError: No thread can be started for it.
        """
        return AsyncReadAhead(self._driver, self._start)
