"""Prism validates the exchanges of client and emulator against the contract, and finds no violation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from contract.conformance.proxy import Proxied, proxied, skip_without_tools
from contract.conformance.served import FAULTS, Fault, faulty
from octopus_cards.emulator import Emulator, Scenario
from programs.record import play
from support.client_modes import ClientMode
from support.scenario_steps import populate
from support.scenarios import SCENARIOS
from support.shared_scenarios import outcome

skip_without_tools()

# An id of more than 64 bits, for which the documentation shows an error.
REQUEST_VIOLATIONS = {"error_400_order_id": ["request.path.id"]}
# In these scenarios the server violates the contract on purpose.
RESPONSE_VIOLATIONS = {
    "answer_html": {"response", "response.body"},
    "answer_wrong_type": {"response.body.status", "response.body.created_at"},
    "error_502_page": {"response"},
    "error_520_empty": {"response"},
    "error_unknown": {"response"},
    "get_absent_and_null": {
        "response.body.status_text",
        "response.body.transaction_id",
        "response.body.completed_at",
    },
    "retry_503": {"response"},
    "wait_passing_fault": {"response"},
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    with proxied(tmp_path_factory.mktemp("prism")) as found:
        yield found


@pytest.fixture
def proxy(session: Proxied) -> Proxied:
    session.violations.clear()
    return session


@pytest.mark.parametrize("name", SCENARIOS)
def test_recorded_scenarios_conform_to_the_contract(proxy: Proxied, mode: ClientMode, name: str) -> None:
    scenario = SCENARIOS[name]
    emulator = Emulator(seed=0)
    populate(emulator)
    if scenario.prepare is not None:
        scenario.prepare(emulator)
    proxy.server = emulator.handle
    keys: dict[str, Any] = {"api_key": emulator.api_key, "api_secret": emulator.api_secret}
    credentials = keys if scenario.by_key else {"token": emulator.token}
    client = mode.client(**credentials, base_url=proxy.url, clock=emulator.clock, attempts=scenario.attempts)
    results = play(client, scenario, mode.call)
    if name != "documented_list":  # this one checks the bytes, which Prism rewrites
        scenario.check(results)
    assert proxy.violations == REQUEST_VIOLATIONS.get(name, [])


@pytest.mark.parametrize("name", Scenario.names())
def test_shared_scenarios_conform_to_the_contract_unless_they_violate_it_on_purpose(
    proxy: Proxied, mode: ClientMode, name: str
) -> None:
    scenario = Scenario.load(name)
    emulator = Emulator.from_scenario(scenario)
    proxy.server = emulator.handle
    client = mode.client(token=emulator.token, base_url=proxy.url, clock=emulator.clock)
    for call in scenario.calls:
        outcome(partial(mode.call, client, call["operation"]), call["arguments"])
    assert emulator.requests
    assert set(proxy.violations) == RESPONSE_VIOLATIONS.get(name, set())


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.prism], ids=lambda fault: fault.title)
def test_a_fault_of_the_server_is_detected(proxy: Proxied, mode: ClientMode, fault: Fault) -> None:
    emulator = Emulator(seed=0)
    populate(emulator)
    proxy.server = faulty(fault, emulator.handle)
    client = mode.client(token=emulator.token, base_url=proxy.url, clock=emulator.clock, attempts=1)
    for method, arguments in (("page", {}), ("get", {"order_id": 1})):
        outcome(partial(mode.call, client, method), arguments)
    assert fault.prism in proxy.violations
