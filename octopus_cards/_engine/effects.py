"""The vocabulary between the logic, which does no I/O, and the two drivers that do it.

A flow is a generator that yields what should happen next and receives what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from msgspec import Struct

from octopus_cards._base.clock import Clock

if TYPE_CHECKING:
    from octopus_cards._io.codec import Call

# What is shorter is no secret, and its letters stand in every text.
SECRET_MIN = 6
# How long a flow that is not wanted any more can go on pausing, in seconds.
CANCEL_WITHIN = 0.25

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Result = TypeVar("Result")


class Private(Struct, frozen=True):
    """A record that holds tokens or addresses: it shows its name alone."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<withheld>)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class Send(Private, frozen=True):
    """Send this request once; what comes back is a RawResponse, or one of our exceptions is raised.

    `token` is empty where the call carries none.
    """

    call: Call[Any]
    token: str
    request_id: str

    def without_secrets(self, text: str) -> str:
        """What a server said, without what it was sent in private."""
        for secret in (self.token, *self.call.secrets):
            if len(secret) >= SECRET_MIN:
                text = text.replace(secret, "<withheld>")
        return text


class Cancelled(Exception):
    """Who wanted the result of a flow wants it no more."""


class Pause(Struct, frozen=True):
    """Let this many seconds pass."""

    seconds: float


class Consult(Struct, frozen=True):
    """Call this function of the caller's; what comes back is its result, awaited where it is awaitable."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


class Alone(Struct, frozen=True):
    """Carry out this flow while no other thread or task of the client does so; what comes back is its result."""

    call: Call[Any]
    flow: Callable[[], Flow[Any]]


class Emit(Struct, Generic[T_co], frozen=True):
    """Hand this item to whoever iterates."""

    item: T_co


Effect = Send | Pause | Consult | Alone
Flow = Generator[Effect, Any, Result]
Stream = Generator[Effect | Emit[T], Any, None]


def first(items: Stream[T]) -> Flow[T]:
    """The first item of a stream that has one."""
    step: Callable[[], Effect | Emit[T]] = partial(next, items)
    with closing(items):
        while not isinstance(effect := step(), Emit):
            try:
                outcome = yield effect
                step = partial(items.send, outcome)
            except Exception as error:
                step = partial(items.throw, error)
    return effect.item


def until_cancelled(
    flow: Generator[Any, Any, Result], cancelled: Callable[[], bool], clock: Clock
) -> Generator[Any, Any, Result]:
    """The same flow, left with `Cancelled` as soon as that is wanted: before each effect, and within each pause."""
    step: Callable[[], Any] = partial(next, flow)
    with closing(flow):
        while True:
            try:
                effect = step()
            except StopIteration as stop:
                return cast("Result", stop.value)
            if cancelled():
                raise Cancelled
            try:
                if isinstance(effect, Pause):
                    yield from _sliced(effect.seconds, cancelled, clock)
                    step = partial(next, flow)
                else:
                    step = partial(flow.send, (yield effect))
            except Exception as error:
                step = partial(flow.throw, error)


def _sliced(seconds: float, cancelled: Callable[[], bool], clock: Clock) -> Flow[None]:
    """Lets time pass in slices, until the caller cancels."""
    until, left = clock.monotonic() + seconds, seconds
    while left > 0:
        if cancelled():
            raise Cancelled
        yield Pause(min(left, CANCEL_WITHIN))
        # A clock that stands still, as one of a test may, does not make it endless.
        left = min(left - CANCEL_WITHIN, until - clock.monotonic())
