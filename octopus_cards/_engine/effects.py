"""The effects that logic without I/O yields, and that a driver carries out.

A flow is a generator: it yields an effect and receives its outcome.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

from msgspec import Struct

from octopus_cards._base.redacted import Redacted
from octopus_cards._base.timeouts import Timeouts
from octopus_cards._engine.operation import Call

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Result = TypeVar("Result")


class Send(Redacted, frozen=True):
    """Send this request once. The outcome is a RawResponse, or one of our exceptions is raised.

    `token` is empty where the request carries none. `seconds` bounds the attempt as a whole: a response that arrives
    byte by byte keeps within every timeout of a phase.
    """

    call: Call[Any]
    token: str
    request_id: str
    timeouts: Timeouts
    seconds: float = math.inf

    def redact(self, text: str) -> str:
        """Return the text without the token and the private values of the request."""
        return self.call.redact(text, self.token)


class Pause(Struct, frozen=True):
    """Let this many seconds pass."""

    seconds: float


class Invoke(Struct, frozen=True):
    """Call this function of the caller's. The outcome is its result, awaited where it is awaitable."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


class Offload(Struct, frozen=True):
    """Call this function, which may block; in a thread of its own where the caller must not be blocked."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()


class Shared(Struct, frozen=True):
    """Run this flow once for all callers that ask for one at the same time, and wait for its end.

    The flow belongs to the client: it continues if a caller is cancelled, interrupted or late. The outcome is whether
    it ended within `seconds`, which is how long this caller can wait.
    """

    call: Call[Any]
    flow: Callable[[], Flow[None]]
    seconds: float


class Emit(Struct, Generic[T_co], frozen=True):
    """Hand this item to the code that iterates."""

    item: T_co


Effect = Send | Pause | Invoke | Offload | Shared
Flow = Generator[Effect, Any, Result]
Stream = Generator[Effect | Emit[T], Any, None]
