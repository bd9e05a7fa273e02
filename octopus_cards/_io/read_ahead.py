"""Prefetch: the next page of a list is requested while the caller works on the current one.

It happens within a block, in sync and async. A page counts as taken when the caller has it, and not before: a caller
that is interrupted while it waits asks again and misses nothing. After a failure every further step fails in the same
way, so that a list that failed never looks complete.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import copy_context
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from octopus_cards._engine.effects import Stream
from octopus_cards._engine.pages import Page
from octopus_cards._engine.stepping import until_cancelled
from octopus_cards._io.drivers import Driver, Items

T = TypeVar("T")
END: Any = object()
RULE = "a list with prefetch is iterated once, within its block (`with ... as ahead:`)"


class SingleUse:
    """An iteration by items or by pages that happens once; it can be paused, and then continues where it was."""

    _claimed: Any = None

    def _claim(self, way: Any, pages: Any) -> Any:
        if pages is None:
            raise ValueError(f"{RULE}; the block was not entered")
        if pages.is_finished:
            raise ValueError(f"{RULE}; it is finished: call read_ahead() again")
        if self._claimed not in (None, way):
            raise ValueError(f"{RULE}, by its items or by pages(), not by both")
        self._claimed = way
        return way


class ReadAhead(SingleUse, Generic[T]):
    """A list that a thread reads one page ahead, within its `with` block: iterate over it, or over `pages()`."""

    __module__ = "octopus_cards"

    def __init__(self, driver: Driver, start: Callable[[], Stream[Page[T]]]) -> None:
        self._driver = driver
        self._start = start
        self._pages: _Pages[T] | None = None
        self._items: _Items[T] | None = None

    def __enter__(self) -> Self:
        if self._pages is not None:
            raise ValueError(f"{RULE}; the block was entered before: call read_ahead() again")
        self._pages = _Pages(self._driver, self._start())
        self._items = _Items(self._pages)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pages is not None and self._items is not None:
            self._pages.close()
            self._items.clear()

    def __iter__(self) -> Iterator[T]:
        return cast("Iterator[T]", self._claim(self._items, self._pages))

    def pages(self) -> Iterator[Page[T]]:
        """Iterate over the pages, each without the items of an earlier one."""
        return cast("Iterator[Page[T]]", self._claim(self._pages, self._pages))


class _Pages(Iterator[Page[T]]):
    """The pages. A thread fetches the next one, which stays here until the caller has it.

    The thread ends with the request that is in flight when the block closes; neither the block nor the end of the
    program waits for it.
    """

    def __init__(self, driver: Driver, flow: Stream[Page[T]]) -> None:
        self.is_finished = False
        self._process, self._closed = os.getpid(), threading.Event()
        self._next: Any = None
        self._ready, self._taken, self._lock = threading.Event(), threading.Event(), threading.Lock()
        stoppable: Stream[Page[T]] = until_cancelled(flow, self._closed.is_set, driver.clock)
        # With the caller's context, so that its values (say, the id of the request it serves) reach the log.
        arguments = (self._fetch_loop, driver.iterate(stoppable))
        name = "octopus-cards-read-ahead"
        threading.Thread(target=copy_context().run, args=arguments, name=name, daemon=True).start()

    def _fetch_loop(self, pages: Items[Page[T]]) -> None:
        with closing(pages):
            while not self._closed.is_set():
                try:
                    self._next = next(pages, END)
                except BaseException as error:
                    self._next = error
                self._ready.set()
                if self._next is END or isinstance(self._next, BaseException):
                    return
                self._taken.wait()
                self._taken.clear()

    def __next__(self) -> Page[T]:
        self._check_open()
        with self._lock:
            self._check_open()  # another thread may have closed the block meanwhile
            self._ready.wait()
            self._check_open()
            if isinstance(self._next, BaseException):
                raise self._next.with_traceback(None)  # it would grow with each time
            if self._next is END:
                self.is_finished = True
                raise StopIteration
            page = self._next
            self._ready.clear()
            self._taken.set()
            return page  # type: ignore[no-any-return]

    def _check_open(self) -> None:
        if self._closed.is_set() or os.getpid() != self._process:  # a forked process does not have the thread
            raise ValueError(f"{RULE}, in the process that entered it")

    def close(self) -> None:
        """Close the block and wake blocked readers."""
        self._closed.set()
        self._taken.set()
        self._ready.set()


class _Items(Iterator[T]):
    """The items of the pages. It is a class and not a generator, which an interrupt would end."""

    def __init__(self, pages: _Pages[T]) -> None:
        self._pages = pages
        self._items: Iterator[T] = iter(())
        self._lock = threading.Lock()

    def __next__(self) -> T:
        with self._lock:
            while True:
                for item in self._items:
                    return item
                self._items = iter(next(self._pages))

    def clear(self) -> None:
        """Drop the rest of the current page."""
        self._items = iter(())
