"""Prefetch: the next page of a list is requested while the caller works on the current one.

It happens within a block, in sync and async. A page counts as taken when the caller has it, and not before: a caller
that is interrupted while it waits asks again and misses nothing. After a failure every further step fails in the same
way, so that a list that failed never looks complete.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import copy_context
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from octopus_cards._base.exceptions import OctopusCardsError
from octopus_cards._engine.effects import Stream
from octopus_cards._engine.pages import Page
from octopus_cards._engine.stepping import until_cancelled
from octopus_cards._io.drivers import Driver, Each, Items, StepGuard

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
        self._items: Each[T] | None = None

    def __enter__(self) -> Self:
        if self._pages is not None:
            raise ValueError(f"{RULE}; the block was entered before: call read_ahead() again")
        pages = _Pages(self._driver, self._start())
        try:
            self._items, self._pages = Each(pages, waits=True), pages
            pages.start()
            return self  # noqa: TRY300 - in here, because an interrupt can come before it
        except BaseException:
            # The block is not left, because it was not entered.
            pages.close()
            self._items = self._pages = None
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._items is not None:
            self._items.close()

    def __iter__(self) -> Iterator[T]:
        return cast("Iterator[T]", self._claim(self._items, self._pages))

    def pages(self) -> Iterator[Page[T]]:
        """Iterate over the pages, each without the items of an earlier one."""
        return cast("Iterator[Page[T]]", self._claim(self._pages, self._pages))


class _Fetcher(Generic[T]):
    """What the thread shares with the reader, to which it does not refer: a reader that is dropped ends the thread.

    It has no lock that a signal handler could find taken, and no message that an interrupt could lose: the attributes
    say how things are, and the queues only wake the other side, which looks again.
    """

    def __init__(self) -> None:
        self.page: Any = None  # the last page, `END`, or an exception
        self.trace: TracebackType | None = None  # of the exception: raising it again must not make it longer
        self.fetched = self.taken = 0  # the numbers of the last page that was fetched, and of the last one taken
        self.is_closed = False
        self.ready: SimpleQueue[None] = SimpleQueue()
        self.wanted: SimpleQueue[None] = SimpleQueue()

    def fetch(self, pages: Items[Page[T]]) -> None:
        """Fetch page after page, each when the one before was taken; the thread runs this."""
        with closing(pages):
            while not self.is_closed:
                try:
                    self.page = next(pages, END)
                except BaseException as error:
                    self.page, self.trace = error, error.__traceback__
                self.fetched += 1
                self.ready.put(None)
                if self.page is END or isinstance(self.page, BaseException):
                    return
                while self.taken < self.fetched and not self.is_closed:
                    self.wanted.get()

    def close(self) -> None:
        """End the thread with the request that is in flight, and wake blocked readers."""
        self.is_closed = True
        self.wanted.put(None)
        self.ready.put(None)


class _Pages(Items[Page[T]]):
    """The pages. A thread fetches the next one, which stays with the fetcher until the caller has it.

    The thread ends with the request that is in flight when the block closes; neither the block nor the end of the
    program waits for it.
    """

    def __init__(self, driver: Driver, flow: Stream[Page[T]]) -> None:
        self.is_finished = False
        self._process = os.getpid()
        self._fetcher = fetcher = _Fetcher[T]()
        weakref.finalize(self, fetcher.close).atexit = False  # for a block that is entered by hand and never left
        stoppable: Stream[Page[T]] = until_cancelled(flow, lambda: fetcher.is_closed, driver.clock)
        self._source = driver.iterate(stoppable)
        self._guard = StepGuard(waits=True)

    def start(self) -> None:
        """Start the thread.

        Raises:
            OctopusCardsError: No thread can be started.
        """
        # With the caller's context, so that its values (say, the id of the request it serves) reach the log.
        run, arguments = copy_context().run, (self._fetcher.fetch, self._source)
        try:
            threading.Thread(target=run, args=arguments, name="octopus-cards-read-ahead", daemon=True).start()
        except RuntimeError as error:
            raise OctopusCardsError(f"no thread can be started for the prefetch: {error}") from error

    def __next__(self) -> Page[T]:
        self._check_open()
        with self._guard.step():
            fetcher = self._fetcher
            fetcher.wanted.put(None)  # again, if an interrupt came before the thread heard that a page was taken
            while fetcher.fetched == fetcher.taken and not fetcher.is_closed:
                fetcher.ready.get()
            self._check_open()  # it may have been closed meanwhile
            if isinstance(fetcher.page, BaseException):
                raise fetcher.page.with_traceback(fetcher.trace)
            if fetcher.page is END:
                self.is_finished = True
                raise StopIteration
            page = fetcher.page
            self.count += 1
            fetcher.taken = fetcher.fetched
            fetcher.wanted.put(None)
            return page  # type: ignore[no-any-return]

    def _check_open(self) -> None:
        if self._fetcher.is_closed or os.getpid() != self._process:  # a forked process does not have the thread
            raise ValueError(f"{RULE}, in the process that entered it")

    def close(self) -> None:
        self._fetcher.close()
