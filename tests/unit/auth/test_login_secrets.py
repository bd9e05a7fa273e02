"""Keys and tokens: where they come from, and where they never appear."""

from __future__ import annotations

import json
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode
from support.logins import LOGIN, ORDERS, answer_to_a_login, bearer, hanging, logging_in, paths


@pytest.mark.parametrize("body", ["cut", "UTF-8", "type"])
def test_no_secret_hangs_on_an_exception(mode: ClientMode, emulator: Emulator, body: str) -> None:
    answer = answer_to_a_login()
    tokens = [value for name, value in json.loads(answer)["data"].items() if name.endswith("_token")]
    odd = {"cut": answer[:-2], "type": answer.replace(b'"2026', b'"soon'), "UTF-8": answer + b"\xff"}[body]
    emulator.fail_next(200, body=odd, path=LOGIN)
    with pytest.raises(oc.NotSentError) as failed:
        mode.call(logging_in(mode, emulator), "page")
    hanging(failed.value, [*tokens, emulator.api_secret, emulator.api_key])


def test_no_secret_hangs_on_a_connection_that_failed(mode: ClientMode) -> None:
    with Emulator().serve() as url:
        pass
    client = mode.client(api_key="the-api-key", api_secret="hunter2", base_url=url, attempts=1)
    with pytest.raises(oc.NotSentError) as failed:
        mode.call(client, "page")
    hanging(failed.value, ["the-api-key", "hunter2"])
    client = mode.client(token="hunter2", base_url=url, attempts=1)
    with pytest.raises(oc.NotSentError) as failed:
        mode.call(client, "set_notification_email", 1, "jo@example.com")
    hanging(failed.value, ["hunter2", "jo@example.com"])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"success": False}, "success is false in a 2xx response"),
        ({"data": {"access_token": ""}}, "access_token must not be empty"),
        ({"data": {"refresh_token": "a b"}}, "refresh_token must be printable ASCII without spaces"),
        ({"data": {"access_token": 5}}, "TokenPair.access_token: a string expected, got int"),
        ({"data": None}, "an object expected, got absent or null"),
    ],
)
def test_an_invalid_login_response_is_reported_without_tokens(
    mode: ClientMode, emulator: Emulator, change: dict[str, Any], problem: str
) -> None:
    body = json.loads(answer_to_a_login())
    secret = body["data"]["refresh_token"]
    body = body | change | ({"data": body["data"] | change["data"]} if change.get("data") else {})
    emulator.fail_next(200, body=body, path=LOGIN)
    with pytest.raises(oc.NotSentError) as failed:
        mode.call(logging_in(mode, emulator), "page")
    assert problem in str(failed.value)
    cause = failed.value.__cause__
    assert isinstance(cause, oc.InvalidResponseError)
    assert cause.body == b""
    assert secret not in f"{failed.value!r}{vars(failed.value)}{cause!r}{vars(cause)}"


def test_a_server_that_echoes_key_and_secret_is_not_quoted(mode: ClientMode, emulator: Emulator) -> None:
    said = f"Invalid credentials {emulator.api_key} {emulator.api_secret}"
    emulator.fail_next(401, message=said, path=LOGIN, headers={"x-request-id": emulator.api_secret})
    with pytest.raises(oc.AuthenticationError, match="Invalid credentials <withheld> <withheld>") as failed:
        mode.call(logging_in(mode, emulator), "page")
    assert emulator.api_secret not in f"{failed.value!r}{vars(failed.value)}"


def test_the_environment_gives_key_and_secret(
    mode: ClientMode, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCTOPUS_CARDS_API_KEY", emulator.api_key)
    monkeypatch.setenv("OCTOPUS_CARDS_API_SECRET", emulator.api_secret)
    mode.call(mode.of(emulator, token=None), "page")
    assert paths(emulator) == [LOGIN, ORDERS]
    monkeypatch.setenv("OCTOPUS_CARDS_TOKEN", emulator.token)
    mode.call(mode.of(emulator, token=None), "page")
    assert paths(emulator) == [ORDERS]
    mode.call(mode.of(emulator, api_key=emulator.api_key), "page")
    assert paths(emulator) == [LOGIN, ORDERS]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"api_key": "k"}, ValueError, "api_secret is missing: a login needs both, and only api_key is set"),
        ({"api_secret": "s"}, ValueError, "api_key is missing: a login needs both, and only api_secret is set"),
        ({"token": "t", "api_key": "k"}, ValueError, "pass either token or api_key and api_secret, not both"),
        ({"api_key": "", "api_secret": "s"}, ValueError, "api_key must be printable characters .* got 0 characters"),
        ({"api_key": "k", "api_secret": "hunter2\n"}, ValueError, "api_secret must be printable .* got 8 characters"),
        ({"api_key": "k", "api_secret": b"hunter2"}, TypeError, "api_secret must be a string, got bytes"),
    ],
)
def test_half_a_key_is_named_and_never_shown(options: dict[str, Any], error: type[Exception], message: str) -> None:
    for kind in (oc.OctopusCards, oc.AsyncOctopusCards):
        with pytest.raises(error, match=message) as refused:
            kind(**options)
        assert "hunter2" not in str(refused.value)


def test_no_repr_shows_a_key_or_a_token(emulator: Emulator) -> None:
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        client.topups.orders.page()
        session = client._session
        token = bearer(emulator, -1)
        shown = repr([client, session, session.credentials, vars(session.credentials), client._driver])
    for secret in (emulator.api_key, emulator.api_secret, token):
        assert secret not in shown
