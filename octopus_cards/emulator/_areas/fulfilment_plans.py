"""How the next created orders go."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

FAILURE_FIELDS = ("failure_code", "failure_reason", "is_user_fixable")
# No page lists the codes, so the default is a code that nobody can mistake for a documented one.
DEFAULT_FAILURE = ("EMULATED_FAILURE", "The recipient was not found.", True)


def failure_of(code: str | None, reason: str | None, is_user_fixable: bool | None) -> Mapping[str, Any]:  # noqa: FBT001
    """Return the failure fields by name; those that are None are missing."""
    values = dict(zip(FAILURE_FIELDS, (code, reason, is_user_fixable), strict=True))
    return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Plan:
    """What fulfilment does with an order.

    Attributes:
        transitions: Its status changes as (seconds after its creation, status), in order of time.
        failure: The failure fields that the order gets when it fails.
    """

    transitions: Sequence[tuple[float, str]]
    failure: Mapping[str, Any] = field(default_factory=lambda: failure_of(*DEFAULT_FAILURE))


class FulfilmentPlans:
    """The plans of the next created orders, first in, first out; without one, delivery within 5 to 30 seconds."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._plans: deque[Plan] = deque()

    def add(self, plan: Plan, times: int) -> None:
        """Plan this many of the next orders that have no plan yet."""
        self._plans.extend([plan] * times)

    def take(self) -> Plan:
        """Return the plan of the order that is created now."""
        if self._plans:
            return self._plans.popleft()
        return Plan([(float(self._random.randint(5, 30)), "DELIVERED")])
