"""Every behaviour as it was recorded, played to each mode; and the recordings themselves looked through."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from vcr.request import Request

from octopus_cards.emulator import EmulatorClock
from programs.record import known_sources, play
from support import contract
from support.client_modes import ClientMode
from support.paths import PROJECT
from support.scenario_steps import example
from support.scenarios import SCENARIOS
from support.scrubbing import (
    CASSETTES,
    EMAIL,
    PUBLIC,
    REDACTED,
    REDACTED_EMAIL,
    cassette,
    scrub_request,
    without_credentials,
)

FILES = sorted(CASSETTES.glob("*.yaml"))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_recording_plays_to_every_world(mode: ClientMode, name: str) -> None:
    scenario = SCENARIOS[name]
    who = {"api_key": "any-key", "api_secret": "any-secret"} if scenario.by_key else {"token": "any-token"}
    client = mode.client(**who, base_url="http://127.0.0.1:4010", clock=EmulatorClock(), attempts=scenario.attempts)
    with cassette(name) as played:
        results = play(client, scenario, mode.call)
    scenario.check(results)
    assert played.all_played
    assert played.allow_playback_repeats is False


def test_a_request_that_was_not_recorded_is_refused(mode: ClientMode) -> None:
    client = mode.client(token="any-token", base_url="http://127.0.0.1:4010", attempts=1)
    with cassette("get"), pytest.raises(Exception, match="CannotOverwrite"):
        mode.call(client, "page", per_page=499)


def test_a_secret_with_quotes_is_taken_out_whole() -> None:
    body = json.dumps({"username": "k", "password": 'TOP"SECRET\\"REST', "refresh_token": 'a"b'}).encode()
    scrubbed = without_credentials(body)
    assert not re.search(rb"TOP|SECRET|REST|a.{1,2}b", scrubbed)
    assert json.loads(scrubbed)["password"] == REDACTED
    assert without_credentials(scrubbed) == scrubbed


def test_the_recipient_of_a_request_is_taken_out() -> None:
    body = b'{"product_id":4218,"amount":4.990,"input_data":{"player_id":"5123456789"},"client_reference":"KEY"}'
    scrubbed = scrub_request(Request("POST", "http://127.0.0.1:4010/api/v1/topups/orders", body, {}))
    assert scrubbed.body == body.replace(b"5123456789", REDACTED.encode())


def test_every_scenario_has_its_file_and_its_row() -> None:
    assert {path.stem for path in FILES} == set(SCENARIOS)
    assert set(known_sources((CASSETTES / "README.md").read_text("utf-8"))) == set(SCENARIOS)


def test_the_documentations_payloads_are_there_byte_for_byte() -> None:
    bodies = {interaction["response"]["body"]["string"].encode() for path in FILES for interaction in _read(path)}
    for name in ("list.json", "order.json", "confirmation.json", "error-401.json", "error-400-email.json"):
        assert example(name) in bodies, name


def test_the_wait_was_recorded_over_three_states() -> None:
    bodies = [interaction["response"]["body"]["string"] for interaction in _read(CASSETTES / "wait_three_states.yaml")]
    seen = [re.findall('"status":"(\\w+)"', body)[0] for body in bodies[1:]]
    assert list(dict.fromkeys(seen)) == ["PENDING", "RECHARGED", "DELIVERED"]


SECRET = re.compile(
    r"(?i)bearer\s+(?!REDACTED)\S|\beyJ|cookie|(?:emulator|any)-(?:token|key|secret)|api[_-]?(?:key|secret)"
    r'|"(?:username|password|\w+_token)"\s*:\s*"(?!REDACTED)'
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_recording_holds_a_secret(path: Path) -> None:
    text = path.read_text("utf-8")
    assert SECRET.findall(text) == []
    assert {found.decode() for found in EMAIL.findall(text.encode())} <= {REDACTED_EMAIL}
    bodies = [interaction["response"]["body"]["string"] for interaction in _read(path)]
    bodies += [interaction["request"]["body"] or "" for interaction in _read(path)]
    for body in (body for body in bodies if body.encode() not in PUBLIC):
        values = re.findall(r'"(?:player_id|server|phone_number)":"([^"]*)"', body)
        assert set(values) <= {REDACTED}


@pytest.mark.parametrize(
    "leak",
    [
        "authorization: Bearer abc",
        "eyJhbGciOi",
        "Set-Cookie: a=b",
        "- someone@example.org",
        '{"password":"hunter2"}',
        '"refresh_token": "abc"',
        "emulator-secret",
    ],
)
def test_the_search_for_secrets_bites(leak: str) -> None:
    assert SECRET.search(leak) or EMAIL.search(leak.encode())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_recorded_response_conforms_to_the_contract(path: Path) -> None:
    for interaction in _read(path):
        request, response = interaction["request"], interaction["response"]
        headers = {name: ", ".join(values) for name, values in response["headers"].items()}
        body = response["body"]["string"].encode()
        route = urlsplit(request["uri"]).path
        status = response["status"]["code"]
        assert contract.response_violations(request["method"], route, status, headers, body) == []


def test_the_check_against_the_contract_bites() -> None:
    route, good = "/api/v1/topups/orders", b"[]"
    assert contract.response_violations("GET", route, 200, {"X-Page": "1"}, good) == []
    assert contract.response_violations("GET", route, 200, {"X-Page": "one"}, good) != []
    assert contract.response_violations("GET", route, 200, {"X-Has-More": "yes"}, good) != []
    assert contract.response_violations("GET", route, 418, {}, good) != []
    assert contract.response_violations("GET", route, 200, {}, b'[{"id": 1}]') != []


def test_recording_again_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text((CASSETTES / "README.md").read_text("utf-8"), "utf-8")
    _record("--folder", str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in CASSETTES.iterdir()}
    for path in CASSETTES.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_live_recording_refuses_to_run_without_a_token(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        _record("--live", "--folder", str(tmp_path))
    assert "OCTOPUS_CARDS_TOKEN is not set" in refused.value.stderr
    assert list(tmp_path.iterdir()) == []


def _record(*arguments: str) -> None:
    script = PROJECT / "tests" / "programs" / "record.py"
    subprocess.run(
        [sys.executable, str(script), *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "tests")},
    )


def _read(path: Path) -> list[dict[str, Any]]:
    interactions: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))["interactions"]
    return interactions
