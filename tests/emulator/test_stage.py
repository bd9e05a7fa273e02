"""The stage over HTTP, as the test suite of another language meets it."""

from __future__ import annotations

import httpx
import pytest

from octopus_cards.emulator import Scenario
from octopus_cards.emulator._core.scenario_server import Stage

AUTH = {"Authorization": "Bearer emulator-token"}
LIST = "/api/v1/topups/orders"


def test_it_plays_tells_how_far_it_came_and_begins_anew() -> None:
    with Stage("drift_order_added").serve() as url, httpx.Client(base_url=url, headers=AUTH) as client:
        first = client.get(LIST, params={"page": "1", "per_page": "2"}).json()
        second = client.get(LIST, params={"page": "2", "per_page": "2"}).json()
        assert second[0]["id"] == first[1]["id"]  # pushed down by the order that came between
        state = client.get("/_scenario").json()
        assert state["scenario"] == "drift_order_added"
        assert state["calls"][0]["ends"]["orders"][0] == first[0]["id"]
        assert [request["query"]["page"] for request in state["requests"]] == ["1", "2"]
        assert client.post("/_scenario/drift_order_added").json()["requests"] == []
        assert client.get(LIST, params={"per_page": "2"}).json() == first


def test_another_scenario_is_begun_by_its_name() -> None:
    with Stage("smoke").serve() as url, httpx.Client(base_url=url, headers=AUTH) as client:
        assert client.post("/_scenario/error_unknown").json()["shows"] == Scenario.load("error_unknown").shows
        assert (answer := client.get(LIST)).status_code == 409
        assert answer.json()["error"]["hint"] == "Try later"
        refused = client.post("/_scenario/no_such")
        assert (refused.status_code, "got 'no_such'" in refused.json()["message"]) == (404, True)
        for method, path in (("GET", "/_scenario/smoke"), ("POST", "/_scenario")):
            refused = client.request(method, path)
            assert (refused.status_code, refused.headers["allow"]) == (405, "POST" if method == "GET" else "GET")
        assert client.get("/_scenario").json()["scenario"] == "error_unknown"


def test_amounts_are_sent_with_the_digits_of_the_file() -> None:
    with Stage("list_money").serve() as url:
        assert '"amount":12345678901234.5678,' in httpx.get(f"{url}{LIST}", headers=AUTH).text


@pytest.mark.parametrize("name", Scenario.names())
def test_every_scenario_can_be_served(name: str) -> None:
    assert Stage(name).scenario.calls
