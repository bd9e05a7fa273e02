"""Logging in by key and secret: once for all, renewed in time, and nobody's problem when it expires."""

from __future__ import annotations

import datetime
import json
import threading
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator import Emulator, EmulatorClock
from support.client_modes import ClientMode, client_mode
from support.logins import LOGIN, LOGOUT, ORDERS, REFRESH, answer_to_a_login, bearer, logging_in, paths


def test_one_login_serves_many_calls(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    assert emulator.requests == []
    for _ in range(3):
        mode.call(client, "page")
    login = emulator.requests[0]
    assert login.json() == {"username": emulator.api_key, "password": emulator.api_secret}
    assert "authorization" not in login.headers
    assert len({bearer(emulator, n) for n in (1, 2, 3)}) == 1
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS, ORDERS]


def test_tokens_are_renewed_five_minutes_before_they_expire(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    mode.call(client, "page")
    emulator.clock.advance(3600 - 301)
    mode.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS]
    emulator.clock.advance(1)
    mode.call(client, "page")
    assert emulator.requests[0].json().keys() == {"refresh_token"}
    assert "authorization" not in emulator.requests[0].headers
    assert paths(emulator) == [REFRESH, ORDERS]
    emulator.clock.advance(7 * 24 * 3600)
    mode.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS]


def test_tokens_that_live_shortly_are_renewed_after_eleven_twelfths(mode: ClientMode) -> None:
    emulator = Emulator(access_lifetime=12.0)
    client = logging_in(mode, emulator)
    for moved, expected in [(0, [LOGIN, ORDERS]), (10.9, [ORDERS]), (0.2, [REFRESH, ORDERS])]:
        emulator.clock.advance(moved)
        mode.call(client, "page")
        assert paths(emulator) == expected


@pytest.mark.parametrize("attempts", [1, 4])
def test_a_refused_token_is_renewed_once_and_the_call_repeated(
    mode: ClientMode, emulator: Emulator, attempts: int
) -> None:
    client = logging_in(mode, emulator, attempts=attempts)
    emulator.fail_next(401, path=ORDERS)
    mode.call(client, "page")
    assert bearer(emulator, 1) != bearer(emulator, 3)
    assert paths(emulator) == [LOGIN, ORDERS, REFRESH, ORDERS]
    emulator.fail_next(401, path=ORDERS, times=2)
    with pytest.raises(oc.AuthenticationError) as failed:
        mode.call(client, "page")
    assert failed.value.attempts == 2
    assert paths(emulator) == [ORDERS, REFRESH, ORDERS]


def test_a_logout_elsewhere_is_nobodys_problem(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    mode.call(client, "page")
    emulator.revoke_tokens()
    mode.call(client, "page")
    # The refresh token went with the others, so a login follows.
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS, REFRESH, LOGIN, ORDERS]


def test_a_token_that_expires_in_the_middle_of_a_walk_is_nobodys_problem(mode: ClientMode) -> None:
    emulator = Emulator(access_lifetime=20.0, limits=None)
    ids = emulator.populate(40)
    emulator.fail_next(429, retry_after=15, path=ORDERS, times=6)
    client = logging_in(mode, emulator, attempts=9, deadline=None)
    assert [order.id for order in mode.call(client, "list", per_page=5)] == ids[::-1]
    assert paths(emulator).count(REFRESH) == 3


def test_a_token_that_is_over_with_the_time_of_a_wait_is_no_reason(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()

    def expire(order: oc.TopupOrder) -> None:
        emulator.revoke_tokens()

    with pytest.raises(oc.WaitTimeoutError) as failed:
        mode.call(logging_in(mode, emulator), "wait", order_id, timeout=12.0, on_poll=expire)
    assert failed.value.polls == 4
    assert failed.value.__cause__ is None


def test_a_wait_outlasts_its_tokens(mode: ClientMode) -> None:
    emulator = Emulator(access_lifetime=60.0)
    order_id = emulator.add_order(delivered_after=250.0)
    assert mode.call(logging_in(mode, emulator), "wait", order_id).status == "DELIVERED"
    assert paths(emulator).count(REFRESH) >= 3


@pytest.mark.parametrize("count", [32])
def test_threads_and_tasks_log_in_once(mode: ClientMode, emulator: Emulator, count: int) -> None:
    client = logging_in(mode, emulator)
    results = mode.concurrently(count, client, "page")
    assert {type(result) for result in results} == {oc.Page}
    assert paths(emulator).count(LOGIN) == 1
    emulator.clock.advance(3400)
    mode.concurrently(count, client, "page")
    assert sorted(set(paths(emulator))) == [ORDERS, REFRESH]
    emulator.revoke_tokens()
    results = mode.concurrently(count, client, "page")
    assert {type(result) for result in results} == {oc.Page}
    found = paths(emulator)
    assert (found.count(LOGIN), found.count(REFRESH)) == (1, 1)


def test_a_thousand_tasks_log_in_once() -> None:
    emulator = Emulator(limits=None)
    with client_mode("asyncio") as mode:
        results = mode.concurrently(1000, logging_in(mode, emulator), "page")
    assert {type(result) for result in results} == {oc.Page}
    assert paths(emulator).count(LOGIN) == 1


def test_while_one_renews_in_good_time_the_others_go_on(emulator: Emulator) -> None:
    asked, answer = threading.Event(), threading.Event()
    handle = emulator.handle

    def slow(incoming: Incoming) -> oc.RawResponse:
        if incoming.target == REFRESH:
            asked.set()
            assert answer.wait(60)
        return handle(incoming)

    emulator.handle = slow  # type: ignore[method-assign]
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        client.topups.orders.page()
        emulator.clock.advance(3400)
        renewing = threading.Thread(target=client.topups.orders.page)
        renewing.start()
        assert asked.wait(60)
        client.topups.orders.page()
        assert renewing.is_alive()
        answer.set()
        renewing.join()
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS, REFRESH, ORDERS]


def test_a_clock_that_is_wrong_does_no_harm(mode: ClientMode, emulator: Emulator) -> None:
    wrong = EmulatorClock(emulator.clock.now() + datetime.timedelta(days=400))
    client = logging_in(mode, emulator, clock=wrong)
    mode.call(client, "page")
    wrong.advance(3200)
    emulator.clock.advance(3200)
    mode.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS]
    wrong.advance(200)
    emulator.clock.advance(200)
    mode.call(client, "page")
    assert paths(emulator) == [REFRESH, ORDERS]


def test_whole_seconds_of_a_server_are_read_with_care(mode: ClientMode) -> None:
    emulator = Emulator(
        clock=EmulatorClock(EmulatorClock().start + datetime.timedelta(seconds=0.9)), access_lifetime=4.0
    )
    other = EmulatorClock(emulator.clock.now() + datetime.timedelta(days=1))
    client = logging_in(mode, emulator, clock=other)
    for _ in range(9):
        mode.call(client, "page")
        for clock in (emulator.clock, other):
            clock.advance(1.1)
    assert paths(emulator).count(ORDERS) == 9, "none was sent with a token that was over"


def test_tokens_that_are_over_are_renewed_however_often(mode: ClientMode) -> None:
    emulator = Emulator(access_lifetime=4.0, limits=None)
    client = logging_in(mode, emulator)
    for _ in range(20):
        emulator.fail_next(401, path=ORDERS)
        emulator.clock.advance(5)
        mode.call(client, "page")
        emulator.clock.advance(3.9)
        mode.call(client, "page")


def test_a_pair_that_is_over_when_it_comes_is_used_until_it_is_refused(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    late = {"date": "Wed, 19 May 2027 14:30:12 GMT"}
    emulator.fail_next(200, body=answer_to_a_login(), headers=late, path=LOGIN)
    emulator.fail_next(200, body="[]", path=ORDERS, times=3)
    for _ in range(3):
        mode.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS, ORDERS]


def test_logging_out_ends_all_tokens_and_the_key_makes_new_ones(mode: ClientMode, emulator: Emulator) -> None:
    client, other = logging_in(mode, emulator), mode.of(emulator)
    mode.call(client, "page")
    mode.logout(client)
    assert paths(emulator) == [LOGIN, ORDERS, LOGOUT]
    with pytest.raises(oc.AuthenticationError, match="Invalid token"):
        mode.call(other, "page")
    mode.call(client, "page")
    assert paths(emulator) == [ORDERS, LOGIN, ORDERS]


def test_logging_out_is_not_repeated_once_it_was_sent(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    emulator.fail_next(lost=True, path=LOGOUT)
    with pytest.raises(oc.OutcomeUnknownError) as lost:
        mode.logout(client)
    assert lost.value.stop_reason == "a second attempt could execute it twice"
    mode.logout(client)  # the first one was done, so the token is refused, and another logs out again
    assert paths(emulator) == [LOGIN, LOGOUT, LOGOUT, REFRESH, LOGIN, LOGOUT]
    emulator.fail_next(200, body={"success": False, "data": {"message": ""}}, path=LOGOUT)
    with pytest.raises(oc.InvalidResponseError, match="contract: success is false in a 2xx response "):
        mode.logout(client)


def test_a_token_callable_is_asked_once_more_after_a_401(mode: ClientMode, emulator: Emulator) -> None:
    tokens = iter(["expired", emulator.token])
    mode.call(mode.of(emulator, token=lambda: next(tokens)), "page")
    assert [bearer(emulator, n) for n in (0, 1)] == ["expired", emulator.token]
    asked: list[str] = []

    def wrong() -> str:
        asked.append("once more")
        return "wrong"

    with pytest.raises(oc.AuthenticationError) as failed:
        mode.call(mode.of(emulator, token=wrong), "page")
    assert (len(asked), failed.value.attempts, len(emulator.requests)) == (2, 1, 3)


def test_a_refusal_that_comes_after_the_tokens_were_dropped_is_renewed(emulator: Emulator) -> None:
    """A logout ends while another call is on its way, whose 401 then finds no tokens to drop."""
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        client.topups.orders.page()
        credentials: Any = client._session.credentials
        token = credentials._cache.pair.access
        credentials.clear()
        assert credentials.rejected(token, emulator.clock) == ""
        client.topups.orders.page()
    assert paths(emulator) == [LOGIN, ORDERS, LOGIN, ORDERS]


def test_a_refusal_of_tokens_that_others_replaced_leaves_the_new_ones(emulator: Emulator) -> None:
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        client.topups.orders.page()
        assert client._session.credentials.rejected("older", emulator.clock) == ""
        client.topups.orders.page()
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS]


def test_a_token_is_over_at_the_moment_that_the_server_named(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator, attempts=1)
    mode.call(client, "page")
    emulator.clock.advance(3600)
    for path in ("/auth/refresh", LOGIN):
        emulator.fail_next(400, path=path)
    paths(emulator)
    with pytest.raises(oc.BadRequestError):
        mode.call(client, "page")
    assert paths(emulator) == ["/auth/refresh", LOGIN]


@pytest.mark.parametrize(("life", "logins"), [(0, 1), (1, 1), (2, 2), (3, 2)])
def test_a_pair_lives_as_long_as_the_server_says_unless_that_is_no_time(
    mode: ClientMode, emulator: Emulator, life: int, logins: int
) -> None:
    body = json.loads(answer_to_a_login())
    now = datetime.datetime(2026, 5, 19, 14, tzinfo=datetime.UTC)
    for kind in ("access", "refresh"):
        body["data"][f"{kind}_expires_at"] = (now + datetime.timedelta(seconds=life)).isoformat()
    late = {"date": now.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    emulator.fail_next(200, body=body, headers=late, path=LOGIN, times=9)
    emulator.fail_next(200, body="[]", path=ORDERS, times=9)
    client = logging_in(mode, emulator)
    for _ in range(2):
        mode.call(client, "page")
        emulator.clock.advance(60)
    assert paths(emulator).count(LOGIN) == logins
