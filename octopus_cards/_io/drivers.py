"""The blocking driver: it carries out what a flow asks for. `_drivers_async` has its twin."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from functools import partial
from typing import Any, Generic, TypeVar, cast

from msgspec import Struct

from octopus_cards._base.clock import Clock
from octopus_cards._base.forks import renew_after_fork
from octopus_cards._base.redaction import shown
from octopus_cards._engine.effects import Alone, Consult, Effect, Emit, Flow, Pause, Send, Stream
from octopus_cards._io.connections import Connection

T = TypeVar("T")


class Done(Struct, Generic[T], frozen=True):
    """The end of a flow, and what it came to."""

    result: T


class Steps:
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
                return Done(stop.value)
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
        self.clock = clock
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """The thread that held the lock is not in this process."""
        self._alone = threading.Lock()

    def run(self, flow: Flow[T]) -> T:
        """The result of a flow."""
        with closing(flow):
            steps = Steps(flow)
            while not isinstance(effect := steps.next(), Done):
                self._serve(steps, effect)
            return effect.result  # type: ignore[no-any-return]

    def iterate(self, flow: Stream[T]) -> Generator[T]:
        """The items that a flow emits, as they come."""
        with closing(flow):
            steps = Steps(flow)
            while not isinstance(effect := steps.next(), Done):
                if isinstance(effect, Emit):
                    steps.succeeded(None)
                    yield cast("Emit[T]", effect).item
                else:
                    self._serve(steps, effect)

    def _serve(self, steps: Steps, effect: Effect) -> None:
        try:
            steps.succeeded(self._perform(effect))
        except Exception as error:
            steps.failed(error)

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return self._connection.send(effect)
            case Pause(seconds):
                return self.clock.sleep(seconds)
            case Alone(_, flow):
                with self._alone:
                    return self.run(flow())
            case Consult(function, arguments):
                result = function(*arguments)
                if inspect.iscoroutine(result):
                    result.close()
                    raise TypeError(f"{shown(function)} is async; OctopusCards takes plain callables only")
                return result


def each(pages: Generator[Iterable[T], Any, None]) -> Generator[T]:
    """What pages hold, one at a time."""
    with closing(pages):
        for page in pages:
            yield from page
