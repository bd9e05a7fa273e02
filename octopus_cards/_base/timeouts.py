"""Timeouts of the phases of one request, and the deadline of a whole call."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum

from octopus_cards._base.plain import plain_number
from octopus_cards._base.redaction import describe_value

_MAX_SECONDS = 86_400.0
DEFAULT_DEADLINE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long each phase of one attempt may take, in seconds; they do not bound an attempt as a whole.

    Attributes:
        connect: Until connected.
        read: The maximum gap between received bytes.
        write: The maximum gap between sent bytes.
        pool: Until a connection of the pool is free.

    The defaults are within what the documentation advises (page best-practices/before-you-go-live).
    """

    __module__ = "octopus_cards"

    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 30.0

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, check_seconds(f"timeout.{each.name}", getattr(self, each.name)))

    def within(self, seconds: float) -> Timeouts:
        """Return the same timeouts, none of them longer than the seconds that are left."""
        if seconds >= max(self.connect, self.read, self.write, self.pool):
            return self
        limits = {each.name: max(0.001, min(seconds, getattr(self, each.name))) for each in fields(self)}
        return Timeouts(**limits)


def check_seconds(argument: str, value: object) -> float:
    """Return a number of seconds above 0 and up to a day."""
    try:
        seconds = plain_number(value)
    except TypeError:
        raise TypeError(f"{argument} must be a number of seconds, got {describe_value(value)}") from None
    if not 0 < seconds <= _MAX_SECONDS:
        raise ValueError(f"{argument} must be a number of seconds above 0 and up to a day, got {describe_value(value)}")
    return seconds


DEFAULT_TIMEOUTS = Timeouts()


def resolve_timeouts(timeout: Timeouts | float) -> Timeouts:
    """Return the timeouts of a client; a bare number applies to each phase, except that connecting stays capped."""
    if isinstance(timeout, Timeouts):
        return timeout
    seconds = check_seconds("timeout", timeout)
    connect = min(seconds, DEFAULT_TIMEOUTS.connect)
    return Timeouts(connect=connect, read=seconds, write=seconds, pool=seconds)


def resolve_deadline(deadline: float | None) -> float | None:
    """Return the deadline of a call in seconds; None means no limit."""
    return None if deadline is None else check_seconds("deadline", deadline)


class Unchanged(Enum):
    """The default of an argument for which None has a meaning of its own."""

    UNCHANGED = "unchanged"

    def __repr__(self) -> str:
        return "UNCHANGED"


UNCHANGED = Unchanged.UNCHANGED
