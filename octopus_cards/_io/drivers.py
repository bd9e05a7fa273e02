"""The blocking driver carries out the effects of a flow. Its async counterpart is in `drivers_async`."""

from __future__ import annotations

import inspect
import threading
from abc import abstractmethod
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar, cast

from octopus_cards._base.clock import Clock
from octopus_cards._base.credentials import reject_async_callable
from octopus_cards._base.exceptions import NotSentError
from octopus_cards._base.forks import register_fork_aware
from octopus_cards._base.redaction import describe_value
from octopus_cards._engine.effects import Effect, Emit, Flow, Invoke, Offload, Pause, Send, Shared, Stream
from octopus_cards._engine.operation import Call
from octopus_cards._engine.stepping import INTERRUPTED, Finished, FlowStepper, HookStopped
from octopus_cards._io.connections import Connection
from octopus_cards._io.single_flight import CURRENT, SingleFlight
from octopus_cards._io.transport_errors import describe_exception, permanent_error

T = TypeVar("T")
OWN_LOGIN = "the login needs a token itself: a hook uses its client"
BUSY = "the iteration is already executing: threads create one each or take turns, and its hooks cannot step it"


class Driver:
    """Carries out flows by blocking the calling thread."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self.clock = clock
        self.reset_after_fork()
        register_fork_aware(self)

    def reset_after_fork(self) -> None:
        """Forget the shared flow: its thread is not in this process."""
        self._shared = SingleFlight()

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

    def iterate(self, flow: Stream[T]) -> Items[T]:
        """Return an iterator over the items that a flow emits."""
        return _EmittedItems(self, flow)

    def next_item(self, stepper: FlowStepper) -> Any:
        """Return what a flow emits next, or `Finished`."""
        while not isinstance(effect := stepper.next(), Finished | Emit):
            self._perform_for(stepper, effect)
        return cast("Any", effect)

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
            case Invoke(function, arguments) | Offload(function, arguments):
                result = function(*arguments)
                if inspect.iscoroutine(result):
                    result.close()
                    raise TypeError(f"{describe_value(function)} is async; OctopusCards takes plain callables only")
                return result

    def _join_shared(self, call: Call[Any], flow: Callable[[], Flow[None]], seconds: float) -> bool:
        flight = self._shared.current_or_new(lambda: self.run(flow()))
        if flight is CURRENT.get():
            raise permanent_error(OWN_LOGIN, call)
        try:
            flight.start()
        except RuntimeError as error:
            problem = f"no thread can be started for the login: {error}"
            raise NotSentError(problem, method=call.method, path=call.path) from error
        is_over = flight.wait(seconds)
        if flight.error is not None:
            raise login_error(flight.error, call) from flight.error
        return is_over


def login_error(error: Exception, call: Call[Any]) -> NotSentError:
    """Return the error of a call whose login ended with an exception that is no error of a request."""
    return permanent_error(f"the login raised {describe_exception(error)}", call)


class Items(Iterator[T]):
    """Items to iterate over once.

    It is a class and not a generator, which any exception would end: a list that failed must not look complete when
    it is iterated again, and one that was interrupted while it waited can continue.
    """

    # How many items were handed over.
    count = 0

    @abstractmethod
    def close(self) -> None:
        """End the iteration; a second time has no effect."""


class StepGuard:
    """Allows one step of an iteration at a time, and none within another step: by a hook, or by a signal handler.

    Args:
        waits: Whether a thread waits for the step of another one; otherwise it is refused.
    """

    def __init__(self, *, waits: bool = False) -> None:
        # The thread that has it gets it again: an interrupt that keeps it locked leaves the iteration usable there.
        self._lock = threading.RLock()
        self._waits = waits
        self._is_busy = False

    @contextmanager
    def step(self) -> Generator[None]:
        """Make a step.

        Raises:
            ValueError: Another step is being made.
        """
        if not self._lock.acquire(blocking=self._waits):
            raise ValueError(BUSY)
        try:
            if self._is_busy:
                raise ValueError(BUSY)
            try:
                self._is_busy = True
                yield
            finally:
                self._is_busy = False
        finally:
            self._lock.release()


class _EmittedItems(Items[T]):
    """The items that a flow emits."""

    def __init__(self, driver: Driver, flow: Stream[T]) -> None:
        self._driver = driver
        self._flow = flow
        self._stepper = FlowStepper(flow)
        self._guard = StepGuard()
        self._is_closed = False

    def __next__(self) -> T:
        with self._guard.step():
            if self._is_closed:
                raise StopIteration
            try:
                effect = self._driver.next_item(self._stepper)
            except HookStopped as stopped:
                raise stopped.in_iteration() from stopped.error
            if isinstance(effect, Finished):
                raise StopIteration
            self.count += 1  # first: an interrupt between these lines must not hide that the flow continued
            self._stepper.succeeded(None)
            return cast("Emit[T]", effect).item

    def close(self) -> None:
        with self._guard.step():
            self._is_closed = True
            self._flow.close()


class Each(Items[T]):
    """The items of pages.

    Args:
        pages: The pages.
        waits: Whether a thread waits for a page that another one requests; otherwise it is refused.
    """

    def __init__(self, pages: Items[Any], *, waits: bool = False) -> None:
        self._pages = pages
        self._items: Iterator[T] = iter(())
        self._received = 0
        self._guard = StepGuard(waits=waits)

    def __next__(self) -> T:
        while True:
            items = self._items
            for item in items:
                return item
            with self._guard.step():
                if self._items is items:  # no other thread was first
                    self._turn_page()

    def _turn_page(self) -> None:
        if self._pages.count != self._received:
            raise RuntimeError(INTERRUPTED)  # while a page was handed over
        self._items = iter(next(self._pages))
        self._received += 1

    def close(self) -> None:
        self._pages.close()
        self._items = iter(())
