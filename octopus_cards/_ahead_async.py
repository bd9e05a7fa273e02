"""Reading ahead by a task. Its twin is in `_ahead`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar, cast

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from octopus_cards._ahead import END, OneWay
from octopus_cards._drivers_async import AsyncDriver, AsyncEach, AsyncItems
from octopus_cards._flows import Stream
from octopus_cards._pages import Page

T = TypeVar("T")


class AsyncReadAhead(OneWay, Generic[T]):
    """A list that is read one page ahead, to iterate once: by its items, or by `pages()`."""

    def __aiter__(self) -> AsyncItems[T]:
        return cast("AsyncItems[T]", self._by(self._items))

    def pages(self) -> AsyncItems[Page[T]]:
        """The pages, each without the items that an earlier one had."""
        return cast("AsyncItems[Page[T]]", self._by(self._pages))


@asynccontextmanager
async def read_ahead(driver: AsyncDriver, flow: Stream[Page[T]]) -> AsyncGenerator[AsyncReadAhead[T]]:
    """Has a task carry out a flow, one page ahead of whoever takes them."""
    send, receive = anyio.create_memory_object_stream[Any](0)
    failure: Exception | None = None
    async with send, receive, anyio.create_task_group() as tasks:
        tasks.start_soon(_send_all, driver.iterate(flow), send)
        pages: _Received[T] = _Received(receive)
        try:
            yield AsyncReadAhead(pages, AsyncEach(pages))
        except Exception as error:
            failure = error
        tasks.cancel_scope.cancel()
    if failure is not None:
        raise failure


async def _send_all(pages: AsyncItems[Page[Any]], to: MemoryObjectSendStream[Any]) -> None:
    while True:
        try:
            page = await anext(pages, END)
        except Exception as error:
            page = error
        try:
            await to.send(page)
        except anyio.BrokenResourceError:
            return None  # nobody takes any more
        if page is END or isinstance(page, Exception):
            return await to.aclose()


class _Received(AsyncItems[Page[T]]):
    """What the task sent; after the end, or what the flow raised, nothing comes."""

    def __init__(self, stream: MemoryObjectReceiveStream[Any]) -> None:
        self._stream = stream

    async def __anext__(self) -> Page[T]:
        try:
            page = await self._stream.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None
        except anyio.ClosedResourceError:
            raise ValueError("a list that is read ahead is iterated within its `async with` block") from None
        if isinstance(page, Exception):
            raise page
        if page is END:
            raise StopAsyncIteration
        return page  # type: ignore[no-any-return]

    async def aclose(self) -> None:
        self._stream.close()
