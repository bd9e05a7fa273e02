"""What one attempt of a call gets, and what it leaves in its error."""

from __future__ import annotations

import logging
import re
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

import octopus_cards as oc
from octopus_cards._engine.exchange import exchange
from octopus_cards._engine.operation import prepare
from octopus_cards.emulator import Emulator, EmulatorClock
from octopus_cards_api.operations import LIST_TOPUP_ORDERS
from support.client_modes import ClientMode
from support.randomness import NoJitter

ORDERS = "/api/v1/topups/orders"


@pytest.mark.parametrize(
    ("options", "documented", "left", "expected"),
    [
        ({}, None, 90.0, oc.Timeouts()),
        ({}, 40.0, 90.0, oc.Timeouts(read=40.0)),
        ({}, 20.0, 90.0, oc.Timeouts()),
        ({}, 40.0, 7.0, oc.Timeouts(connect=7.0, read=7.0, write=7.0, pool=7.0)),
        ({}, 40.0, float("inf"), oc.Timeouts(read=40.0)),
        ({"timeout": oc.Timeouts(read=5.0)}, 40.0, 90.0, oc.Timeouts(read=5.0)),
    ],
)
def test_a_server_may_take_as_long_as_documented_unless_the_caller_has_less_time(
    emulator: Emulator, options: dict[str, Any], documented: float | None, left: float, expected: oc.Timeouts
) -> None:
    call = prepare(replace(LIST_TOPUP_ORDERS, timeout=documented), {})
    with emulator.client(**options) as client:
        assert client._session.timeouts_of(call, left) == expected


def test_the_deadline_of_a_call_bounds_its_timeouts() -> None:
    seen: list[dict[str, float]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        clock.advance(3)
        return httpx.Response(503 if len(seen) == 1 else 200, json=[], headers={"retry-after": "0"})

    clock = EmulatorClock()
    clock.advance(1000)
    options: dict[str, Any] = {"clock": clock, "random": NoJitter(1), "deadline": 8.0}
    with oc.OctopusCards("t", transport=httpx.MockTransport(answer), **options) as client:
        client.topups.orders.page()
    assert [set(timeouts.values()) for timeouts in seen] == [{8.0}, {5.0}]


def test_a_retry_after_beyond_the_deadline_ends_the_call_at_once(mode: ClientMode, emulator: Emulator) -> None:
    emulator.clock.advance(1000)
    emulator.fail_next(429, retry_after=10)
    with pytest.raises(oc.RateLimitError) as failed:
        mode.call(mode.of(emulator, deadline=9.0), "page")
    assert (failed.value.attempts, emulator.clock.monotonic()) == (1, 1000.0)


def test_a_token_that_arrives_at_the_deadline_is_not_used(mode: ClientMode, emulator: Emulator) -> None:
    def token() -> str:
        emulator.clock.advance(5)
        return emulator.token

    with pytest.raises(oc.NotSentError) as failed:
        mode.call(mode.of(emulator, token=token, deadline=5.0), "page", request_id="trace-1")
    begin = "the deadline passed while the client got a token"
    assert str(failed.value) == f"{begin} [GET {ORDERS}, request trace-1; the deadline is over]"
    assert emulator.requests == []


def test_a_401_at_the_deadline_is_not_repeated(mode: ClientMode, emulator: Emulator) -> None:
    handle = emulator.handle

    def slow(incoming: Any) -> Any:
        emulator.clock.advance(5)
        return handle(incoming)

    emulator.handle = slow  # type: ignore[method-assign]
    tokens = iter(["old", emulator.token])
    with pytest.raises(oc.AuthenticationError):
        mode.call(mode.of(emulator, token=lambda: next(tokens), deadline=5.0), "page")
    assert len(emulator.requests) == 1


@pytest.mark.parametrize("status", [200, 404])
def test_an_operation_without_authentication_carries_no_token(emulator: Emulator, status: int) -> None:
    emulator.fail_next(status, body=b"[]")
    call = prepare(replace(LIST_TOPUP_ORDERS, authenticated=False), {})
    with emulator.client() as client:
        if status == 200:
            client.topups.orders._driver.run(exchange(call, client._session))
        else:
            with pytest.raises(oc.NotFoundError):
                client.topups.orders._driver.run(exchange(call, client._session))
    assert "authorization" not in emulator.requests[0].headers


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_a_response_has_the_number_of_its_attempt(mode: ClientMode, emulator: Emulator, failures: int) -> None:
    if failures:
        emulator.fail_next(503, times=failures)
    assert mode.call(mode.of(emulator), "page").raw.attempt == failures + 1


def test_a_login_is_one_attempt(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(403, path="/auth/login")
    with pytest.raises(oc.PermissionDeniedError) as failed:
        mode.call(mode.of(emulator, api_key=emulator.api_key, api_secret=emulator.api_secret), "page")
    assert failed.value.attempts == 1


def test_the_log_of_an_error_without_a_cause_names_none(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = emulator.client()
    client.close()
    with pytest.raises(oc.NotSentError, match="the client is closed"):
        client.topups.orders.page(request_id="trace-1")
    [line] = [record.getMessage() for record in caplog.records if record.name == "octopus_cards"]
    assert re.fullmatch(rf"GET {ORDERS} NotSentError in 0 ms \(request trace-1, attempt 1\)", line)
