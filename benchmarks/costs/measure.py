"""Time several subjects in one run, in turns, so that other load on the machine affects all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping

Subject = Callable[[], object]


def in_turns(
    subjects: Mapping[str, Subject], *, rounds: int, least: float = 0.02, clock: Callable[[], float] = time.process_time
) -> dict[str, float]:
    """Return the best time of each subject in seconds: CPU time unless another clock is given.

    Args:
        subjects: What to call.
        rounds: How often each has its turn.
        least: Seconds that a turn takes at least; a quick subject is called as often as that needs.
        clock: What time is.
    """
    often = {name: _often(subject, least, clock) for name, subject in subjects.items()}
    best = dict.fromkeys(subjects, float("inf"))
    for _ in range(rounds):
        for name, subject in subjects.items():
            best[name] = min(best[name], _turn(subject, often[name], clock))
    return best


def _often(subject: Subject, least: float, clock: Callable[[], float]) -> int:
    subject()  # loading on first use is measured separately
    taken = max(_turn(subject, 1, clock), 1e-7)
    return max(1, round(least / taken))


def _turn(subject: Subject, count: int, clock: Callable[[], float]) -> float:
    gc.collect()
    began = clock()
    for _ in range(count):
        subject()
    return (clock() - began) / count
