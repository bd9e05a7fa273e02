"""Our client ends as the scenarios say that are for every language."""

from __future__ import annotations

from functools import partial

import pytest

from octopus_cards.emulator import Emulator, Scenario
from shared_scenarios import assert_ends, outcome
from worlds import World

NAMES = Scenario.names()


@pytest.mark.parametrize("name", NAMES)
def test_each_call_ends_as_the_scenario_says(name: str, world: World) -> None:
    scenario = Scenario.load(name)
    emulator = Emulator.playing(scenario)
    client = world.of(emulator)
    for call in scenario.calls:
        before, began = len(emulator.requests), emulator.clock.monotonic()
        result = outcome(partial(world.call, client, call["operation"]), call["arguments"])
        assert_ends(call["ends"], result)
        if "requests" in call:
            assert len(emulator.requests) - before == call["requests"]
        assert emulator.clock.monotonic() - began >= call.get("pauses_at_least", 0)


def test_a_name_that_no_scenario_has() -> None:
    with pytest.raises(ValueError, match=r"scenario must be one of .*tour.*, got 'no_such'"):
        Emulator.playing("no_such")
