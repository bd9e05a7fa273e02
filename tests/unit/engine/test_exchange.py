"""One call: what it sends, and when it is tried again."""

from __future__ import annotations

import socket
from random import Random
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

import octopus_cards as oc
from octopus_cards._engine.exchange import exchange
from octopus_cards._engine.retry import RETRY_AFTER_CAP, backoff
from octopus_cards._io.codec import list_orders
from octopus_cards._io.connections import _proxy_towards
from octopus_cards.emulator import Emulator
from support.client_modes import World

ORDERS = "/api/v1/topups/orders"


def test_a_call_carries_the_token_and_says_who_sends_it(world: World, emulator: Emulator) -> None:
    world.call(world.of(emulator), "page")
    headers = emulator.requests[0].headers
    assert headers["authorization"] == "Bearer emulator-token"
    assert headers["accept"] == "application/json"
    assert headers["user-agent"] == f"octopus-cards-python/{oc.__version__}"


def test_a_token_callable_is_asked_before_every_try(world: World, emulator: Emulator) -> None:
    tokens = iter(["old", emulator.token])
    emulator.fail_next(503)
    world.call(world.of(emulator, token=lambda: next(tokens)), "page")
    assert [r.headers["authorization"] for r in emulator.requests] == ["Bearer old", "Bearer emulator-token"]


def test_a_token_callable_may_be_async_only_where_calls_are(world: World, emulator: Emulator) -> None:
    async def token() -> str:
        return emulator.token

    if world.kind == "sync":
        with pytest.raises(TypeError, match="token must be a plain callable here, got an async one"):
            world.of(emulator, token=token)
        with pytest.raises(oc.NotSentError, match="token callable raised TypeError") as refused:
            world.call(world.of(emulator, token=lambda: token()), "page")  # noqa: PLW0108
        assert "is async" in str(refused.value.__cause__)
        assert emulator.requests == []
    else:
        assert len(world.call(world.of(emulator, token=token), "page")) == 0


def test_a_token_callable_that_fails_sends_nothing(world: World, emulator: Emulator) -> None:
    def broken() -> str:
        raise KeyError("vault")

    with pytest.raises(oc.NotSentError, match="the token callable raised KeyError"):
        world.call(world.of(emulator, token=broken), "page")
    with pytest.raises(oc.NotSentError, match="the result of the token callable must not be empty"):
        world.call(world.of(emulator, token=lambda: ""), "page")
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("status", "tries"),
    [
        (400, 1),
        (401, 1),
        (403, 1),
        (404, 1),
        (409, 1),
        (429, 4),
        (500, 4),
        (501, 1),
        (502, 4),
        (503, 4),
        (504, 4),
        (520, 1),
    ],
)
def test_which_errors_are_tried_again(world: World, emulator: Emulator, status: int, tries: int) -> None:
    emulator.fail_next(status, times=9)
    with pytest.raises(oc.APIError) as failed:
        world.call(world.of(emulator), "page")
    assert failed.value.status_code == status
    assert failed.value.attempts == tries == len(emulator.requests)
    assert (failed.value.method, failed.value.path) == ("GET", "/api/v1/topups/orders")
    assert failed.value.request_id


def test_a_passing_fault_is_nobodys_problem(world: World, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    client = world.of(emulator)
    emulator.fail_next(502, times=3)
    assert world.call(client, "get", order_id).id == order_id
    emulator.fail_next(lost=True, times=3)
    assert world.call(client, "set_notification_email", order_id, "a@example.com").success is True


def test_a_lost_answer_says_that_the_outcome_is_unknown(world: World, emulator: Emulator) -> None:
    emulator.fail_next(lost=True, times=2)
    with pytest.raises(
        oc.OutcomeUnknownError, match=r"the answer of https://emulator\.invalid was lost: RemoteProtocolError"
    ) as failed:
        world.call(world.of(emulator, attempts=2), "page")
    assert failed.value.attempts == len(emulator.requests) == 2


def test_backoff_doubles_from_200_ms_to_10_s_with_full_jitter() -> None:
    class Highest(Random):
        def uniform(self, a: float, b: float) -> float:
            assert a == 0.0
            return b

    assert [backoff(n, Highest()) for n in (1, 2, 3, 6, 7, 500)] == [0.2, 0.4, 0.8, 6.4, 10.0, 10.0]
    assert len({backoff(3, Random(seed)) for seed in range(9)}) == 9


@pytest.mark.parametrize(
    ("header", "message", "waited"),
    [
        ("12", None, 12.0),
        (None, "Rate limit exceeded. Retry after 7 seconds.", 7.0),
        ("Tue, 19 May 2026 14:30:30 GMT", None, 30.0),
        (str(int(RETRY_AFTER_CAP)), None, RETRY_AFTER_CAP),
    ],
)
def test_a_429_is_waited_for_as_the_server_asks(
    world: World, emulator: Emulator, header: str | None, message: str | None, waited: float
) -> None:
    emulator.fail_next(429, retry_after=header, message=message)
    world.call(world.of(emulator), "page")
    assert emulator.clock.monotonic() == waited


@pytest.mark.parametrize("asked", ["0", "Mon, 01 Jan 1990 00:00:00 GMT"])
def test_a_429_that_asks_for_no_time_is_not_hammered(world: World, emulator: Emulator, asked: str) -> None:
    emulator.fail_next(429, retry_after=asked, times=9)
    with pytest.raises(oc.RateLimitError) as failed:
        world.call(world.of(emulator), "page")
    assert failed.value.retry_after == 0.0
    assert 0 < emulator.clock.monotonic() < 1.4


def test_a_date_that_no_clock_has_is_not_obeyed(world: World, emulator: Emulator) -> None:
    emulator.fail_next(429, retry_after="Tue, 19 May 2026 99999999999999999999:30:30 GMT", message="slow")
    world.call(world.of(emulator), "page")
    assert emulator.clock.monotonic() < 1


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(
    ("fault", "harmless"),
    [({"status": 500}, 4), ({"status": 503}, 4), ({"status": 429}, 4), ({"lost": True}, 4), ({"status": 400}, 1)],
)
def test_what_does_more_when_done_twice_is_done_once(
    emulator: Emulator, fault: dict[str, Any], harmless: int, *, repeatable: bool
) -> None:
    emulator.fail_next(**fault, times=9)
    assert tries(emulator, repeatable=repeatable) == (harmless if repeatable else 1)


def test_what_did_not_reach_the_server_is_repeated_whatever_it_does(emulator: Emulator) -> None:
    with emulator.serve() as url:
        pass
    assert tries(emulator, base_url=url, transport=None, repeatable=False) == 4


def tries(emulator: Emulator, *, repeatable: bool, **options: Any) -> int:
    """How often a call that fails is tried."""
    with emulator.client(**options) as client:
        orders = client.topups.orders
        call = replace(list_orders(page=1), repeatable=repeatable)
        with pytest.raises(oc.RequestError) as failed:
            orders._driver.run(exchange(call, orders._flows.session))
    return failed.value.attempts


def transport_that_raises(error: Exception) -> Any:
    """An httpx transport that fails so, and counts."""

    class Failing(httpx.BaseTransport):
        calls = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            self.calls += 1
            raise error

    return Failing()


def test_a_fault_that_is_none_of_the_network_is_not_repeated() -> None:
    transport = transport_that_raises(AssertionError("a bug of the caller's own transport"))
    with oc.OctopusCards("t", transport=transport) as client, pytest.raises(oc.OutcomeUnknownError, match="a bug of"):
        client.topups.orders.page()
    assert transport.calls == 1


def test_a_full_pool_was_not_reached() -> None:
    transport = transport_that_raises(httpx.PoolTimeout("full"))
    with oc.OctopusCards("t", transport=transport, attempts=1) as client, pytest.raises(oc.NotSentError, match="full"):
        client.topups.orders.page()


def test_the_request_that_an_exception_leads_to_carries_no_token(world: World, emulator: Emulator) -> None:
    emulator.fail_next(lost=True)
    with pytest.raises(oc.OutcomeUnknownError) as failed:
        world.call(world.of(emulator, attempts=1), "page")
    cause = failed.value.__cause__
    assert isinstance(cause, httpx.RequestError)
    assert "authorization" not in cause.request.headers


def test_the_request_that_an_odd_encoding_leads_to_carries_no_token() -> None:
    class Telling(httpx.BaseTransport):
        """One that hands the request back with its answer, as a client of the HTTP library does."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            stream = httpx.ByteStream(b"not gzip at all")
            return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream, request=request)

    with oc.OctopusCards("t", transport=Telling()) as client, pytest.raises(oc.InvalidResponseError) as failed:
        client.topups.orders.page()
    cause = failed.value.__cause__
    assert isinstance(cause, httpx.DecodingError)
    assert "authorization" not in cause.request.headers


def test_headers_are_known_by_lower_case_and_repeated_ones_are_joined() -> None:
    headers = [("X-Thing", "a"), ("x-thing", "b"), ("X-Page", "1")]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, json=[]))
    with oc.OctopusCards("t", transport=transport) as client:
        raw = client.topups.orders.page().raw
    assert raw.headers["x-thing"] == raw.header("X-THING") == "a, b"
    assert raw.headers["x-page"] == "1"


@pytest.mark.parametrize(
    ("env", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://p.invalid:1"}, "http://p.invalid:1"),
        ({"https_proxy": "p.invalid:1"}, "http://p.invalid:1"),
        ({"ALL_PROXY": "http://all.invalid:1"}, "http://all.invalid:1"),
        ({"ALL_PROXY": "http://all.invalid:1", "HTTPS_PROXY": "http://p.invalid:1"}, "http://p.invalid:1"),
        ({"HTTP_PROXY": "http://p.invalid:1"}, None),
        ({"HTTPS_PROXY": "http://p.invalid:1", "NO_PROXY": "x.invalid"}, None),
        ({"HTTPS_PROXY": "http://p.invalid:1", "NO_PROXY": ".invalid"}, None),
        ({"HTTPS_PROXY": "http://p.invalid:1", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://p.invalid:1", "NO_PROXY": "x.invalid:8443"}, None),
        ({"HTTPS_PROXY": "http://p.invalid:1", "NO_PROXY": "https://x.invalid"}, None),
        ({"HTTPS_PROXY": "http://p.invalid:1", "NO_PROXY": "a, https://x.invalid:8443"}, None),
        ({"HTTPS_PROXY": "http://p.invalid:1", "NO_PROXY": "http://x.invalid"}, "http://p.invalid:1"),
        ({"HTTPS_PROXY": "http://p.invalid:1", "NO_PROXY": "y.invalid,x.invalid:443"}, "http://p.invalid:1"),
    ],
)
def test_the_environment_names_the_proxy(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], proxy: str | None
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    found = _proxy_towards("https://x.invalid:8443/base")
    assert (str(found.url) if found else None) == proxy


def test_towards_this_machine_no_proxy_is_told_the_token(
    world: World, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Emulator()
    with proxy.serve() as proxy_url, emulator.serve() as url:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy_url)
        world.call(world.client(token=emulator.token, base_url=url), "page")
        world.close()
    assert proxy.requests == []
    assert len(emulator.requests) == 1


def test_a_429_beyond_the_cap_ends_the_call_at_once(world: World, emulator: Emulator) -> None:
    emulator.fail_next(429, retry_after=121)
    with pytest.raises(oc.RateLimitError) as failed:
        world.call(world.of(emulator), "page")
    assert failed.value.retry_after == 121.0
    assert "retry after 121 s" in str(failed.value)
    assert (failed.value.attempts, emulator.clock.monotonic()) == (1, 0.0)


def test_a_429_that_asks_for_nothing_backs_off(world: World, emulator: Emulator) -> None:
    emulator.fail_next(429, message="slow down", headers={"retry-after": "soon"}, times=4)
    with pytest.raises(oc.RateLimitError) as failed:
        world.call(world.of(emulator), "page")
    assert failed.value.retry_after is None
    assert 0 < emulator.clock.monotonic() < 2


def test_a_call_after_closing_is_a_clear_error(world: World, emulator: Emulator) -> None:
    client = world.client(token="t", base_url="http://127.0.0.1:1", clock=emulator.clock)
    world.close()
    world.close()
    with pytest.raises(oc.NotSentError, match="the client is closed") as failed:
        world.call(client, "page")
    assert (failed.value.attempts, failed.value.passing) == (1, False)


def test_a_server_that_is_not_there_was_not_reached(world: World, emulator: Emulator) -> None:
    with emulator.serve() as url:
        pass
    client = world.client(token="t", base_url=url, clock=emulator.clock)
    with pytest.raises(oc.NotSentError, match=r"no connection to http://127\.0\.0\.1:\d+: ConnectError") as failed:
        world.call(client, "page")
    assert failed.value.attempts == 4


def test_cookies_do_not_travel(world: World, emulator: Emulator) -> None:
    emulator.fail_next(503, headers={"set-cookie": "session=1; Path=/"})
    world.call(world.of(emulator), "page")
    assert "cookie" not in emulator.requests[1].headers


def test_a_server_that_does_not_answer_leaves_the_outcome_unknown(world: World, emulator: Emulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = world.client(token="t", base_url=url, clock=emulator.clock, timeout=0.1, attempts=2)
        with pytest.raises(
            oc.OutcomeUnknownError, match=r"no answer from http://127\.0\.0\.1:\d+ in time: ReadTimeout"
        ) as failed:
            world.call(client, "page")
        world.close()
    assert failed.value.attempts == 2


def test_a_proxy_that_refuses_lets_nothing_through(
    world: World, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The emulator does not know CONNECT, so it refuses as a proxy would.
    with emulator.serve() as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        client = world.client(token="t", base_url="https://x.invalid", clock=emulator.clock, attempts=1)
        with pytest.raises(oc.NotSentError, match=r"the proxy refused to reach https://x\.invalid"):
            world.call(client, "page")
        world.close()


@pytest.mark.parametrize("token", ["", None])
def test_a_token_that_could_not_be_got_names_the_call(world: World, emulator: Emulator, token: str | None) -> None:
    def function() -> str:
        if token is None:
            raise KeyError("vault")
        return token

    with pytest.raises(oc.NotSentError) as failed:
        world.call(world.of(emulator, token=function), "page")
    assert (failed.value.method, failed.value.path) == ("GET", ORDERS)


def test_a_third_token_is_not_tried(world: World, emulator: Emulator) -> None:
    tokens = iter(["one", "two", "three", "four"])
    with pytest.raises(oc.AuthenticationError):
        world.call(world.of(emulator, token=lambda: next(tokens)), "page")
    assert len(emulator.requests) == 2


def test_the_try_whose_token_was_refused_is_not_counted(world: World, emulator: Emulator) -> None:
    client = world.of(emulator, token=iter(["old", *[emulator.token] * 9]).__next__, attempts=2)
    emulator.fail_next(401)
    emulator.fail_next(503, times=9)
    with pytest.raises(oc.ServerError) as failed:
        world.call(client, "page")
    assert (len(emulator.requests), failed.value.attempts) == (3, 3)
    assert failed.value.stopped == "no attempt is left"
