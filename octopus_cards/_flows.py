"""The vocabulary between the logic, which does no I/O, and the two drivers that do it.

A flow is a generator that yields what should happen next and receives what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from octopus_cards._wire import Call

# What is shorter is no secret, and its letters stand in every text.
SECRET_MIN = 6

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Send:
    """Send this request once; what comes back is a RawResponse, or one of our exceptions is raised.

    `token` is empty where the call carries none.
    """

    call: Call[Any]
    token: str = field(repr=False)
    request_id: str

    def without_secrets(self, text: str) -> str:
        """What a server said, without what it was sent in private."""
        for secret in (self.token, *self.call.secrets):
            if len(secret) >= SECRET_MIN:
                text = text.replace(secret, "<withheld>")
        return text


@dataclass(frozen=True, slots=True)
class Pause:
    """Let this many seconds pass."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Consult:
    """Call this function of the caller's; what comes back is its result, awaited where it is awaitable."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Alone:
    """Carry out this flow while no other thread or task of the client does so; what comes back is its result."""

    call: Call[Any]
    flow: Callable[[], Flow[Any]]


@dataclass(frozen=True, slots=True)
class Emit(Generic[T_co]):
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


def one_by_one(pages: Stream[Iterable[T]]) -> Stream[T]:
    """The items of what a stream emits, one at a time."""
    step: Callable[[], Effect | Emit[Iterable[T]]] = partial(next, pages)
    with closing(pages):
        while True:
            try:
                effect = step()
            except StopIteration:
                return
            if isinstance(effect, Emit):
                for item in effect.item:
                    yield Emit(item)
                step = partial(next, pages)
                continue
            try:
                outcome = yield effect
                step = partial(pages.send, outcome)
            except Exception as error:
                step = partial(pages.throw, error)
