"""Prefetch by a task. Its blocking counterpart is in `read_ahead`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

import anyio

from octopus_cards._engine.effects import Stream
from octopus_cards._engine.pages import Page
from octopus_cards._io.background import in_trio
from octopus_cards._io.drivers_async import AsyncDriver, AsyncEach, AsyncItems
from octopus_cards._io.read_ahead import END, RULE, SingleUse

T = TypeVar("T")


class AsyncReadAhead(SingleUse, Generic[T]):
    """A list that a task reads one page ahead, within its `async with` block: iterate over it, or over `pages()`."""

    __module__ = "octopus_cards"

    def __init__(self, driver: AsyncDriver, start: Callable[[], Stream[Page[T]]]) -> None:
        self._driver = driver
        self._start = start
        self._background: _Task | _Nursery | None = None
        self._pages: _Pages[T] | None = None
        self._items: AsyncEach[T] | None = None

    async def __aenter__(self) -> Self:
        if self._background is not None:
            raise ValueError(f"{RULE}; the block was entered before: call read_ahead() again")
        self._background = background = _Nursery() if in_trio() else _Task()
        pages: _Pages[T] = _Pages()
        self._pages = pages
        self._items = AsyncEach(pages)
        await background.start(lambda: pages.fetch_loop(self._driver.iterate(self._start())))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._background is not None and self._pages is not None and self._items is not None:
            self._pages.close()
            self._items.clear()
            await self._background.stop()

    def __aiter__(self) -> AsyncItems[T]:
        return cast("AsyncItems[T]", self._claim(self._items, self._pages))

    def pages(self) -> AsyncItems[Page[T]]:
        """Iterate over the pages, each without the items of an earlier one."""
        return cast("AsyncItems[Page[T]]", self._claim(self._pages, self._pages))


class _Task:
    """A plain task. If an async generator contains the block and is closed, an open group would cancel its cleanup."""

    async def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._task = asyncio.create_task(work(), name="octopus-cards-read-ahead")

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


class _Nursery:
    """A task group, which trio demands; as always there, no async generator may yield within the block."""

    async def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        self._tasks.start_soon(work)

    async def stop(self) -> None:
        self._tasks.cancel_scope.cancel()
        # Without the exception of the block, which the group would wrap.
        await self._tasks.__aexit__(None, None, None)


class _Pages(AsyncItems[Page[T]]):
    """The pages. A task fetches the next one, which stays here until the caller has it."""

    def __init__(self) -> None:
        self.is_finished = False
        self._next: Any = None
        self._trace: TracebackType | None = None
        self._ready, self._taken = anyio.Event(), anyio.Event()
        self._is_busy = self._is_closed = False

    async def fetch_loop(self, pages: AsyncItems[Page[T]]) -> None:
        """Fetch pages; the task runs this."""
        while True:
            try:
                self._next = await anext(pages, END)
            except Exception as error:
                self._next, self._trace = error, error.__traceback__
            self._ready.set()
            await self._taken.wait()
            self._taken = anyio.Event()

    async def __anext__(self) -> Page[T]:
        if self._is_busy:
            raise ValueError("tasks cannot share one iteration: create one for each task, or take turns")
        self._is_busy = True
        try:
            # Nothing is awaited after this, so a cancelled iteration leaves the page here.
            await self._ready.wait()
        finally:
            self._is_busy = False
        if self._is_closed:
            raise ValueError(RULE)
        if self.is_finished or self._next is END:
            self.is_finished = True
            raise StopAsyncIteration
        if isinstance(self._next, Exception):
            raise self._next.with_traceback(self._trace)  # it would grow with each time
        page, self._ready = self._next, anyio.Event()
        self._taken.set()
        return page  # type: ignore[no-any-return]

    async def aclose(self) -> None:
        self.is_finished = True
        self._ready.set()

    def close(self) -> None:
        """Close the block and wake blocked readers."""
        self._is_closed = True
        self._ready.set()
