"""The calls of the Python client have the outcomes of the scenarios that are for every language."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from octopus_cards import TopupOrderList
from octopus_cards.emulator import Emulator, Scenario
from support.client_modes import ClientMode
from support.shared_scenarios import assert_ends, outcome

NAMES = Scenario.names()


@pytest.mark.parametrize("name", NAMES)
def test_each_call_has_the_outcome_of_the_scenario(
    name: str, mode: ClientMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pages of the scenarios have two rows, and many are scripted one by one: they are requested as such. A list
    # that moves needs pages that overlap, which two rows cannot.
    if not name.startswith("drift_"):
        monkeypatch.setattr("octopus_cards._engine.walk.MIN_PAGE_SIZE", 1)
    scenario = Scenario.load(name)
    emulator = Emulator.from_scenario(scenario)
    client = mode.of(emulator)
    for call in scenario.calls:
        before, began = len(emulator.requests), emulator.clock.monotonic()
        result = outcome(partial(mode.call, client, call["operation"]), call["arguments"])
        assert_ends(call["ends"], result)
        # How many pages our client requests is shown in tests/unit/engine/test_moving_list.py.
        if "requests" in call and call["operation"] not in ("list", "pages"):
            assert len(emulator.requests) - before == call["requests"]
        assert emulator.clock.monotonic() - began >= call.get("pauses_at_least", 0)


def test_an_unknown_scenario_name_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"scenario must be one of .*smoke.*, got 'no_such'"):
        Emulator.from_scenario("no_such")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("list_all_pages", {"orders": [9123460]}),
        ("list_money", {"amounts": ["4.7405", "0.1", "12345678901234.5678", "200"]}),
        ("list_unknown_status_and_field", {"statuses": ["PENDING", "PENDING"]}),
        ("page_headers", {"page": {"number": 1}}),
        ("get_order", {"order": {"amount": "4.74"}}),
        ("get_order", {"order": None}),
        ("find_nothing", {"order": {"id": 9123456}}),
        ("get_unknown_status_and_field", {"unknown_fields": {}}),
        ("email_set", {"confirmation": {"success": False}}),
        ("get_order", {"error": {"kind": "not_found"}}),
        ("error_404", {"error": {"kind": "api"}}),
        ("error_404", {"error": {"kind": "not_found", "status": 410}}),
        ("error_429_for_long", {"error": {"kind": "rate_limit", "retry_after": 3}}),
        ("wait_timeout", {"error": {"kind": "wait_timeout", "last_status": "DELIVERED"}}),
        ("error_500", {"orders": []}),
        ("place_order", {"order": {"client_reference": "PURCHASE-0002"}}),
        ("place_duplicate", {"created": True}),
        ("place_refused", {"error": {"kind": "outcome_unknown"}}),
        ("place_unknown", {"error": {"kind": "outcome_unknown", "client_reference": "PURCHASE-0002"}}),
    ],
)
def test_another_outcome_fails_the_check(name: str, wrong: dict[str, Any]) -> None:
    client = Emulator.from_scenario(name).client()
    call = Scenario.load(name).calls[0]
    method = getattr(client.topups.orders, call["operation"])
    with pytest.raises(AssertionError):
        assert_ends(wrong, outcome(lambda **given: listed(method(**given)), call["arguments"]))


def listed(result: Any) -> Any:
    return list(result) if isinstance(result, TopupOrderList) else result
