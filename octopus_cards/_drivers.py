"""The two drivers: each carries out what a flow asks for, one by blocking, one by awaiting."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar, cast

from octopus_cards._clock import Clock
from octopus_cards._flows import Consult, Effect, Emit, Flow, Pause, Send, Stream
from octopus_cards._wire import AsyncConnection, Connection

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    result: T


class _Steps:
    """A flow, one step at a time; what a step came to is told before the next."""

    def __init__(self, flow: Generator[Any, Any, Any]) -> None:
        self._flow = flow
        self._resume: Callable[[], Any] = partial(flow.send, None)

    def next(self) -> Any:
        resume, self._resume = self._resume, partial(self._flow.send, None)
        try:
            return resume()
        except StopIteration as stop:
            return _Done(stop.value)

    def succeeded(self, value: Any) -> None:
        self._resume = partial(self._flow.send, value)

    def failed(self, error: Exception) -> None:
        self._resume = partial(self._flow.throw, error)


@dataclass(frozen=True, slots=True)
class BlockingDriver:
    """Carries out flows by blocking the calling thread."""

    connection: Connection
    clock: Clock

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
            case Send(call, token):
                return self.connection.send(call, token)
            case Pause(seconds):
                return self.clock.sleep(seconds)
            case Consult(function, arguments):
                result = function(*arguments)
                if inspect.iscoroutine(result):
                    result.close()
                    raise TypeError(f"{function!r} is async; OctopusCards takes plain callables only")
                return result


@dataclass(frozen=True, slots=True)
class AsyncDriver:
    """Carries out flows by awaiting, under asyncio or trio."""

    connection: AsyncConnection
    clock: Clock

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
            case Send(call, token):
                return await self.connection.send(call, token)
            case Pause(seconds):
                return await self.clock.asleep(seconds)
            case Consult(function, arguments):
                result = function(*arguments)
                return await result if inspect.isawaitable(result) else result


class AsyncItems(AsyncIterator[T]):
    """What a flow emits, to iterate once.

    A class and no generator: who breaks out of the loop leaves nothing behind that the event loop must finish.
    """

    def __init__(self, driver: AsyncDriver, flow: Stream[T]) -> None:
        self._driver = driver
        self._flow = flow
        self._steps = _Steps(flow)

    async def __anext__(self) -> T:
        effect = await self._driver.next_item(self._steps)
        if isinstance(effect, _Done):
            raise StopAsyncIteration
        return cast("Emit[T]", effect).item

    async def aclose(self) -> None:
        """Ends the iteration; a second time does nothing."""
        self._flow.close()
