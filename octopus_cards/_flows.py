"""The vocabulary between the logic, which does no I/O, and the two drivers that do it.

A flow is a generator that yields what should happen next and receives what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from octopus_cards._wire import Call

T = TypeVar("T")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Send:
    """Send this request once; what comes back is an Answer, or NotSentError or OutcomeUnknownError is raised."""

    call: Call[Any]
    token: str


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
class Emit(Generic[T]):
    """Hand this item to whoever iterates."""

    item: T


Effect = Send | Pause | Consult
Flow = Generator[Effect, Any, Result]
Stream = Generator[Effect | Emit[T], Any, None]
