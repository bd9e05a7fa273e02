"""The scenario server over HTTP, as the test suite of another language uses it."""

from __future__ import annotations

import httpx
import pytest

from octopus_cards.emulator import Scenario
from octopus_cards.emulator._scenario_server import ScenarioServer

AUTH = {"Authorization": "Bearer emulator-token"}
LIST = "/api/v1/topups/orders"


def test_it_runs_a_scenario_reports_its_requests_and_restarts_it() -> None:
    with ScenarioServer("drift_order_added").serve() as url, httpx.Client(base_url=url, headers=AUTH) as client:
        first = client.get(LIST, params={"page": "1", "per_page": "2"}).json()
        second = client.get(LIST, params={"page": "2", "per_page": "2"}).json()
        assert second[0]["id"] == first[1]["id"]  # pushed down by the order that was added in between
        state = client.get("/_scenario").json()
        assert state["scenario"] == "drift_order_added"
        assert state["calls"][0]["ends"]["orders"][0] == first[0]["id"]
        assert [request["query"]["page"] for request in state["requests"]] == ["1", "2"]
        assert client.post("/_scenario/drift_order_added").json()["requests"] == []
        assert client.get(LIST, params={"per_page": "2"}).json() == first


def test_a_scenario_is_started_by_its_name() -> None:
    with ScenarioServer("smoke").serve() as url, httpx.Client(base_url=url, headers=AUTH) as client:
        assert client.post("/_scenario/error_unknown").json()["summary"] == Scenario.load("error_unknown").summary
        assert (response := client.get(LIST)).status_code == 409
        assert response.json()["error"]["hint"] == "Try later"
        refused = client.post("/_scenario/no_such")
        assert (refused.status_code, "got 'no_such'" in refused.json()["message"]) == (404, True)
        for method, path in (("GET", "/_scenario/smoke"), ("POST", "/_scenario")):
            refused = client.request(method, path)
            assert (refused.status_code, refused.headers["allow"]) == (405, "POST" if method == "GET" else "GET")
        assert client.get("/_scenario").json()["scenario"] == "error_unknown"


def test_amounts_keep_the_digits_of_the_file() -> None:
    with ScenarioServer("list_money").serve() as url:
        assert '"amount":12345678901234.5678,' in httpx.get(f"{url}{LIST}", headers=AUTH).text


@pytest.mark.parametrize("name", Scenario.names())
def test_every_scenario_can_be_served(name: str) -> None:
    assert ScenarioServer(name).scenario.calls
