"""Reading ahead: the next page of a list is on its way while the caller works on the one before.

It is done within a block, in both worlds. A page counts as taken when it was handed out, and not before: who is
interrupted while it is awaited asks again and misses nothing. After a failure each further step fails likewise, so that
a list that broke off never looks complete.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from octopus_cards._engine.effects import Stream, until_cancelled
from octopus_cards._engine.pages import Page
from octopus_cards._io.drivers import BlockingDriver

T = TypeVar("T")
END: Any = object()
RULE = "a list that is read ahead is iterated once, within its block (`with ... as ahead:`)"


class OneWay:
    """What is iterated by its items or by its pages, once, and goes on where it was left: nothing is passed over."""

    _way: Any = None

    def _by(self, way: Any, pages: Any) -> Any:
        if pages is None:
            raise ValueError(f"{RULE}; it was not entered")
        if pages.ended:
            raise ValueError(f"{RULE}; it came to its end before: call read_ahead() again")
        if self._way not in (None, way):
            raise ValueError(f"{RULE}, by its items or by pages(), not by both")
        self._way = way
        return way


class ReadAhead(OneWay, Generic[T]):
    """A list that is read one page ahead by a thread, within its `with` block: by its items, or by `pages()`."""

    __module__ = "octopus_cards"

    def __init__(self, driver: BlockingDriver, start: Callable[[], Stream[Page[T]]]) -> None:
        self._driver = driver
        self._start = start
        self._pages: _Pages[T] | None = None
        self._items: _Items[T] | None = None

    def __enter__(self) -> Self:
        if self._pages is not None:
            raise ValueError(f"{RULE}; it was entered before: call read_ahead() again")
        self._pages = _Pages(self._driver, self._start())
        self._items = _Items(self._pages)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pages is not None and self._items is not None:
            self._pages.leave()
            self._items.forget()

    def __iter__(self) -> Iterator[T]:
        return cast("Iterator[T]", self._by(self._items, self._pages))

    def pages(self) -> Iterator[Page[T]]:
        """The pages, each without the items that an earlier one had."""
        return cast("Iterator[Page[T]]", self._by(self._pages, self._pages))


class _Pages(Iterator[Page[T]]):
    """The pages, of which a thread fetches the next; it lies ready until it was handed out.

    The thread ends with the request that is under way when the block is left; nobody waits for it, and no program that
    ends does.
    """

    def __init__(self, driver: BlockingDriver, flow: Stream[Page[T]]) -> None:
        self.ended = False
        self._process, self._left = os.getpid(), threading.Event()
        self._next: Any = None
        self._ready, self._taken, self._lock = threading.Event(), threading.Event(), threading.Lock()
        cut_off: Stream[Page[T]] = until_cancelled(flow, self._left.is_set, driver.clock)
        # What the caller put into the context, say the id of a request that is served, goes with the log.
        arguments = (self._fill, driver.iterate(cut_off))
        name = "octopus-cards-read-ahead"
        threading.Thread(target=copy_context().run, args=arguments, name=name, daemon=True).start()

    def _fill(self, pages: Generator[Page[T]]) -> None:
        with closing(pages):
            while not self._left.is_set():
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
        self._check()
        with self._lock:
            self._check()  # what was taken meanwhile may have hidden that the block was left
            self._ready.wait()
            self._check()
            if isinstance(self._next, BaseException):
                raise self._next
            if self._next is END:
                self.ended = True
                raise StopIteration
            page = self._next
            self._ready.clear()
            self._taken.set()
            return page  # type: ignore[no-any-return]

    def _check(self) -> None:
        if self._left.is_set() or os.getpid() != self._process:  # in a forked process there is no such thread
            raise ValueError(f"{RULE}, in the process that entered it")

    def leave(self) -> None:
        """The block is over; who waits is told."""
        self._left.set()
        self._taken.set()
        self._ready.set()


class _Items(Iterator[T]):
    """What pages hold, one at a time. A class and no generator, which an interruption would end."""

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

    def forget(self) -> None:
        """What is left of the page is not handed out any more."""
        self._items = iter(())
