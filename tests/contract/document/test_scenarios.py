"""The scenarios are valid against their schema, and conform to the contract unless they violate it on purpose."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from octopus_cards.emulator import Scenario
from support import contract, shared_scenarios
from support.paths import SPEC

SCHEMA = json.loads((SPEC / "scenarios.schema.json").read_text("utf-8"))
NAMES = sorted(path.stem for path in (SPEC / "scenarios").glob("*.json"))
# In these scenarios the server violates the contract on purpose.
VIOLATING = {
    "answer_html",
    "answer_wrong_type",
    "error_502_page",
    "error_520_empty",
    "error_redirect",
    "error_unknown",
    "get_absent_and_null",
    "retry_503",
    "wait_passing_fault",
}


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SPEC / "scenarios" / f"{name}.json").read_text("utf-8"))
    return loaded


def violations(scenario: dict[str, Any]) -> list[str]:
    order = {"$ref": "#/components/schemas/TopupOrder"}
    found = [v for stored in scenario.get("orders", ()) for v in contract.violations(order, stored)]
    for exchange in scenario.get("exchanges", ()):
        if response := exchange.get("response"):
            request, headers = exchange["request"], response.get("headers", {})
            body = json.dumps(response["body"]).encode() if "body" in response else b'"text"'
            found += contract.response_violations(request["method"], request["path"], response["status"], headers, body)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_it_is_valid_against_its_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(document(name))


@pytest.mark.parametrize("name", NAMES)
def test_it_conforms_to_the_contract_unless_it_violates_it_on_purpose(name: str) -> None:
    assert bool(violations(document(name))) is (name in VIOLATING)


def test_the_installed_scenarios_equal_those_of_the_repository() -> None:
    assert Scenario.names() == NAMES
    for name in NAMES:
        assert json.dumps(Scenario.load(name).calls, default=float) == json.dumps(document(name)["calls"])


def test_every_error_kind_has_an_exception_class() -> None:
    kinds = SCHEMA["$defs"]["end"]["properties"]["error"]["properties"]["kind"]["enum"]
    assert set(kinds) == set(shared_scenarios.ERRORS)
    ended = {call["ends"].get("error", {}).get("kind") for name in NAMES for call in document(name)["calls"]}
    assert ended - {None} == set(kinds)
