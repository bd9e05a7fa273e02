"""Between our client and the emulator stands Prism, which validates both against the contract, and finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from contract.conformance.proxy import Proxied, proxied, skip_without_tools
from contract.conformance.served import FAULTS, Fault, faulty
from octopus_cards.emulator import Emulator, Scenario
from programs.record import play
from support.client_modes import World
from support.scenarios import SCENARIOS, populate
from support.shared_scenarios import outcome

skip_without_tools()

# An id beyond 64 bits, which the documentation itself shows an error for.
OF_REQUESTS = {"error_400_order_id": ["request.path.id"]}
# Servers that are wrong on purpose: what a client must bear, or refuse.
OF_SERVERS = {
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
def test_what_is_recorded_is_in_line_with_the_contract(proxy: Proxied, world: World, name: str) -> None:
    scenario = SCENARIOS[name]
    emulator = Emulator(seed=0)
    populate(emulator)
    if scenario.prepare is not None:
        scenario.prepare(emulator)
    proxy.server = emulator.handle
    keys: dict[str, Any] = {"api_key": emulator.api_key, "api_secret": emulator.api_secret}
    who = keys if scenario.by_key else {"token": emulator.token}
    client = world.client(**who, base_url=proxy.url, clock=emulator.clock, attempts=scenario.attempts)
    results = play(client, scenario, world.call)
    if name != "documented_list":  # which looks at the bytes, and Prism writes them anew
        scenario.check(results)
    assert proxy.violations == OF_REQUESTS.get(name, [])


@pytest.mark.parametrize("name", Scenario.names())
def test_a_shared_scenario_is_in_line_with_the_contract_unless_it_means_not_to_be(
    proxy: Proxied, world: World, name: str
) -> None:
    scenario = Scenario.load(name)
    emulator = Emulator.from_scenario(scenario)
    proxy.server = emulator.handle
    client = world.client(token=emulator.token, base_url=proxy.url, clock=emulator.clock)
    for call in scenario.calls:
        outcome(partial(world.call, client, call["operation"]), call["arguments"])
    assert emulator.requests
    assert set(proxy.violations) == OF_SERVERS.get(name, set())


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.prism], ids=lambda fault: fault.told)
def test_a_fault_of_the_server_is_found(proxy: Proxied, world: World, fault: Fault) -> None:
    emulator = Emulator(seed=0)
    populate(emulator)
    proxy.server = faulty(fault, emulator.handle)
    client = world.client(token=emulator.token, base_url=proxy.url, clock=emulator.clock, attempts=1)
    for method, arguments in (("page", {}), ("get", {"order_id": 1})):
        outcome(partial(world.call, client, method), arguments)
    assert fault.prism in proxy.violations
