"""The awaiting driver: it carries out what a flow asks for. Its twin is in `_drivers`."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from typing import Any, TypeVar, cast

import anyio

from octopus_cards._base.clock import Clock
from octopus_cards._base.forks import renew_after_fork
from octopus_cards._engine.effects import Alone, Consult, Effect, Emit, Flow, Pause, Send, Stream
from octopus_cards._io.connections_async import AsyncConnection
from octopus_cards._io.drivers import Done, Steps

T = TypeVar("T")


class AsyncDriver:
    """Carries out flows by awaiting, under asyncio or trio."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self.clock = clock
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """The task that held the lock is not in this process; and a lock is of the event loop that it is made in."""
        self._alone: anyio.Lock | None = None

    async def run(self, flow: Flow[T]) -> T:
        """The result of a flow."""
        with closing(flow):
            steps = Steps(flow)
            while not isinstance(effect := steps.next(), Done):
                await self.serve(steps, effect)
            return effect.result  # type: ignore[no-any-return]

    def iterate(self, flow: Stream[T]) -> AsyncItems[T]:
        """The items that a flow emits, as they come."""
        return _Emitted(self, flow)

    async def next_item(self, steps: Steps) -> Any:
        """What a flow emits next, or `Done`."""
        while not isinstance(effect := steps.next(), Done | Emit):
            await self.serve(steps, effect)
        return cast("Any", effect)

    async def serve(self, steps: Steps, effect: Effect) -> None:
        """Carries out an effect and tells the flow what it came to."""
        try:
            steps.succeeded(await self._perform(effect))
        except Exception as error:
            steps.failed(error)

    async def _perform(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return await self._connection.send(effect)
            case Pause(seconds):
                return await self.clock.asleep(seconds)
            case Alone(call, flow):
                self._connection.enter_loop(call)
                self._alone = self._alone or anyio.Lock()
                async with self._alone:
                    return await self.run(flow())
            case Consult(function, arguments):
                result = function(*arguments)
                return await result if inspect.isawaitable(result) else result


class AsyncItems(AsyncIterator[T]):
    """Items to iterate once.

    A class and no generator: who breaks out of the loop leaves nothing behind that the event loop must finish, and
    an iteration that was cancelled can go on.
    """

    @abstractmethod
    async def aclose(self) -> None:
        """Ends the iteration; a second time does nothing."""


class _Emitted(AsyncItems[T]):
    """What a flow emits."""

    def __init__(self, driver: AsyncDriver, flow: Stream[T]) -> None:
        self._driver = driver
        self._flow = flow
        self._steps = Steps(flow)
        self._busy = False

    async def __anext__(self) -> T:
        self._check_idle()
        self._busy = True
        try:
            effect = await self._driver.next_item(self._steps)
        finally:
            self._busy = False
        if isinstance(effect, Done):
            raise StopAsyncIteration
        self._steps.succeeded(None)
        return cast("Emit[T]", effect).item

    async def aclose(self) -> None:
        self._check_idle()
        self._flow.close()

    def _check_idle(self) -> None:
        if self._busy:
            raise ValueError("one iteration cannot be shared by tasks: make one for each, or take turns")


class AsyncEach(AsyncItems[T]):
    """What pages hold, one at a time."""

    def __init__(self, pages: AsyncItems[Any]) -> None:
        self._pages = pages
        self._items: Iterator[T] = iter(())

    async def __anext__(self) -> T:
        while True:
            for item in self._items:
                return item
            self._items = iter(await anext(self._pages))

    async def aclose(self) -> None:
        await self._pages.aclose()
        self.forget()

    def forget(self) -> None:
        """What is left of the page is not handed out any more."""
        self._items = iter(())
