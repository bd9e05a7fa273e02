"""The blocking driver carries out the effects of a flow. Its async counterpart is in `drivers_async`."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, TypeVar, cast

from octopus_cards._base.clock import Clock
from octopus_cards._base.credentials import reject_async_callable
from octopus_cards._base.exceptions import NotSentError
from octopus_cards._base.forks import register_fork_aware
from octopus_cards._base.redaction import describe_value
from octopus_cards._engine.effects import Effect, Emit, Flow, Invoke, Pause, Send, Shared, Stream
from octopus_cards._engine.operation import Call
from octopus_cards._engine.stepping import Finished, FlowStepper, HookStopped
from octopus_cards._io.connections import Connection

T = TypeVar("T")
Items = Iterator[T]


class Driver:
    """Carries out flows by blocking the calling thread."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self.clock = clock
        self.reset_after_fork()
        register_fork_aware(self)

    def reset_after_fork(self) -> None:
        """Forget the shared flow: its thread is not in this process."""
        self._lock = threading.RLock()
        self._shared: _SharedFlow | None = None

    @staticmethod
    def check_hook(argument: str, hook: object) -> None:
        """Refuse an async hook, which this driver could not await."""
        reject_async_callable(argument, hook)

    def run(self, flow: Flow[T]) -> T:
        """Return the result of a flow."""
        with closing(flow):
            stepper = FlowStepper(flow)
            try:
                while not isinstance(effect := stepper.next(), Finished):
                    self._perform_for(stepper, effect)
            except HookStopped as stopped:
                raise stopped.error from None
            return effect.result  # type: ignore[no-any-return]

    def iterate(self, flow: Stream[T]) -> Generator[T]:
        """Yield the items that a flow emits.

        Raises:
            RuntimeError: A hook raised StopIteration, which would look like the end of the list.
        """
        with closing(flow):
            stepper = FlowStepper(flow)
            while not isinstance(effect := self._next_effect(stepper), Finished):
                if isinstance(effect, Emit):
                    stepper.succeeded(None)
                    yield cast("Emit[T]", effect).item
                else:
                    self._perform_for(stepper, effect)

    @staticmethod
    def _next_effect(stepper: FlowStepper) -> Any:
        try:
            return stepper.next()
        except HookStopped as stopped:
            raise stopped.in_iteration() from stopped.error

    def _perform_for(self, stepper: FlowStepper, effect: Effect) -> None:
        try:
            stepper.succeeded(self._perform(effect))
        except Exception as error:
            stepper.failed(error)

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return self._connection.send(effect)
            case Pause(seconds):
                return self.clock.sleep(seconds)
            case Shared(call, flow, seconds):
                return self._join_shared(call, flow, seconds)
            case Invoke(function, arguments):
                result = function(*arguments)
                if inspect.iscoroutine(result):
                    result.close()
                    raise TypeError(f"{describe_value(function)} is async; OctopusCards takes plain callables only")
                return result

    def _join_shared(self, call: Call[Any], flow: Callable[[], Flow[None]], seconds: float) -> bool:
        with self._lock:
            shared = self._shared
            if shared is None or not shared.is_alive():
                shared = self._shared = _SharedFlow(self, flow)
                try:
                    shared.start()
                except RuntimeError as error:
                    problem = f"no thread can be started for the login: {error}"
                    raise NotSentError(problem, method=call.method, path=call.path) from error
        if shared is threading.current_thread():
            raise NotSentError("the transport of a login needs this login", method=call.method, path=call.path)
        shared.join(min(seconds, threading.TIMEOUT_MAX))
        return not shared.is_alive()


class _SharedFlow(threading.Thread):
    """The thread of a shared flow. The end of the program does not wait for it."""

    def __init__(self, driver: Driver, flow: Callable[[], Flow[None]]) -> None:
        super().__init__(name="octopus-cards-login", daemon=True)
        self._driver = driver
        self._flow = flow

    def run(self) -> None:
        """Run the flow, which reports its errors to its callers itself."""
        self._driver.run(self._flow())


def each(pages: Generator[Iterable[T], Any, None]) -> Generator[T]:
    """Yield the items of pages."""
    with closing(pages):
        for page in pages:
            yield from page
