"""Where a client goes and by what token."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import httpx
import pytest

from octopus_cards import AsyncOctopusCards, OctopusCards, Timeouts
from octopus_cards._base.config import resolve_base_url
from octopus_cards._base.timeouts import resolve_timeouts
from octopus_cards._engine.calls import call_operation, read_item
from octopus_cards.emulator import EmulatorClock
from octopus_cards_api.operations import GET_TOPUP_ORDER, SET_TOPUP_ORDER_NOTIFICATION_EMAIL

BOTH = pytest.mark.parametrize("kind", [OctopusCards, AsyncOctopusCards])


class NaiveClock(EmulatorClock):
    def now(self) -> datetime.datetime:
        return super().now().replace(tzinfo=None)


@BOTH
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"token": None}, ValueError, "credentials are missing: pass token=... or set OCTOPUS_CARDS_TOKEN"),
        ({"token": ""}, ValueError, "token must not be empty"),
        ({"token": 5}, TypeError, "token must be a string, got int"),
        ({"token": "Bearer abc"}, ValueError, "without 'Bearer' in front"),
        ({"token": "abc\n"}, ValueError, "got 4 characters of which number 4 is U+000A"),
        ({"token": "ключ"}, ValueError, "printable ASCII"),
        ({"environment": "staging"}, ValueError, "environment must be one of production, sandbox, got 'staging'"),
        ({"base_url": "http://api.octopuscards.io"}, ValueError, "a token must not travel unencrypted"),
        ({"base_url": "http://10.0.0.1"}, ValueError, "a token must not travel unencrypted"),
        ({"base_url": "http://localhost.example.com"}, ValueError, "a token must not travel unencrypted"),
        ({"base_url": "api.octopuscards.io"}, ValueError, "base_url must be https://HOST"),
        ({"base_url": ""}, ValueError, "base_url must be https://HOST"),
        ({"base_url": "ftp://api.octopuscards.io"}, ValueError, "base_url must be https://HOST"),
        ({"base_url": "https://host:99999"}, ValueError, "base_url must be https://HOST"),
        ({"base_url": "https://[::1"}, ValueError, "base_url must be https://HOST"),
        ({"base_url": "https://ho st"}, ValueError, "base_url must be https://HOST"),
        ({"base_url": "https://host?x=1"}, ValueError, "without query, fragment or a trailing /api/v1"),
        ({"base_url": "https://host/api/v1/"}, ValueError, "without query, fragment or a trailing /api/v1"),
        ({"base_url": "https://host?token=hunter2"}, ValueError, "or a trailing /api/v1"),
        ({"base_url": "https://host?"}, ValueError, "or a trailing /api/v1"),
        ({"environment": ["sandbox"]}, ValueError, "environment must be one of production, sandbox, got an object"),
        ({"timeout": 10**400}, ValueError, "and up to a day"),
        ({"clock": 5}, TypeError, "clock must have a method monotonic(), got 5 (int)"),
        ({"clock": NaiveClock()}, ValueError, "clock.now() must return an aware datetime"),
        ({"random": 5}, TypeError, "random must be a random.Random, got 5 (int)"),
        ({"on_retry": 5}, TypeError, "on_retry must be a callable or None, got 5 (int)"),
        ({"base_url": 5}, TypeError, "base_url must be a string, got 5 (int)"),
        ({"timeout": 0}, ValueError, "timeout must be a number of seconds above 0 and up to a day, got 0"),
        ({"timeout": None}, TypeError, "timeout must be a number of seconds, got None"),
        ({"timeout": float("inf")}, ValueError, "timeout must be a number of seconds above 0 and up to a day"),
        ({"attempts": 0}, ValueError, "attempts must be 1 or more, got 0"),
        ({"attempts": 2.0}, TypeError, "attempts must be an integer, got 2.0 (float)"),
        ({"transport": "httpx"}, TypeError, "transport must be an httpx."),
    ],
)
def test_bad_settings_are_named(kind: Any, options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as refused:
        kind(**({"token": "good"} | options))
    assert message in str(refused.value)


@BOTH
@pytest.mark.parametrize(
    ("name", "value"), [("SSL_CERT_FILE", "/nope"), ("ALL_PROXY", "socks9://x"), ("ALL_PROXY", "socks5://x")]
)
def test_a_bad_environment_is_a_bad_setting(kind: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=r"connections cannot be set up: .* SSL_CERT_FILE"):
        kind("good")


@BOTH
def test_a_bad_token_is_never_shown(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTOPUS_CARDS_TOKEN", "hunter2 hunter2")
    with pytest.raises(ValueError, match="OCTOPUS_CARDS_TOKEN") as refused:
        kind()
    assert "hunter2" not in str(refused.value)


@BOTH
def test_a_url_with_a_password_is_refused_without_showing_it(kind: Any) -> None:
    with pytest.raises(ValueError, match="must not carry a user name or password") as refused:
        kind("good", base_url="https://me:hunter2@host")
    assert "hunter2" not in str(refused.value)


@BOTH
def test_the_repr_of_a_client_shows_its_base_url_and_no_token(kind: Any) -> None:
    client = kind("hunter2", environment="sandbox")
    assert repr(client) == f"{kind.__name__}(base_url='https://sandbox-api.octopuscards.io')"
    session = client._session
    sent: Any = next(read_item(GET_TOPUP_ORDER, "topup order", {"order_id": 1}, session))
    email = {"order_id": 1, "email": "jo@example.com"}
    patched: Any = next(call_operation(SET_TOPUP_ORDER_NOTIFICATION_EMAIL, email, session))
    for hidden in (session, session.credentials, client.topups.orders._driver, sent, sent.call, patched, patched.call):
        assert "hunter2" not in repr(hidden)
        assert "jo@" not in repr(hidden)


@pytest.mark.parametrize(
    ("given", "environment", "ambient", "expected"),
    [
        (None, "production", None, "https://api.octopuscards.io"),
        (None, "sandbox", None, "https://sandbox-api.octopuscards.io"),
        (None, "production", "", "https://api.octopuscards.io"),
        (None, "production", "https://other.example/", "https://other.example"),
        ("https://mine.example/gateway/", "sandbox", "https://other.example", "https://mine.example/gateway"),
        ("http://127.0.0.1:4010", "production", None, "http://127.0.0.1:4010"),
        ("http://[::1]:4010", "production", None, "http://[::1]:4010"),
        ("http://localhost", "production", None, "http://localhost"),
    ],
)
def test_the_base_url_is_the_argument_then_the_environments(
    monkeypatch: pytest.MonkeyPatch, given: str | None, environment: str, ambient: str | None, expected: str
) -> None:
    if ambient is not None:
        monkeypatch.setenv("OCTOPUS_CARDS_BASE_URL", ambient)
    assert resolve_base_url(given, environment) == expected


@pytest.mark.parametrize(
    "end", ["api.octopuscards.io/", "API.octopuscards.io", "api.octopuscards.io:443", "api.octopuscards.io."]
)
def test_a_sandbox_is_never_quietly_production(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setenv("OCTOPUS_CARDS_BASE_URL", f"https://{end}")
    with pytest.raises(ValueError, match="points to production"):
        resolve_base_url(None, "sandbox")


@pytest.mark.parametrize("url", ["https://host\x7f", "https://" + "ü" * 80 + ".example", "https://ho\x00st"])
@pytest.mark.parametrize("kind", [OctopusCards, AsyncOctopusCards])
def test_a_host_that_no_request_can_be_made_for_is_refused_at_once(kind: type, url: str) -> None:
    with pytest.raises(ValueError, match=r"connections cannot be set up: .* \(check base_url|base_url must be"):
        kind("t", base_url=url)


def test_each_phase_has_the_timeout_that_it_was_given() -> None:
    timeouts = Timeouts(connect=1, read=2, write=3, pool=4)
    seen: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json=[])

    transport = httpx.MockTransport(answer)
    with OctopusCards("t", timeout=timeouts, transport=transport) as client:
        client.topups.orders.page()
    asyncio.run(AsyncOctopusCards("t", timeout=timeouts, transport=transport).topups.orders.page())
    assert seen == [{"connect": 1, "read": 2, "write": 3, "pool": 4}] * 2


def test_every_phase_has_a_timeout_by_default() -> None:
    assert resolve_timeouts(Timeouts()) == Timeouts(connect=10.0, read=30.0, write=30.0, pool=30.0)
    assert resolve_timeouts(60) == Timeouts(connect=10.0, read=60.0, write=60.0, pool=60.0)
    assert resolve_timeouts(2.5) == Timeouts(connect=2.5, read=2.5, write=2.5, pool=2.5)
    with pytest.raises(ValueError, match=r"timeout\.read must be a number of seconds above 0 and up to a day"):
        Timeouts(read=-1)
