"""How the time of a placement is divided between sending requests and looking the order up."""

from __future__ import annotations

import math

from msgspec import Struct

from octopus_cards._engine.exchange import Session

# Time reserved for lookups after a lost response: 20 seconds, or 40 % of the deadline if that is less.
SETTLING_TIME, SETTLING_SHARE = 20.0, 0.4
# The least time that a request gets: a second, or 5 % of the deadline if that is less. With less it would only leave a
# doubt.
LEAST_SENDING_TIME, LEAST_SENDING_SHARE = 1.0, 0.05


class TimePlan(Struct, frozen=True):
    """Times of the monotonic clock.

    Attributes:
        sends_before: When the last request may start.
        sends_until: When requests end.
        ends_at: When the call ends.
    """

    sends_before: float
    sends_until: float
    ends_at: float

    @classmethod
    def of(cls, session: Session) -> TimePlan:
        """Return the plan of a call that starts now."""
        if session.deadline is None:
            return cls(math.inf, math.inf, math.inf)
        ends_at, deadline = session.ends_at(session.clock.monotonic()), session.deadline
        sends_until = ends_at - min(SETTLING_TIME, deadline * SETTLING_SHARE)
        return cls(sends_until - min(LEAST_SENDING_TIME, deadline * LEAST_SENDING_SHARE), sends_until, ends_at)

    def seconds_for_sending(self, now: float) -> float | None:
        """Return how long requests may take; None for no limit."""
        return None if self.sends_until == math.inf else max(0.001, self.sends_until - now)
