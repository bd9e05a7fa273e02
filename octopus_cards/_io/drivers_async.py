"""The async driver carries out the effects of a flow. Its blocking counterpart is in `drivers`."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any, TypeVar, cast

import anyio

from octopus_cards._base.clock import Clock
from octopus_cards._base.forks import register_fork_aware
from octopus_cards._engine.effects import Effect, Emit, Flow, Invoke, Offload, Pause, Send, Shared, Stream
from octopus_cards._engine.operation import Call
from octopus_cards._engine.stepping import Finished, FlowStepper, HookStopped
from octopus_cards._io.background import spawn
from octopus_cards._io.connections_async import AsyncConnection
from octopus_cards._io.drivers import OWN_LOGIN, login_error
from octopus_cards._io.single_flight import CURRENT
from octopus_cards._io.transport_errors import permanent_error

T = TypeVar("T")


class AsyncDriver:
    """Carries out flows by awaiting, under asyncio or trio."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self.clock = clock
        self.reset_after_fork()
        register_fork_aware(self)

    def reset_after_fork(self) -> None:
        """Forget the shared flow: its task is not in this process."""
        self._shared: _SharedTask | None = None
        self._tasks: set[object] = set()

    @staticmethod
    def check_hook(argument: str, hook: object) -> None:
        """Accept any hook; an async one is awaited."""

    async def run(self, flow: Flow[T]) -> T:
        """Return the result of a flow."""
        with closing(flow):
            stepper = FlowStepper(flow)
            try:
                while not isinstance(effect := stepper.next(), Finished):
                    await self._perform_for(stepper, effect)
            except HookStopped as stopped:
                raise stopped.error from None
            return effect.result  # type: ignore[no-any-return]

    def iterate(self, flow: Stream[T]) -> AsyncItems[T]:
        """Return an iterator over the items that a flow emits."""
        return _EmittedItems(self, flow)

    async def next_item(self, stepper: FlowStepper) -> Any:
        """Return what a flow emits next, or `Finished`."""
        while not isinstance(effect := stepper.next(), Finished | Emit):
            await self._perform_for(stepper, effect)
        return cast("Any", effect)

    async def _perform_for(self, stepper: FlowStepper, effect: Effect) -> None:
        try:
            stepper.succeeded(await self._perform(effect))
        except Exception as error:
            stepper.failed(error)

    async def _perform(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return await self._connection.send(effect)
            case Pause(seconds):
                return await self.clock.asleep(seconds)
            case Shared(call, flow, seconds):
                self._connection.check_event_loop(call)
                return await self._join_shared(call, flow, seconds)
            case Offload(function, arguments):
                return await anyio.to_thread.run_sync(partial(function, *arguments))
            case Invoke(function, arguments):
                result = function(*arguments)
                return await result if inspect.isawaitable(result) else result

    async def _join_shared(self, call: Call[Any], flow: Callable[[], Flow[None]], seconds: float) -> bool:
        shared = self._shared
        if shared is None or shared.ended.is_set():
            shared = self._shared = _SharedTask()
            spawn(partial(self._run_shared, flow, shared), self._tasks, shared.ended.set)
        if shared is CURRENT.get():
            raise permanent_error(OWN_LOGIN, call)
        with anyio.move_on_after(seconds):
            await shared.ended.wait()
        if shared.error is not None:
            raise login_error(shared.error, call) from shared.error
        return shared.ended.is_set()

    async def _run_shared(self, flow: Callable[[], Flow[None]], shared: _SharedTask) -> None:
        CURRENT.set(shared)
        try:
            await self.run(flow())
        except Exception as error:
            shared.error = error


class _SharedTask:
    """The task of a shared flow: its end, and the exception that ended it."""

    def __init__(self) -> None:
        self.ended = anyio.Event()
        self.error: Exception | None = None


class AsyncItems(AsyncIterator[T]):
    """Items to iterate over once.

    It is a class and not a generator: a loop that ends early leaves nothing for the event loop to finish, and an
    iteration that was cancelled can continue.
    """

    @abstractmethod
    async def aclose(self) -> None:
        """End the iteration; a second time has no effect."""


class _EmittedItems(AsyncItems[T]):
    """The items that a flow emits."""

    def __init__(self, driver: AsyncDriver, flow: Stream[T]) -> None:
        self._driver = driver
        self._flow = flow
        self._stepper = FlowStepper(flow)
        self._is_busy = False

    async def __anext__(self) -> T:
        self._check_idle()
        self._is_busy = True
        try:
            effect = await self._driver.next_item(self._stepper)
        except HookStopped as stopped:
            raise stopped.in_iteration() from stopped.error
        finally:
            self._is_busy = False
        if isinstance(effect, Finished):
            raise StopAsyncIteration
        self._stepper.succeeded(None)
        return cast("Emit[T]", effect).item

    async def aclose(self) -> None:
        self._check_idle()
        self._flow.close()

    def _check_idle(self) -> None:
        if self._is_busy:
            raise ValueError("tasks cannot share one iteration: create one for each task, or take turns")


class AsyncEach(AsyncItems[T]):
    """The items of pages."""

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
        self.clear()

    def clear(self) -> None:
        """Drop the rest of the current page."""
        self._items = iter(())
