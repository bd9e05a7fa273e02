"""Reading ahead: the next page of a list is on its way while the caller works on the one before.

It is done within a block, in both worlds, so that no thread or task outlives it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import copy_context
from typing import Any, Generic, TypeVar, cast

from octopus_cards._drivers import BlockingDriver, each
from octopus_cards._flows import Stream, until_cancelled
from octopus_cards._pages import Page

T = TypeVar("T")
END: Any = object()


class OneWay:
    """What is iterated by its items or by its pages, and goes on where it was left: nothing is passed over."""

    def __init__(self, pages: Any, items: Any) -> None:
        self._pages, self._items = pages, items
        self._way: Any = None

    def _by(self, way: Any) -> Any:
        if self._way not in (None, way):
            raise ValueError("a list that is read ahead is iterated by its items or by pages(), not by both")
        self._way = way
        return way


class ReadAhead(OneWay, Generic[T]):
    """A list that is read one page ahead, to iterate once: by its items, or by `pages()`."""

    def __iter__(self) -> Iterator[T]:
        return cast("Iterator[T]", self._by(self._items))

    def pages(self) -> Iterator[Page[T]]:
        """The pages, each without the items that an earlier one had."""
        return cast("Iterator[Page[T]]", self._by(self._pages))


@contextmanager
def read_ahead(driver: BlockingDriver, flow: Stream[Page[T]]) -> Generator[ReadAhead[T]]:
    """Has a thread carry out a flow, one page ahead of whoever takes them."""
    left, process = threading.Event(), os.getpid()
    left_early: Stream[Page[T]] = until_cancelled(flow, left.is_set, driver.clock)
    pages = driver.iterate(left_early)

    def ask() -> Future[Any]:
        # What the caller put into the context, say the id of a request that is served, goes with the log.
        return thread.submit(copy_context().run, lambda: next(pages, END))

    def taken(coming: Future[Any]) -> Generator[Page[T]]:
        while True:
            if left.is_set() or os.getpid() != process:  # in a forked one there is no such thread
                raise ValueError("a list that is read ahead is iterated within its `with` block, where it was entered")
            if (page := coming.result()) is END:
                return
            coming = ask()
            yield page

    with closing(pages), ThreadPoolExecutor(1, thread_name_prefix="octopus-cards-read-ahead") as thread:
        ahead = taken(ask())
        try:
            yield ReadAhead(ahead, each(ahead))
        finally:
            left.set()
