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
from octopus_cards._exceptions import NotSentError
from octopus_cards._flows import Alone, Consult, Effect, Emit, Flow, Pause, Send, Stream
from octopus_cards._forks import renew_after_fork
from octopus_cards._wire import AsyncConnection, Call, Connection

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


def _entangled(call: Call[Any]) -> NotSentError:
    problem = "a hook called the client that calls it: while it logs in, it cannot wait for its own login"
    entangled = NotSentError(problem, method=call.method, path=call.path)
    entangled.passing = False
    return entangled


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
        self._holder: int | None = None

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
            case Alone(call, flow):
                if self._holder == threading.get_ident():
                    raise _entangled(call)
                with self._alone:
                    self._holder = threading.get_ident()
                    try:
                        return self.run(flow())
                    finally:
                        self._holder = None
            case Consult(function, arguments):
                result = function(*arguments)
                if inspect.iscoroutine(result):
                    result.close()
                    raise TypeError(f"{function!r} is async; OctopusCards takes plain callables only")
                return result


class AsyncDriver:
    """Carries out flows by awaiting, under asyncio or trio."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """The task that held the lock is not in this process."""
        self._alone = anyio.Lock()
        self._holder: int | None = None

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
                self._connection.check_loop(call)
                task = anyio.get_current_task().id
                if self._holder == task:
                    raise _entangled(call)
                async with self._alone:
                    self._holder = task
                    try:
                        return await self.run(flow())
                    finally:
                        self._holder = None
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
        if self._busy:
            raise ValueError("one iteration cannot be shared by tasks: make one for each, or take turns")
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
        self._flow.close()
