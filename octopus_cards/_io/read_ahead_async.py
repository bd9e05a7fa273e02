"""Reading ahead by a task. Its twin is in `_ahead`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

import anyio

from octopus_cards._engine.effects import Stream
from octopus_cards._engine.pages import Page
from octopus_cards._io.drivers_async import AsyncDriver, AsyncEach, AsyncItems
from octopus_cards._io.read_ahead import END, RULE, OneWay

T = TypeVar("T")


class AsyncReadAhead(OneWay, Generic[T]):
    """A list that is read one page ahead by a task, within its `async with` block: by its items, or by `pages()`."""

    __module__ = "octopus_cards"

    def __init__(self, driver: AsyncDriver, start: Callable[[], Stream[Page[T]]]) -> None:
        self._driver = driver
        self._start = start
        self._background: _Task | _Nursery | None = None
        self._pages: _Pages[T] | None = None
        self._items: AsyncEach[T] | None = None

    async def __aenter__(self) -> Self:
        if self._background is not None:
            raise ValueError(f"{RULE}; it was entered before: call read_ahead() again")
        self._background = background = _Task() if _in_asyncio() else _Nursery()
        pages: _Pages[T] = _Pages()
        self._pages = pages
        self._items = AsyncEach(pages)
        await background.start(lambda: pages.fill(self._driver.iterate(self._start())))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._background is not None and self._pages is not None and self._items is not None:
            self._pages.leave()
            self._items.forget()
            await self._background.stop()

    def __aiter__(self) -> AsyncItems[T]:
        return cast("AsyncItems[T]", self._by(self._items, self._pages))

    def pages(self) -> AsyncItems[Page[T]]:
        """The pages, each without the items that an earlier one had."""
        return cast("AsyncItems[Page[T]]", self._by(self._pages, self._pages))


def _in_asyncio() -> bool:
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False  # no loop of asyncio's runs here


class _Task:
    """A task of asyncio's own: a group held open would cancel whoever closes an async generator around the block."""

    async def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._task = asyncio.create_task(work(), name="octopus-cards-read-ahead")

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


class _Nursery:
    """Under trio a task needs a group; as always there, no async generator may yield within the block."""

    async def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        self._tasks.start_soon(work)

    async def stop(self) -> None:
        self._tasks.cancel_scope.cancel()
        # It is not told what the block raised, which it would wrap.
        await self._tasks.__aexit__(None, None, None)


class _Pages(AsyncItems[Page[T]]):
    """The pages, of which the next one is fetched by a task, and lies ready until it was handed out."""

    def __init__(self) -> None:
        self.ended = False
        self._next: Any = None
        self._ready, self._taken = anyio.Event(), anyio.Event()
        self._busy = self._left = False

    async def fill(self, pages: AsyncItems[Page[T]]) -> None:
        """What the task does."""
        while True:
            try:
                self._next = await anext(pages, END)
            except Exception as error:
                self._next = error
            self._ready.set()
            await self._taken.wait()
            self._taken = anyio.Event()

    async def __anext__(self) -> Page[T]:
        if self._busy:
            raise ValueError("one iteration cannot be shared by tasks: make one for each, or take turns")
        self._busy = True
        try:
            # Nothing is awaited after this: an iteration that is cancelled leaves the page where it is.
            await self._ready.wait()
        finally:
            self._busy = False
        if self._left:
            raise ValueError(RULE)
        if self.ended or self._next is END:
            self.ended = True
            raise StopAsyncIteration
        if isinstance(self._next, Exception):
            raise self._next
        page, self._ready = self._next, anyio.Event()
        self._taken.set()
        return page  # type: ignore[no-any-return]

    async def aclose(self) -> None:
        self.ended = True
        self._ready.set()

    def leave(self) -> None:
        """The block is over; who waits is told."""
        self._left = True
        self._ready.set()
