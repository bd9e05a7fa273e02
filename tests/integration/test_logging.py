"""The log: one line an attempt, nothing by default, and never a secret."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode
from support.randomness import NoJitter


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def ours(log: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(r.levelname, r.getMessage()) for r in log.records if r.name == "octopus_cards"]


def test_one_line_an_attempt_and_one_a_retry(
    mode: ClientMode, emulator: Emulator, lines: pytest.LogCaptureFixture
) -> None:
    emulator.fail_next(429, retry_after=12)
    emulator.fail_next(lost=True)
    mode.call(mode.of(emulator, random=NoJitter(1)), "page", request_id="trace-1")
    path = "GET /api/v1/topups/orders"
    expected = [
        ("DEBUG", rf"{path} 429 in 0 ms \(request trace-1, attempt 1\)"),
        ("INFO", rf"{path} retrying in 12\.000 s after RateLimitError \(request trace-1, attempt 1\)"),
        ("DEBUG", rf"{path} OutcomeUnknownError \(RemoteProtocolError\) in 0 ms \(request trace-1, attempt 2\)"),
        ("INFO", rf"{path} retrying in 0\.\d{{3}} s after OutcomeUnknownError \(request trace-1, attempt 2\)"),
        ("DEBUG", rf"{path} 200 in 0 ms \(request trace-1, attempt 3\)"),
    ]
    found = ours(lines)
    assert len(found) == len(expected)
    for (level, line), (expected_level, pattern) in zip(found, expected, strict=True):
        assert level == expected_level
        assert re.fullmatch(pattern, line), line


def test_no_secret_is_in_the_log_at_any_level(
    mode: ClientMode, emulator: Emulator, lines: pytest.LogCaptureFixture
) -> None:
    recipient = {"phone_number": "+910000000000", "player": "RECIPIENT-7"}
    order_id = emulator.add_order(input_data=recipient)
    client = mode.of(emulator, api_key=emulator.api_key, api_secret=emulator.api_secret)
    emulator.fail_next(503, headers={"x-request-id": f"Bearer {emulator.token} a@example.com"})
    mode.call(client, "get", order_id)
    mode.call(client, "set_notification_email", order_id, "customer@example.com")
    emulator.revoke_tokens()
    emulator.fail_next(401, path="/auth/refresh", message="no: jo@example.com +91 98765 43210")
    mode.call(client, "list")
    mode.logout(client)
    with pytest.raises(oc.AuthenticationError):
        mode.call(mode.of(emulator, api_key="kkk", api_secret="hunter2"), "page")
    tokens = {
        r.headers["authorization"].removeprefix("Bearer ") for r in emulator.requests if "authorization" in r.headers
    }
    tokens |= {r.json()["refresh_token"] for r in emulator.requests if r.path == "/auth/refresh"}
    assert len(tokens) >= 3
    private = ["customer@", "RECIPIENT-7", "+910000000000", "a@example", "jo@example", "98765"]
    for secret in (*tokens, emulator.token, emulator.api_key, emulator.api_secret, "hunter2", *private):
        assert secret not in lines.text, secret
    assert "attempt 1" in lines.text


def test_nothing_is_written_by_default(tmp_path: Path) -> None:
    program = (
        "from octopus_cards.emulator import Emulator\n"
        "emulator = Emulator()\n"
        "emulator.fail_next(503)\n"
        "emulator.client().topups.orders.page()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_a_server_cannot_forge_a_line(emulator: Emulator, lines: pytest.LogCaptureFixture) -> None:
    emulator.fail_next(503, headers={"x-request-id": "a\tb\x7f" + "c" * 5000}, times=9)
    with emulator.client(attempts=2) as client, pytest.raises(oc.ServerError):
        client.topups.orders.page()
    for _, line in ours(lines):
        assert line.isprintable()
        assert len(line) < 2500


def test_the_log_says_how_long_a_try_took(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    handle = emulator.handle

    def slow(incoming: Any) -> Any:
        emulator.clock.advance(2.0)
        return handle(incoming)

    emulator.handle = slow  # type: ignore[method-assign]
    with emulator.client() as client:
        client.topups.orders.page()
    assert " in 2000 ms " in caplog.text


def test_a_path_with_private_text_is_redacted_in_the_log(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    emulator.fail_next(503)
    with caplog.at_level("DEBUG", "octopus_cards"), emulator.client() as client, pytest.raises(oc.NotFoundError):
        client.request("GET", "/api/v1/users/jane@example.com")
    assert "/api/v1/users/" not in caplog.text or "jane" not in caplog.text
    assert caplog.text.count("<withheld>") == 3
