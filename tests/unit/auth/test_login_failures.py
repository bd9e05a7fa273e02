"""Logins and renewals that fail, and the errors of their callers."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.operation import prepare
from octopus_cards._login import _server_now
from octopus_cards._login_backoff import LOGIN_WINDOW, REJECTED_BACKOFF, RETRYABLE_BACKOFF, LoginBackoff
from octopus_cards.emulator import Emulator
from octopus_cards_api.operations import LIST_TOPUP_ORDERS
from support.client_modes import ClientMode
from support.logins import LOGIN, LOGOUT, ORDERS, REFRESH, answer_to_a_login, logging_in, paths
from support.randomness import NoJitter


def test_a_failed_login_is_shared_and_backs_off(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator, api_secret="not-the-secret")
    results = mode.concurrently(32, client, "page")
    assert {type(result) for result in results} == {oc.AuthenticationError}
    assert paths(emulator) == [LOGIN]
    for tries, wait in enumerate([6.0, 12.0, 24.0, 48.0, 60.0, 60.0], start=1):
        emulator.clock.advance(wait - 0.01)
        with pytest.raises(oc.AuthenticationError, match="Invalid credentials") as failed:
            mode.call(client, "page")
        assert (failed.value.method, failed.value.path, failed.value.code) == ("POST", LOGIN, "UNAUTHORIZED")
        assert failed.value.retry_after == pytest.approx(0.01)
        assert "no login is attempted for the next 1 s" in str(failed.value)
        assert paths(emulator) == [], tries
        emulator.clock.advance(0.01)
        with pytest.raises(oc.AuthenticationError, match="no login is attempted for the next"):
            mode.call(client, "page")
        assert paths(emulator) == [LOGIN]
    assert "not-the-secret" not in f"{failed.value!r}{failed.value.body!r}{vars(failed.value)}"


def test_a_login_that_works_again_works(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    emulator.fail_next(403, path=LOGIN)
    with pytest.raises(oc.PermissionDeniedError, match="IP address not authorized"):
        mode.call(client, "page")
    emulator.clock.advance(REJECTED_BACKOFF[0])
    mode.call(client, "page")
    assert paths(emulator) == [LOGIN, LOGIN, ORDERS]


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"lost": True}, {"status": 200, "body": "<html>"}, {"connection": "refused"}]
)
def test_without_a_token_nothing_of_the_call_was_sent(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any]
) -> None:
    client = logging_in(mode, emulator, attempts=4)
    emulator.fail_next(**fault, path=LOGIN, times=4)
    with pytest.raises(oc.NotSentError) as failed:
        mode.call(client, "page")
    assert "the login failed" in str(failed.value)
    assert (failed.value.path, failed.value.retryable) == (ORDERS, fault.get("status") != 200)
    assert isinstance(failed.value.__cause__, oc.RequestError)
    assert failed.value.__cause__.path == LOGIN
    assert ORDERS not in paths(emulator)
    if failed.value.retryable:  # a server that is back is found soon, however long it was away
        for _ in range(9):
            emulator.clock.advance(RETRYABLE_BACKOFF[1])
            emulator.fail_next(**fault, path=LOGIN, times=4)
            with pytest.raises(oc.NotSentError):
                mode.call(client, "page")
        emulator.clock.advance(RETRYABLE_BACKOFF[1])
        mode.call(client, "page")


def test_a_login_is_tried_again_like_a_read(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(lost=True, path=LOGIN)
    emulator.fail_next(503, path=LOGIN)
    emulator.fail_next(429, path=LOGIN, retry_after=3)
    mode.call(logging_in(mode, emulator), "page")
    assert paths(emulator) == [LOGIN] * 4 + [ORDERS]


@pytest.mark.parametrize("fault", [{"status": 503}, {"lost": True}, {"status": 401}, {"status": 200, "body": "{"}])
def test_a_refresh_that_fails_may_have_spent_its_token_and_is_not_repeated(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any]
) -> None:
    client = logging_in(mode, emulator)
    mode.call(client, "page")
    emulator.clock.advance(3400)
    emulator.fail_next(**fault, path=REFRESH)
    mode.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, REFRESH, LOGIN, ORDERS]


@pytest.mark.parametrize("fault", [{"connection": "refused"}, {"status": 429, "retry_after": 20}])
def test_a_refresh_that_was_not_done_spends_nothing(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any]
) -> None:
    client = logging_in(mode, emulator)
    mode.call(client, "page")
    emulator.clock.advance(3400)
    emulator.fail_next(**fault, path=REFRESH)
    mode.call(client, "page")  # by the old token, which is good for 200 s more
    assert LOGIN not in paths(emulator)[1:]
    mode.call(client, "page")
    assert paths(emulator) == [ORDERS]
    emulator.clock.advance(fault.get("retry_after", RETRYABLE_BACKOFF[0]))
    mode.call(client, "page")
    assert paths(emulator) == [REFRESH, ORDERS]


def test_while_the_old_token_is_good_a_failed_renewal_harms_nobody(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    mode.call(client, "page")
    emulator.clock.advance(3400)
    for path in (REFRESH, LOGIN):
        emulator.fail_next(400, path=path, times=99)
    mode.call(client, "page")
    mode.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, REFRESH, LOGIN, ORDERS, ORDERS]
    emulator.clock.advance(300)
    with pytest.raises(oc.BadRequestError):
        mode.call(client, "page")
    assert paths(emulator) == [LOGIN]


def test_tokens_that_are_refused_though_new_are_not_renewed_for_ever(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    emulator.fail_next(401, path=ORDERS, times=999)
    for _ in range(20):
        with pytest.raises(oc.AuthenticationError) as failed:
            mode.call(client, "page")
    assert failed.value.stop_reason == "the server keeps rejecting new tokens"
    assert paths(emulator) == [LOGIN, *[ORDERS, REFRESH, ORDERS] * 5, *[ORDERS] * 15]
    emulator.clock.advance(10)
    for _ in range(2):
        with pytest.raises(oc.AuthenticationError):
            mode.call(client, "page")
    assert paths(emulator) == [ORDERS, REFRESH, ORDERS, ORDERS]


@pytest.mark.parametrize("down", [False, True])
def test_an_endpoint_that_always_rejects_does_not_block_others(
    mode: ClientMode, emulator: Emulator, down: bool
) -> None:
    order_id = emulator.add_order()
    client = logging_in(mode, emulator)
    mode.call(client, "page")
    emulator.fail_next(401, path=ORDERS, times=999)
    if down:
        for path in (LOGIN, REFRESH):
            emulator.fail_next(503, path=path, times=999)
    for _ in range(20):
        with pytest.raises(oc.RequestError):
            mode.call(client, "page")
        assert mode.call(client, "get", order_id).id == order_id


def test_a_login_is_never_tried_more_often_than_is_allowed(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    emulator.fail_next(503, path=LOGIN, times=9999)
    while emulator.clock.monotonic() < 300:
        with pytest.raises(oc.NotSentError):
            mode.call(client, "page")
        emulator.clock.advance(1)
    moments = [(request.at - emulator.clock.start).total_seconds() for request in emulator.requests]
    assert len(moments) > 25
    assert max(sum(begin <= at < begin + 60 for at in moments) for begin in moments) <= 10


def test_a_call_that_may_not_be_repeated_waits_for_its_token(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(429, retry_after=3, path=LOGIN)
    emulator.fail_next(503, path=LOGIN)
    mode.logout(logging_in(mode, emulator))
    assert paths(emulator) == [LOGIN, LOGIN, LOGIN, LOGOUT]


@pytest.mark.parametrize("status", [429, 503])
def test_a_login_honors_retry_after(mode: ClientMode, emulator: Emulator, status: int) -> None:
    client = logging_in(mode, emulator, deadline=None, random=NoJitter(1))
    emulator.fail_next(status, retry_after=300, path=LOGIN)
    for _ in range(3):
        with pytest.raises(oc.RequestError, match=r"the client waits at most 120 s") as failed:
            mode.call(client, "page")
        assert failed.value.retry_after == pytest.approx(300 - emulator.clock.monotonic())
        emulator.clock.advance(50)
    assert paths(emulator) == [LOGIN]
    emulator.clock.advance(60)
    mode.call(client, "page")
    assert emulator.clock.monotonic() == pytest.approx(300)


def test_a_pause_that_is_over_is_not_named() -> None:
    backoff, call = LoginBackoff(), prepare(LIST_TOPUP_ORDERS, {})
    assert backoff.error_for(call, 100.0) is None
    backoff.record(oc.RateLimitError("slow", method="POST", path=LOGIN, status_code=429), 100.0)
    reasons = {}
    for now in (100.0, 100.0 + RETRYABLE_BACKOFF[0]):
        error = backoff.error_for(call, now)
        assert error is not None
        reasons[error.retry_after] = error.stop_reason
    assert reasons == {RETRYABLE_BACKOFF[0]: "no login is attempted for the next 1 s", 0.0: None}


def test_the_eleventh_login_waits_until_the_window_of_the_first_is_over() -> None:
    backoff, call = LoginBackoff(), prepare(LIST_TOPUP_ORDERS, {})
    for second in range(10):
        backoff.take_turn(call, 100.0 + second)
    with pytest.raises(oc.NotSentError) as refused:
        backoff.take_turn(call, 99.5 + LOGIN_WINDOW)
    text = "the client has logged in 10 times in the last minute, which is the limit"
    assert str(refused.value) == f"{text} [GET {ORDERS}]"
    assert refused.value.retry_after == 0.5
    backoff.take_turn(call, 100.0 + LOGIN_WINDOW)
    with pytest.raises(oc.NotSentError, match="logged in 10 times"):
        backoff.take_turn(call, 100.5 + LOGIN_WINDOW)


def test_a_login_that_returns_the_rejected_token_again_is_given_up(mode: ClientMode, emulator: Emulator) -> None:
    for path in (LOGIN, REFRESH):
        emulator.fail_next(200, body=answer_to_a_login(), path=path, times=9)
    emulator.fail_next(401, path=ORDERS)
    with pytest.raises(oc.NotSentError) as failed:
        mode.call(logging_in(mode, emulator), "page", request_id="trace-1")
    assert str(failed.value).startswith(f"the tokens were revoked at once [GET {ORDERS}")
    assert paths(emulator) == [LOGIN, ORDERS, REFRESH, REFRESH, REFRESH]


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_token_that_fits_no_header_is_an_error_of_the_login(mode: ClientMode, emulator: Emulator, name: str) -> None:
    body = json.loads(answer_to_a_login())
    body["data"][name] = "two words"
    emulator.fail_next(200, body=body, headers={"x-request-id": "of-the-server"}, path=LOGIN)
    with pytest.raises(oc.NotSentError, match=f"the login failed: .* {name} must") as failed:
        mode.call(logging_in(mode, emulator), "page", request_id="of-the-caller")
    assert failed.value.request_id == "of-the-caller"
    assert isinstance(failed.value.__cause__, oc.InvalidResponseError)
    assert failed.value.__cause__.request_id == "of-the-server"


@pytest.mark.parametrize(("ahead", "meant"), [(-3, -2), (-2, 0), (0, 0), (2, 0), (3, 4)])
def test_a_clock_that_differs_by_up_to_two_seconds_is_right(emulator: Emulator, ahead: int, meant: int) -> None:
    local = emulator.clock.now()
    server = local + datetime.timedelta(seconds=ahead)
    response = oc.RawResponse(200, {"date": server.strftime("%a, %d %b %Y %H:%M:%S GMT")}, b"")
    assert _server_now(response, emulator.clock) - local == datetime.timedelta(seconds=meant)


def test_each_call_gets_its_own_copy_of_a_login_error(emulator: Emulator) -> None:
    emulator.fail_next(403, path=LOGIN)
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        with pytest.raises(oc.PermissionDeniedError) as first:
            list(client.topups.orders.list())
        with pytest.raises(oc.PermissionDeniedError) as second:
            client.topups.orders.get(1)
    assert first.value.position is not None
    assert second.value.position is None


def test_tokens_that_were_good_for_a_while_are_renewed_again(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    for _ in range(9):
        emulator.clock.advance(10)
        emulator.fail_next(401, path=ORDERS)
        mode.call(client, "page")
    assert paths(emulator).count(REFRESH) == 9


def test_an_unsent_call_without_token_names_the_call(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(503, path=LOGIN, times=9)
    with pytest.raises(oc.NotSentError) as failed:
        mode.call(logging_in(mode, emulator), "page")
    assert (failed.value.method, failed.value.path) == ("GET", ORDERS)
