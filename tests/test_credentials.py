"""Logging in by key and secret: once for all, renewed in time, and nobody's problem when it expires."""

from __future__ import annotations

import datetime
import json
import threading
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._credentials import PASSING_BACKOFF, REFUSED_BACKOFF
from octopus_cards._wire import Incoming
from octopus_cards.emulator import Assumptions, Emulator, EmulatorClock
from worlds import World, world_of

LOGIN, REFRESH, LOGOUT = "/auth/login", "/auth/refresh", "/auth/logout"
ORDERS = "/api/v1/topups/orders"


def logging_in(world: World, emulator: Emulator, **options: Any) -> Any:
    """A client of this emulator that has the key."""
    return world.of(emulator, **({"api_key": emulator.api_key, "api_secret": emulator.api_secret} | options))


def paths(emulator: Emulator) -> list[str]:
    """What was asked since this was last looked at."""
    found = [request.path for request in emulator.requests]
    emulator.requests.clear()
    return found


def bearer(emulator: Emulator, index: int) -> str:
    return emulator.requests[index].headers.get("authorization", "").removeprefix("Bearer ")


def test_one_login_serves_many_calls(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    assert emulator.requests == []
    for _ in range(3):
        world.call(client, "page")
    login = emulator.requests[0]
    assert login.json() == {"username": emulator.api_key, "password": emulator.api_secret}
    assert "authorization" not in login.headers
    assert len({bearer(emulator, n) for n in (1, 2, 3)}) == 1
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS, ORDERS]


def test_tokens_are_renewed_five_minutes_before_they_expire(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    world.call(client, "page")
    emulator.clock.advance(3600 - 301)
    world.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS]
    emulator.clock.advance(1)
    world.call(client, "page")
    assert emulator.requests[0].json().keys() == {"refresh_token"}
    assert "authorization" not in emulator.requests[0].headers
    assert paths(emulator) == [REFRESH, ORDERS]
    emulator.clock.advance(7 * 24 * 3600)
    world.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS]


def test_tokens_that_live_shortly_are_renewed_after_eleven_twelfths(world: World) -> None:
    emulator = Emulator(access_lifetime=12.0)
    client = logging_in(world, emulator)
    for moved, expected in [(0, [LOGIN, ORDERS]), (10.9, [ORDERS]), (0.2, [REFRESH, ORDERS])]:
        emulator.clock.advance(moved)
        world.call(client, "page")
        assert paths(emulator) == expected


@pytest.mark.parametrize("attempts", [1, 4])
def test_a_refused_token_is_renewed_once_and_the_call_repeated(world: World, emulator: Emulator, attempts: int) -> None:
    client = logging_in(world, emulator, attempts=attempts)
    emulator.fail_next(401, path=ORDERS)
    world.call(client, "page")
    assert bearer(emulator, 1) != bearer(emulator, 3)
    assert paths(emulator) == [LOGIN, ORDERS, REFRESH, ORDERS]
    emulator.fail_next(401, path=ORDERS, times=2)
    with pytest.raises(oc.AuthenticationError) as failed:
        world.call(client, "page")
    assert failed.value.attempts == 2
    assert paths(emulator) == [ORDERS, REFRESH, ORDERS]


def test_a_logout_elsewhere_is_nobodys_problem(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    world.call(client, "page")
    emulator.revoke_tokens()
    world.call(client, "page")
    # The refresh token went with the others, so a login follows.
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS, REFRESH, LOGIN, ORDERS]


def test_a_token_that_expires_in_the_middle_of_a_walk_is_nobodys_problem(world: World) -> None:
    emulator = Emulator(access_lifetime=20.0, assumptions=Assumptions(rate_limits=False))
    ids = emulator.populate(40)
    emulator.fail_next(429, retry_after=15, path=ORDERS, times=6)
    client = logging_in(world, emulator, attempts=9)
    assert [order.id for order in world.call(client, "list", per_page=5)] == ids[::-1]
    assert paths(emulator).count(REFRESH) == 3


def test_a_wait_outlasts_its_tokens(world: World) -> None:
    emulator = Emulator(access_lifetime=60.0)
    order_id = emulator.add_order(delivered_after=250.0)
    assert world.call(logging_in(world, emulator), "wait", order_id).status == "DELIVERED"
    assert paths(emulator).count(REFRESH) >= 3


@pytest.mark.parametrize("count", [32])
def test_threads_and_tasks_log_in_once(world: World, emulator: Emulator, count: int) -> None:
    client = logging_in(world, emulator)
    results = world.at_once(count, client, "page")
    assert {type(result) for result in results} == {oc.Page}
    assert paths(emulator).count(LOGIN) == 1
    emulator.clock.advance(3400)
    world.at_once(count, client, "page")
    assert sorted(set(paths(emulator))) == [ORDERS, REFRESH]
    emulator.revoke_tokens()
    results = world.at_once(count, client, "page")
    assert {type(result) for result in results} == {oc.Page}
    found = paths(emulator)
    assert (found.count(LOGIN), found.count(REFRESH)) == (1, 1)


def test_a_thousand_tasks_log_in_once(emulator: Emulator) -> None:
    with world_of("asyncio") as world:
        results = world.at_once(1000, logging_in(world, emulator), "page")
    assert {type(result) for result in results} == {oc.Page}
    assert paths(emulator).count(LOGIN) == 1


def test_a_login_that_fails_is_told_to_all_and_not_tried_again_for_a_while(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator, api_secret="not-the-secret")
    results = world.at_once(32, client, "page")
    assert {type(result) for result in results} == {oc.AuthenticationError}
    assert paths(emulator) == [LOGIN]
    for tries, wait in enumerate([6.0, 12.0, 24.0, 48.0, 60.0, 60.0], start=1):
        emulator.clock.advance(wait - 0.01)
        with pytest.raises(oc.AuthenticationError, match="Invalid credentials") as failed:
            world.call(client, "page")
        assert (failed.value.method, failed.value.path, failed.value.code) == ("POST", LOGIN, "UNAUTHORIZED")
        assert "no login is tried within the next 1 s" in str(failed.value)
        assert paths(emulator) == [], tries
        emulator.clock.advance(0.01)
        with pytest.raises(oc.AuthenticationError, match="no login is tried within the next"):
            world.call(client, "page")
        assert paths(emulator) == [LOGIN]
    assert "not-the-secret" not in f"{failed.value!r}{failed.value.body!r}{vars(failed.value)}"


def test_a_login_that_works_again_works(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    emulator.fail_next(403, path=LOGIN)
    with pytest.raises(oc.PermissionDeniedError, match="IP address not authorized"):
        world.call(client, "page")
    emulator.clock.advance(REFUSED_BACKOFF[0])
    world.call(client, "page")
    assert paths(emulator) == [LOGIN, LOGIN, ORDERS]


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"lost": True}, {"status": 200, "body": "<html>"}, {"connection": "refused"}]
)
def test_without_a_token_nothing_of_the_call_was_sent(world: World, emulator: Emulator, fault: dict[str, Any]) -> None:
    client = logging_in(world, emulator)
    emulator.fail_next(**fault, path=LOGIN, times=4)
    with pytest.raises(oc.NotSentError) as failed:
        world.call(client, "page")
    assert "no token could be got" in str(failed.value)
    assert (failed.value.path, failed.value.passing) == (ORDERS, fault.get("status") != 200)
    assert isinstance(failed.value.__cause__, oc.RequestError)
    assert failed.value.__cause__.path == LOGIN
    assert ORDERS not in paths(emulator)
    if failed.value.passing:  # a server that is back is found soon, however long it was away
        for _ in range(9):
            emulator.clock.advance(PASSING_BACKOFF[1])
            emulator.fail_next(**fault, path=LOGIN, times=4)
            with pytest.raises(oc.NotSentError):
                world.call(client, "page")
        emulator.clock.advance(PASSING_BACKOFF[1])
        world.call(client, "page")


def test_a_login_is_tried_again_like_a_read(world: World, emulator: Emulator) -> None:
    emulator.fail_next(lost=True, path=LOGIN)
    emulator.fail_next(503, path=LOGIN)
    emulator.fail_next(429, path=LOGIN, retry_after=3)
    world.call(logging_in(world, emulator), "page")
    assert paths(emulator) == [LOGIN] * 4 + [ORDERS]


@pytest.mark.parametrize("fault", [{"status": 503}, {"lost": True}, {"status": 401}, {"status": 200, "body": "{"}])
def test_a_refresh_that_fails_may_have_spent_its_token_and_is_not_repeated(
    world: World, emulator: Emulator, fault: dict[str, Any]
) -> None:
    client = logging_in(world, emulator)
    world.call(client, "page")
    emulator.clock.advance(3400)
    emulator.fail_next(**fault, path=REFRESH)
    world.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, REFRESH, LOGIN, ORDERS]


@pytest.mark.parametrize("fault", [{"connection": "refused"}, {"status": 429, "retry_after": 20}])
def test_a_refresh_that_was_not_done_spends_nothing(world: World, emulator: Emulator, fault: dict[str, Any]) -> None:
    client = logging_in(world, emulator)
    world.call(client, "page")
    emulator.clock.advance(3400)
    emulator.fail_next(**fault, path=REFRESH)
    world.call(client, "page")  # by the old token, which is good for 200 s more
    assert LOGIN not in paths(emulator)[1:]
    world.call(client, "page")
    assert paths(emulator) == [ORDERS]
    emulator.clock.advance(fault.get("retry_after", PASSING_BACKOFF[0]))
    world.call(client, "page")
    assert paths(emulator) == [REFRESH, ORDERS]


def test_while_the_old_token_is_good_a_failed_renewal_harms_nobody(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    world.call(client, "page")
    emulator.clock.advance(3400)
    for path in (REFRESH, LOGIN):
        emulator.fail_next(400, path=path, times=99)
    world.call(client, "page")
    world.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, REFRESH, LOGIN, ORDERS, ORDERS]
    emulator.clock.advance(300)
    with pytest.raises(oc.BadRequestError):
        world.call(client, "page")
    assert paths(emulator) == [LOGIN]


def test_tokens_that_are_refused_though_new_are_not_renewed_for_ever(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    emulator.fail_next(401, path=ORDERS, times=999)
    for _ in range(20):
        with pytest.raises(oc.AuthenticationError) as failed:
            world.call(client, "page")
    assert failed.value.stopped == "tokens that were new were refused, again and again"
    assert paths(emulator) == [LOGIN, *[ORDERS, REFRESH, ORDERS] * 5, *[ORDERS] * 15]
    emulator.clock.advance(10)
    for _ in range(2):
        with pytest.raises(oc.AuthenticationError):
            world.call(client, "page")
    assert paths(emulator) == [ORDERS, REFRESH, ORDERS, ORDERS]


@pytest.mark.parametrize("down", [False, True])
def test_what_is_always_refused_locks_out_nothing_else(world: World, emulator: Emulator, down: bool) -> None:
    order_id = emulator.add_order()
    client = logging_in(world, emulator)
    world.call(client, "page")
    emulator.fail_next(401, path=ORDERS, times=999)
    if down:
        for path in (LOGIN, REFRESH):
            emulator.fail_next(503, path=path, times=999)
    for _ in range(20):
        with pytest.raises(oc.RequestError):
            world.call(client, "page")
        assert world.call(client, "get", order_id).id == order_id


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


def test_a_login_is_never_tried_more_often_than_is_allowed(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    emulator.fail_next(503, path=LOGIN, times=9999)
    while emulator.clock.monotonic() < 300:
        with pytest.raises(oc.NotSentError):
            world.call(client, "page")
        emulator.clock.advance(1)
    moments = [(request.at - emulator.clock.start).total_seconds() for request in emulator.requests]
    assert len(moments) > 25
    assert max(sum(begin <= at < begin + 60 for at in moments) for begin in moments) <= 10


@pytest.mark.parametrize("status", [429, 503])
def test_a_login_waits_as_long_as_it_is_told(world: World, emulator: Emulator, status: int) -> None:
    client = logging_in(world, emulator)
    emulator.fail_next(status, retry_after=300, path=LOGIN)
    for _ in range(3):
        with pytest.raises(oc.RequestError, match=r"longer than the 120 s that a call waits") as failed:
            world.call(client, "page")
        assert failed.value.retry_after == pytest.approx(300 - emulator.clock.monotonic())
        emulator.clock.advance(50)
    assert paths(emulator) == [LOGIN]
    emulator.clock.advance(60)
    world.call(client, "page")
    assert emulator.clock.monotonic() == pytest.approx(300)


def test_what_one_call_is_told_is_not_what_another_writes_on(emulator: Emulator) -> None:
    emulator.fail_next(403, path=LOGIN)
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        with pytest.raises(oc.PermissionDeniedError) as first:
            list(client.topups.orders.list())
        with pytest.raises(oc.PermissionDeniedError) as second:
            client.topups.orders.get(1)
    assert first.value.position is not None
    assert second.value.position is None


@pytest.mark.parametrize("body", ["cut", "UTF-8", "type"])
def test_no_secret_hangs_on_an_exception(world: World, emulator: Emulator, body: str) -> None:
    answer = answer_to_a_login()
    tokens = [value for name, value in json.loads(answer)["data"].items() if name.endswith("_token")]
    odd = {"cut": answer[:-2], "type": answer.replace(b'"2026', b'"soon'), "UTF-8": answer + b"\xff"}[body]
    emulator.fail_next(200, body=odd, path=LOGIN)
    with pytest.raises(oc.NotSentError) as failed:
        world.call(logging_in(world, emulator), "page")
    hanging(failed.value, [*tokens, emulator.api_secret, emulator.api_key])


def test_no_secret_hangs_on_a_connection_that_failed(world: World) -> None:
    with Emulator().serve() as url:
        pass
    client = world.client(api_key="the-api-key", api_secret="hunter2", base_url=url, attempts=1)
    with pytest.raises(oc.NotSentError) as failed:
        world.call(client, "page")
    hanging(failed.value, ["the-api-key", "hunter2"])
    client = world.client(token="hunter2", base_url=url, attempts=1)
    with pytest.raises(oc.NotSentError) as failed:
        world.call(client, "set_notification_email", 1, "jo@example.com")
    hanging(failed.value, ["hunter2", "jo@example.com"])


def hanging(error: BaseException, secrets: list[str]) -> None:
    """Looks through all that an exception leads to, but for the frames of its traceback."""
    seen, todo, found = set(), [error], []
    while todo:
        each: Any = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        todo += [each.__cause__, each.__context__]
        request = vars(each).get("_request")
        sent = (request.content, request.headers.raw, str(request.url)) if request is not None else ()
        found.append(repr((str(each), each.args, {k: v for k, v in vars(each).items() if k != "_request"}, sent)))
        found.append(repr([getattr(each, name, None) for name in ("doc", "object")]))
    for secret in secrets:
        assert all(secret not in text for text in found), secret


def test_tokens_that_were_good_for_a_while_are_renewed_again(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    for _ in range(9):
        emulator.clock.advance(10)
        emulator.fail_next(401, path=ORDERS)
        world.call(client, "page")
    assert paths(emulator).count(REFRESH) == 9


def test_a_clock_that_is_wrong_does_no_harm(world: World, emulator: Emulator) -> None:
    wrong = EmulatorClock(emulator.clock.now() + datetime.timedelta(days=400))
    client = logging_in(world, emulator, clock=wrong)
    world.call(client, "page")
    wrong.advance(3200)
    emulator.clock.advance(3200)
    world.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS]
    wrong.advance(200)
    emulator.clock.advance(200)
    world.call(client, "page")
    assert paths(emulator) == [REFRESH, ORDERS]


def test_whole_seconds_of_a_server_are_read_with_care(world: World) -> None:
    emulator = Emulator(
        clock=EmulatorClock(EmulatorClock().start + datetime.timedelta(seconds=0.9)), access_lifetime=4.0
    )
    other = EmulatorClock(emulator.clock.now() + datetime.timedelta(days=1))
    client = logging_in(world, emulator, clock=other)
    for _ in range(9):
        world.call(client, "page")
        for clock in (emulator.clock, other):
            clock.advance(1.1)
    assert paths(emulator).count(ORDERS) == 9, "none was sent with a token that was over"


def test_tokens_that_are_over_are_renewed_however_often(world: World) -> None:
    emulator = Emulator(access_lifetime=4.0, assumptions=Assumptions(rate_limits=False))
    client = logging_in(world, emulator)
    for _ in range(20):
        emulator.fail_next(401, path=ORDERS)
        emulator.clock.advance(5)
        world.call(client, "page")
        emulator.clock.advance(3.9)
        world.call(client, "page")


def test_a_pair_that_is_over_when_it_comes_is_used_until_it_is_refused(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    late = {"date": "Wed, 19 May 2027 14:30:12 GMT"}
    emulator.fail_next(200, body=answer_to_a_login(), headers=late, path=LOGIN)
    emulator.fail_next(200, body="[]", path=ORDERS, times=3)
    for _ in range(3):
        world.call(client, "page")
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS, ORDERS]


def answer_to_a_login() -> bytes:
    """What another emulator answers to a login."""
    other = Emulator(seed=1)
    body = json.dumps({"username": other.api_key, "password": other.api_secret}).encode()
    return other.handle(Incoming("POST", LOGIN, {}, body)).content


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"success": False}, "a success that says success: false"),
        ({"data": {"access_token": ""}}, "access_token must not be empty"),
        ({"data": {"refresh_token": "a b"}}, "refresh_token must be printable ASCII without spaces"),
        ({"data": {"access_token": 5}}, "TokenPair.access_token: a string expected, got int"),
        ({"data": None}, "an object expected, got absent or null"),
    ],
)
def test_a_login_whose_answer_is_odd_is_told_without_its_tokens(
    world: World, emulator: Emulator, change: dict[str, Any], problem: str
) -> None:
    body = json.loads(answer_to_a_login())
    secret = body["data"]["refresh_token"]
    body = body | change | ({"data": body["data"] | change["data"]} if change.get("data") else {})
    emulator.fail_next(200, body=body, path=LOGIN)
    with pytest.raises(oc.NotSentError) as failed:
        world.call(logging_in(world, emulator), "page")
    assert problem in str(failed.value)
    cause = failed.value.__cause__
    assert isinstance(cause, oc.InvalidResponseError)
    assert cause.body == b""
    assert secret not in f"{failed.value!r}{vars(failed.value)}{cause!r}{vars(cause)}"


def test_a_server_that_echoes_key_and_secret_is_not_quoted(world: World, emulator: Emulator) -> None:
    said = f"Invalid credentials {emulator.api_key} {emulator.api_secret}"
    emulator.fail_next(401, message=said, path=LOGIN, headers={"x-request-id": emulator.api_secret})
    with pytest.raises(oc.AuthenticationError, match="Invalid credentials <withheld> <withheld>") as failed:
        world.call(logging_in(world, emulator), "page")
    assert emulator.api_secret not in f"{failed.value!r}{vars(failed.value)}"


def test_logging_out_ends_all_tokens_and_the_key_makes_new_ones(world: World, emulator: Emulator) -> None:
    client, other = logging_in(world, emulator), world.of(emulator)
    world.call(client, "page")
    world.logout(client)
    assert paths(emulator) == [LOGIN, ORDERS, LOGOUT]
    with pytest.raises(oc.AuthenticationError, match="Invalid token"):
        world.call(other, "page")
    world.call(client, "page")
    assert paths(emulator) == [ORDERS, LOGIN, ORDERS]


def test_logging_out_is_not_repeated_once_it_was_sent(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator)
    emulator.fail_next(lost=True, path=LOGOUT)
    with pytest.raises(oc.OutcomeUnknownError, match="repeating it could do it twice"):
        world.logout(client)
    world.logout(client)  # the first one was done, so the token is refused, and another logs out again
    assert paths(emulator) == [LOGIN, LOGOUT, LOGOUT, REFRESH, LOGIN, LOGOUT]
    emulator.fail_next(200, body={"success": False, "data": {"message": ""}}, path=LOGOUT)
    with pytest.raises(oc.InvalidResponseError, match="success: false"):
        world.logout(client)


def test_a_token_callable_is_asked_once_more_after_a_401(world: World, emulator: Emulator) -> None:
    tokens = iter(["expired", emulator.token])
    world.call(world.of(emulator, token=lambda: next(tokens)), "page")
    assert [bearer(emulator, n) for n in (0, 1)] == ["expired", emulator.token]
    asked: list[str] = []

    def wrong() -> str:
        asked.append("once more")
        return "wrong"

    with pytest.raises(oc.AuthenticationError) as failed:
        world.call(world.of(emulator, token=wrong), "page")
    assert (len(asked), failed.value.attempts, len(emulator.requests)) == (2, 1, 3)


def test_the_environment_gives_key_and_secret(
    world: World, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCTOPUS_CARDS_API_KEY", emulator.api_key)
    monkeypatch.setenv("OCTOPUS_CARDS_API_SECRET", emulator.api_secret)
    world.call(world.of(emulator, token=None), "page")
    assert paths(emulator) == [LOGIN, ORDERS]
    monkeypatch.setenv("OCTOPUS_CARDS_TOKEN", emulator.token)
    world.call(world.of(emulator, token=None), "page")
    assert paths(emulator) == [ORDERS]
    world.call(world.of(emulator, api_key=emulator.api_key), "page")
    assert paths(emulator) == [LOGIN, ORDERS]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"api_key": "k"}, ValueError, "api_secret is missing: api_key is there"),
        ({"api_secret": "s"}, ValueError, "api_key is missing: api_secret is there"),
        ({"token": "t", "api_key": "k"}, ValueError, "token and api_key with api_secret exclude each other"),
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


def test_a_refusal_that_comes_after_the_tokens_were_dropped_is_renewed(emulator: Emulator) -> None:
    """A logout ends while another call is on its way, whose 401 then finds no tokens to drop."""
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        client.topups.orders.page()
        credentials: Any = client._session.credentials
        token = credentials._pair.access
        credentials.forget()
        assert credentials.refused(token, emulator.clock) == ""
        client.topups.orders.page()
    assert paths(emulator) == [LOGIN, ORDERS, LOGIN, ORDERS]


def test_a_refusal_of_tokens_that_others_replaced_leaves_the_new_ones(emulator: Emulator) -> None:
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        client.topups.orders.page()
        assert client._session.credentials.refused("older", emulator.clock) == ""
        client.topups.orders.page()
    assert paths(emulator) == [LOGIN, ORDERS, ORDERS]


def test_a_token_is_over_at_the_moment_that_the_server_named(world: World, emulator: Emulator) -> None:
    client = logging_in(world, emulator, attempts=1)
    world.call(client, "page")
    emulator.clock.advance(3600)
    for path in ("/auth/refresh", LOGIN):
        emulator.fail_next(400, path=path)
    paths(emulator)
    with pytest.raises(oc.BadRequestError):
        world.call(client, "page")
    assert paths(emulator) == ["/auth/refresh", LOGIN]


def test_what_could_not_be_sent_for_want_of_a_token_names_its_call(world: World, emulator: Emulator) -> None:
    emulator.fail_next(503, path=LOGIN, times=9)
    with pytest.raises(oc.NotSentError) as failed:
        world.call(logging_in(world, emulator), "page")
    assert (failed.value.method, failed.value.path) == ("GET", ORDERS)


@pytest.mark.parametrize(("life", "logins"), [(0, 1), (1, 1), (2, 2), (3, 2)])
def test_a_pair_lives_as_long_as_the_server_says_unless_that_is_no_time(
    world: World, emulator: Emulator, life: int, logins: int
) -> None:
    body = json.loads(answer_to_a_login())
    now = datetime.datetime(2026, 5, 19, 14, tzinfo=datetime.UTC)
    for kind in ("access", "refresh"):
        body["data"][f"{kind}_expires_at"] = (now + datetime.timedelta(seconds=life)).isoformat()
    late = {"date": now.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    emulator.fail_next(200, body=body, headers=late, path=LOGIN, times=9)
    emulator.fail_next(200, body="[]", path=ORDERS, times=9)
    client = logging_in(world, emulator)
    for _ in range(2):
        world.call(client, "page")
        emulator.clock.advance(60)
    assert paths(emulator).count(LOGIN) == logins
