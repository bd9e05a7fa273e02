"""The two drivers: each carries out what a flow asks for, one by blocking, one by awaiting."""

from __future__ import annotations

import inspect
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, cast

import anyio

from octopus_cards._clock import Clock
from octopus_cards._flows import Alone, Consult, Effect, Emit, Flow, Pause, Send, Stream
from octopus_cards._forks import renew_after_fork
from octopus_cards._redaction import shown
from octopus_cards._wire import AsyncConnection, Connection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    result: T


class _Steps:
    """A flow, one step at a time; what a step came to is told before the next.

    An effect whose outcome was not told, since who carried it out was cancelled, is there again at the next step.
    """

    def __init__(self, flow: Generator[Any, Any, Any]) -> None:
        self._flow = flow
        self._effect: Any = None
        self._resume: Callable[[], Any] | None = partial(flow.send, None)

    def next(self) -> Any:
        if self._resume is not None:
            resume, self._resume = self._resume, partial(self._flow.send, None)
            try:
                self._effect = resume()
            except StopIteration as stop:
                return _Done(stop.value)
            self._resume = None
        return self._effect

    def succeeded(self, value: Any) -> None:
        self._resume = partial(self._flow.send, value)

    def failed(self, error: Exception) -> None:
        self._resume = partial(self._flow.throw, error)


class BlockingDriver:
    """Carries out flows by blocking the calling thread."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """The thread that held the lock is not in this process."""
        self._alone = threading.Lock()

    def run(self, flow: Flow[T]) -> T:
        """The result of a flow."""
        with closing(flow):
            steps = _Steps(flow)
            while not isinstance(effect := steps.next(), _Done):
                self._serve(steps, effect)
            return effect.result  # type: ignore[no-any-return]

    def iterate(self, flow: Stream[T]) -> Iterator[T]:
        """The items that a flow emits, as they come."""
        with closing(flow):
            steps = _Steps(flow)
            while not isinstance(effect := steps.next(), _Done):
                if isinstance(effect, Emit):
                    steps.succeeded(None)
                    yield cast("Emit[T]", effect).item
                else:
                    self._serve(steps, effect)

    def _serve(self, steps: _Steps, effect: Effect) -> None:
        try:
            steps.succeeded(self._perform(effect))
        except Exception as error:
            steps.failed(error)

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return self._connection.send(effect)
            case Pause(seconds):
                return self._clock.sleep(seconds)
            case Alone(_, flow):
                with self._alone:
                    return self.run(flow())
            case Consult(function, arguments):
                result = function(*arguments)
                if inspect.iscoroutine(result):
                    result.close()
                    raise TypeError(f"{shown(function)} is async; OctopusCards takes plain callables only")
                return result


class AsyncDriver:
    """Carries out flows by awaiting, under asyncio or trio."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """The task that held the lock is not in this process; and a lock is of the event loop that it is made in."""
        self._alone: anyio.Lock | None = None

    async def run(self, flow: Flow[T]) -> T:
        """The result of a flow."""
        with closing(flow):
            steps = _Steps(flow)
            while not isinstance(effect := steps.next(), _Done):
                await self.serve(steps, effect)
            return effect.result  # type: ignore[no-any-return]

    def iterate(self, flow: Stream[T]) -> AsyncItems[T]:
        """The items that a flow emits, as they come."""
        return AsyncItems(self, flow)

    async def next_item(self, steps: _Steps) -> Any:
        """What a flow emits next, or `_Done`."""
        while not isinstance(effect := steps.next(), _Done | Emit):
            await self.serve(steps, effect)
        return cast("Any", effect)

    async def serve(self, steps: _Steps, effect: Effect) -> None:
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
                return await self._clock.asleep(seconds)
            case Alone(call, flow):
                self._connection.enter_loop(call)
                self._alone = self._alone or anyio.Lock()
                async with self._alone:
                    return await self.run(flow())
            case Consult(function, arguments):
                result = function(*arguments)
                return await result if inspect.isawaitable(result) else result


class AsyncItems(AsyncIterator[T]):
    """What a flow emits, to iterate once.

    A class and no generator: who breaks out of the loop leaves nothing behind that the event loop must finish, and
    an iteration that was cancelled can go on.
    """

    def __init__(self, driver: AsyncDriver, flow: Stream[T]) -> None:
        self._driver = driver
        self._flow = flow
        self._steps = _Steps(flow)
        self._busy = False

    async def __anext__(self) -> T:
        self._check_idle()
        self._busy = True
        try:
            effect = await self._driver.next_item(self._steps)
        finally:
            self._busy = False
        if isinstance(effect, _Done):
            raise StopAsyncIteration
        self._steps.succeeded(None)
        return cast("Emit[T]", effect).item

    async def aclose(self) -> None:
        """Ends the iteration; a second time does nothing."""
        self._check_idle()
        self._flow.close()

    def _check_idle(self) -> None:
        if self._busy:
            raise ValueError("one iteration cannot be shared by tasks: make one for each, or take turns")
