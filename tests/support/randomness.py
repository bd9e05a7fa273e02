"""Random numbers that tests can predict."""

from __future__ import annotations

from random import Random


class NoJitter(Random):
    """A source of randomness that adds nothing to a delay."""

    def uniform(self, a: float, b: float) -> float:
        return a
