"""How often a wait polls."""

from __future__ import annotations

import math
from typing import Any

import pytest

import octopus_cards as oc

STEPS = "steps must be pairs of (until elapsed seconds, interval in seconds)"


def test_the_documented_cadence_is_data() -> None:
    assert oc.Cadence([(60.0, 5.0), (math.inf, 30.0)]) == oc.TOPUP_ORDER_CADENCE
    assert [oc.TOPUP_ORDER_CADENCE.interval(t) for t in (0, 59.9, 60, 61, 1e9)] == [5, 5, 30, 30, 30]
    assert [oc.Cadence([(0.5, 1), (10, 2), (20, 3)]).interval(t) for t in (0, 0.5, 10, 99)] == [1, 2, 3, 3]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], ", got none"),
        ([(10, 0)], " with every interval above 0 and at most a day, got ((10.0, 0.0),)"),
        ([(10, math.inf)], " with every interval above 0 and at most a day, got ((10.0, inf),)"),
        ([(10, 1), (10, 2)], " with times that rise from 0, got ((10.0, 1.0), (10.0, 2.0))"),
        ([(-(10**400), 1)], " with times that rise from 0, got ((-inf, 1.0),)"),
        ([(0, 1)], " with times that rise from 0, got ((0.0, 1.0),)"),
        ([(math.nan, 1), (10, 2)], " with times that rise from 0, got ((nan, 1.0), (10.0, 2.0))"),
    ],
)
def test_a_cadence_that_is_none_is_refused(steps: Any, message: str) -> None:
    with pytest.raises(ValueError, match="steps must be") as refused:
        oc.Cadence(steps)
    assert str(refused.value) == STEPS + message


@pytest.mark.parametrize(
    ("steps", "came"),
    [(5, "5 (int)"), ([5], "an object of type list"), ([(1, "x")], "an object of type list"), (None, "None")],
)
def test_a_cadence_of_no_steps_is_refused(steps: Any, came: str) -> None:
    with pytest.raises(TypeError, match="steps must be") as refused:
        oc.Cadence(steps)
    assert str(refused.value) == f"{STEPS}, got {came}"


def test_a_step_may_begin_a_moment_after_the_start() -> None:
    assert oc.Cadence([(1e-9, 86_400)]).steps == ((1e-9, 86_400.0),)


def test_a_step_may_last_longer_than_any_float() -> None:
    assert oc.Cadence([(10**400, 5)]).steps == ((math.inf, 5.0),)
