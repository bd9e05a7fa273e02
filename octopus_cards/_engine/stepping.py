"""Running a flow step by step: for the drivers, and for flows that wrap another flow."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from typing import Any, Generic, TypeVar, cast

from msgspec import Struct

from octopus_cards._base.clock import Clock
from octopus_cards._engine.effects import Effect, Emit, Flow, Pause, Stream

T = TypeVar("T")
Result = TypeVar("Result")
# The longest time between two looks at whether a flow is cancelled, in seconds.
CANCEL_POLL_INTERVAL = 0.25
INTERRUPTED = "the iteration was interrupted in the middle of a step and cannot continue; start it again"


class Finished(Struct, Generic[T], frozen=True):
    """The end of a flow, with its result."""

    result: T


class FlowStepper:
    """A flow that runs one step at a time: take an effect, carry it out, report its outcome.

    An effect whose outcome was never reported, because its task was cancelled, is returned again by the next step. A
    flow that failed fails again with every further step: a list that failed must not look complete. Nor must one that
    was interrupted while its own code ran, as by a KeyboardInterrupt: it can no longer continue.
    """

    def __init__(self, flow: Generator[Any, Any, Any]) -> None:
        self._flow = flow
        self._effect: Any = None
        self._resume: Callable[[], Any] | None = partial(flow.send, None)
        self._failure: Exception | None = None
        self._is_running = False

    def next(self) -> Any:
        """Return the next effect, or `Finished`.

        Raises:
            RuntimeError: An interrupt ended an earlier step.
        """
        if self._failure is not None:
            raise self._failure.with_traceback(None)
        if self._is_running:
            raise RuntimeError(INTERRUPTED)
        if self._resume is not None:
            # An interrupt between these lines leaves the mark, and no other trace.
            self._is_running = True
            try:
                self._effect = self._resume()
            except StopIteration as stop:
                self._effect = Finished(stop.value)
            except Exception as error:
                self._failure, self._is_running = error, False
                raise
            self._resume = None
            self._is_running = False
        return self._effect

    def succeeded(self, value: Any) -> None:
        """Report the outcome of the effect."""
        self._resume = partial(self._flow.send, value)

    def failed(self, error: Exception) -> None:
        """Report that the effect raised an exception."""
        if isinstance(error, StopIteration | StopAsyncIteration):
            error = HookStopped(error)
        self._resume = partial(self._flow.throw, error)


class HookStopped(Exception):
    """A hook raised StopIteration, which a generator cannot raise as it is."""

    def __init__(self, error: Exception) -> None:
        super().__init__(type(error).__name__)
        self.error = error

    def in_iteration(self) -> RuntimeError:
        """Return the error of an iteration, which must not look like its end."""
        return RuntimeError(f"a hook raised {type(self.error).__name__}, which would look like the end of the list")


class Cancelled(Exception):
    """The caller no longer wants the result of a flow."""


def first(items: Stream[T]) -> Flow[T]:
    """Return the first item of a stream that has one."""
    with closing(items):
        stepper = FlowStepper(items)
        while not isinstance(effect := stepper.next(), Emit):
            yield from _pass_on(stepper, effect)
    return cast("Emit[T]", effect).item


def until_cancelled(
    flow: Generator[Any, Any, Result], cancelled: Callable[[], bool], clock: Clock
) -> Generator[Any, Any, Result]:
    """Run a flow, and raise `Cancelled` once the caller cancels: before each effect, and during each pause."""
    with closing(flow):
        stepper = FlowStepper(flow)
        while not isinstance(effect := stepper.next(), Finished):
            if cancelled():
                raise Cancelled
            if isinstance(effect, Pause):
                yield from _pause_in_slices(effect.seconds, cancelled, clock)
                stepper.succeeded(None)
            else:
                yield from _pass_on(stepper, effect)
    return cast("Finished[Result]", effect).result


def _pass_on(stepper: FlowStepper, effect: Effect) -> Generator[Any, Any, None]:
    """Yield an effect of an inner flow and report its outcome to it."""
    try:
        outcome = yield effect
    except Exception as error:
        stepper.failed(error)
    else:
        stepper.succeeded(outcome)


def _pause_in_slices(seconds: float, cancelled: Callable[[], bool], clock: Clock) -> Flow[None]:
    until, left = clock.monotonic() + seconds, seconds
    while left > 0:
        if cancelled():
            raise Cancelled
        yield Pause(min(left, CANCEL_POLL_INTERVAL))
        # The first bound ends the pause even under a stopped clock of a test.
        left = min(left - CANCEL_POLL_INTERVAL, until - clock.monotonic())
