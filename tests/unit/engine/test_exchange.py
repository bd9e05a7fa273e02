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
from octopus_cards._engine.operation import prepare
from octopus_cards._engine.retry import MAX_JITTER, MAX_RETRY_AFTER, backoff
from octopus_cards._io.proxies import proxy_for
from octopus_cards.emulator import Emulator
from octopus_cards_api.operations import LIST_TOPUP_ORDERS
from support.client_modes import ClientMode
from support.randomness import NoJitter

ORDERS = "/api/v1/topups/orders"


def test_nothing_is_sent_once_the_deadline_passed_during_a_login(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(503, path="/auth/login")
    keys = {"api_key": emulator.api_key, "api_secret": emulator.api_secret}
    handle = emulator.handle

    def slow(incoming: Any) -> Any:
        if incoming.target == "/auth/login":
            emulator.clock.advance(5)
        return handle(incoming)

    emulator.handle = slow  # type: ignore[method-assign]
    client = mode.of(emulator, deadline=9.0, **keys)
    with pytest.raises(oc.NotSentError, match="the deadline passed while the client got a token"):
        mode.call(client, "page")
    assert {request.path for request in emulator.requests} == {"/auth/login"}
    mode.call(client, "page")


def test_a_call_carries_token_and_user_agent(mode: ClientMode, emulator: Emulator) -> None:
    mode.call(mode.of(emulator), "page")
    headers = emulator.requests[0].headers
    assert headers["authorization"] == "Bearer emulator-token"
    assert headers["accept"] == "application/json"
    assert headers["user-agent"] == f"octopus-cards-python/{oc.__version__}"


def test_a_token_callable_is_asked_before_every_try(mode: ClientMode, emulator: Emulator) -> None:
    tokens = iter(["old", emulator.token])
    emulator.fail_next(503)
    mode.call(mode.of(emulator, token=lambda: next(tokens)), "page")
    assert [r.headers["authorization"] for r in emulator.requests] == ["Bearer old", "Bearer emulator-token"]


def test_a_token_callable_may_be_async_only_where_calls_are(mode: ClientMode, emulator: Emulator) -> None:
    async def token() -> str:
        return emulator.token

    if mode.kind == "sync":
        with pytest.raises(TypeError, match="token must be a plain callable here, got an async one"):
            mode.of(emulator, token=token)
        with pytest.raises(oc.NotSentError, match="token callable raised TypeError") as refused:
            mode.call(mode.of(emulator, token=lambda: token()), "page")  # noqa: PLW0108
        assert "is async" in str(refused.value.__cause__)
        assert emulator.requests == []
    else:
        assert len(mode.call(mode.of(emulator, token=token), "page")) == 0


def test_a_token_callable_that_fails_sends_nothing(mode: ClientMode, emulator: Emulator) -> None:
    def broken() -> str:
        raise KeyError("vault")

    with pytest.raises(oc.NotSentError, match="the token callable raised KeyError"):
        mode.call(mode.of(emulator, token=broken), "page")
    with pytest.raises(oc.NotSentError, match="the result of the token callable must not be empty"):
        mode.call(mode.of(emulator, token=lambda: ""), "page")
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
        (408, 4),
        (425, 4),
        (505, 1),
        (520, 4),
        (530, 4),
        (599, 4),
    ],
)
def test_which_errors_are_tried_again(mode: ClientMode, emulator: Emulator, status: int, tries: int) -> None:
    emulator.fail_next(status, times=9)
    with pytest.raises(oc.APIError) as failed:
        mode.call(mode.of(emulator, attempts=4), "page")
    assert failed.value.status_code == status
    assert failed.value.attempts == tries == len(emulator.requests)
    assert (failed.value.method, failed.value.path) == ("GET", "/api/v1/topups/orders")
    assert failed.value.request_id


def test_a_passing_fault_is_nobodys_problem(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    client = mode.of(emulator)
    emulator.fail_next(502, times=3)
    assert mode.call(client, "get", order_id).id == order_id
    emulator.fail_next(lost=True, times=3)
    assert mode.call(client, "set_notification_email", order_id, "a@example.com").success is True


def test_a_lost_answer_says_that_the_outcome_is_unknown(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(lost=True, times=2)
    with pytest.raises(
        oc.OutcomeUnknownError, match=r"the response of https://emulator\.invalid was lost: RemoteProtocolError"
    ) as failed:
        mode.call(mode.of(emulator, attempts=2), "page")
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
        ("+12", None, 12.0),
        ("12 s", None, 12.0),
        ("12.5 Seconds", None, 12.5),
        ("2, 12", None, 12.0),
        (None, "Rate limit exceeded. Retry after 7 seconds.", 7.0),
        ("Tue, 19 May 2026 14:30:30 GMT", None, 30.0),
        (str(int(MAX_RETRY_AFTER)), None, MAX_RETRY_AFTER),
    ],
)
def test_a_429_is_waited_for_as_the_server_asks(
    mode: ClientMode, emulator: Emulator, header: str | None, message: str | None, waited: float
) -> None:
    emulator.fail_next(429, retry_after=header, message=message)
    mode.call(mode.of(emulator, deadline=None, random=NoJitter(1)), "page")
    assert emulator.clock.monotonic() == waited


@pytest.mark.parametrize("header", ["-5", "soon", "1e3", "12 minutes", "0x10", "12;"])
def test_a_retry_after_that_is_no_number_of_seconds_is_ignored(
    mode: ClientMode, emulator: Emulator, header: str
) -> None:
    emulator.fail_next(503, headers={"retry-after": header})
    mode.call(mode.of(emulator), "page")
    assert emulator.clock.monotonic() < 1


def test_clients_that_got_the_same_retry_after_come_back_at_different_moments(emulator: Emulator) -> None:
    moments = set[float]()
    for seed in range(9):
        before = emulator.clock.monotonic()
        emulator.fail_next(429, retry_after=12)
        emulator.client(random=Random(seed)).topups.orders.page()
        waited = emulator.clock.monotonic() - before
        assert 12 < waited <= 12 + MAX_JITTER
        moments.add(round(waited - 12, 6))
    assert len(moments) == 9


@pytest.mark.parametrize("asked", ["0", "Mon, 01 Jan 1990 00:00:00 GMT"])
def test_a_429_that_asks_for_no_time_is_not_hammered(mode: ClientMode, emulator: Emulator, asked: str) -> None:
    emulator.fail_next(429, retry_after=asked, times=9)
    with pytest.raises(oc.RateLimitError) as failed:
        mode.call(mode.of(emulator, attempts=4), "page")
    assert failed.value.retry_after == 0.0
    assert 0 < emulator.clock.monotonic() < 1.4


def test_a_date_that_no_clock_has_is_not_obeyed(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(429, retry_after="Tue, 19 May 2026 99999999999999999999:30:30 GMT", message="slow")
    mode.call(mode.of(emulator), "page")
    assert emulator.clock.monotonic() < 1


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize(
    ("fault", "attempts"),
    [({"status": 500}, 4), ({"status": 503}, 4), ({"status": 429}, 4), ({"lost": True}, 4), ({"status": 400}, 1)],
)
def test_a_call_that_is_not_idempotent_is_sent_once(
    emulator: Emulator, fault: dict[str, Any], attempts: int, *, repeatable: bool
) -> None:
    emulator.fail_next(**fault, times=9)
    # The server executes nothing that it answers with 429.
    assert tries(emulator, repeatable=repeatable) == (attempts if repeatable or fault == {"status": 429} else 1)


def test_a_call_that_was_not_sent_is_repeated_even_if_not_idempotent(emulator: Emulator) -> None:
    with emulator.serve() as url:
        pass
    assert tries(emulator, base_url=url, transport=None, repeatable=False) == 4


def tries(emulator: Emulator, *, repeatable: bool, **options: Any) -> int:
    """How often a call that fails is tried."""
    with emulator.client(attempts=4, **options) as client:
        orders = client.topups.orders
        call = prepare(replace(LIST_TOPUP_ORDERS, idempotent=repeatable), {"page": 1})
        with pytest.raises(oc.RequestError) as failed:
            orders._driver.run(exchange(call, client._session))
    return failed.value.attempts


def transport_that_raises(error: Exception) -> Any:
    """Return an httpx transport that raises this error and counts its requests."""

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


def test_the_request_that_an_exception_leads_to_carries_no_token(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(lost=True)
    with pytest.raises(oc.OutcomeUnknownError) as failed:
        mode.call(mode.of(emulator, attempts=1), "page")
    cause = failed.value.__cause__
    assert isinstance(cause, httpx.RequestError)
    assert "authorization" not in cause.request.headers


def test_the_request_that_an_odd_encoding_leads_to_carries_no_token() -> None:
    class Telling(httpx.BaseTransport):
        """Return the request with the response, as the HTTP library's client does."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            stream = httpx.ByteStream(b"not gzip at all")
            return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream, request=request)

    with oc.OctopusCards("t", transport=Telling()) as client, pytest.raises(oc.InvalidResponseError) as failed:
        client.topups.orders.page()
    assert "not gzip" in str(failed.value)
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


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
    found = proxy_for("https://x.invalid:8443/base")
    assert (str(found.url) if found else None) == proxy


def test_loopback_requests_use_no_proxy(mode: ClientMode, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Emulator()
    with proxy.serve() as proxy_url, emulator.serve() as url:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy_url)
        mode.call(mode.client(token=emulator.token, base_url=url), "page")
        mode.close()
    assert proxy.requests == []
    assert len(emulator.requests) == 1


def test_a_429_beyond_the_cap_ends_the_call_at_once(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(429, retry_after=121)
    with pytest.raises(oc.RateLimitError) as failed:
        mode.call(mode.of(emulator), "page")
    assert failed.value.retry_after == 121.0
    assert "retry after 121 s" in str(failed.value)
    assert (failed.value.attempts, emulator.clock.monotonic()) == (1, 0.0)


def test_a_429_that_asks_for_nothing_backs_off(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(429, message="slow down", headers={"retry-after": "soon"}, times=4)
    with pytest.raises(oc.RateLimitError) as failed:
        mode.call(mode.of(emulator, attempts=4), "page")
    assert failed.value.retry_after is None
    assert 0 < emulator.clock.monotonic() < 2


def test_a_call_after_closing_is_a_clear_error(mode: ClientMode, emulator: Emulator) -> None:
    client = mode.client(token="t", base_url="http://127.0.0.1:1", clock=emulator.clock)
    mode.close()
    mode.close()
    with pytest.raises(oc.NotSentError, match="the client is closed") as failed:
        mode.call(client, "page")
    assert (failed.value.attempts, failed.value.retryable) == (1, False)


def test_a_server_that_is_not_there_was_not_reached(mode: ClientMode, emulator: Emulator) -> None:
    with emulator.serve() as url:
        pass
    client = mode.client(token="t", base_url=url, clock=emulator.clock, attempts=4)
    with pytest.raises(oc.NotSentError, match=r"no connection to http://127\.0\.0\.1:\d+: ConnectError") as failed:
        mode.call(client, "page")
    assert failed.value.attempts == 4


def test_cookies_do_not_travel(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(503, headers={"set-cookie": "session=1; Path=/"})
    mode.call(mode.of(emulator), "page")
    assert "cookie" not in emulator.requests[1].headers


def test_a_server_that_does_not_answer_leaves_the_outcome_unknown(mode: ClientMode, emulator: Emulator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = mode.client(token="t", base_url=url, clock=emulator.clock, timeout=0.1, attempts=2)
        with pytest.raises(
            oc.OutcomeUnknownError, match=r"no response from http://127\.0\.0\.1:\d+ in time: ReadTimeout"
        ) as failed:
            mode.call(client, "page")
        mode.close()
    assert failed.value.attempts == 2


def test_a_proxy_that_refuses_lets_nothing_through(
    mode: ClientMode, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The emulator does not know CONNECT, so it refuses as a proxy would.
    with emulator.serve() as url:
        monkeypatch.setenv("HTTPS_PROXY", url)
        client = mode.client(token="t", base_url="https://x.invalid", clock=emulator.clock, attempts=1)
        with pytest.raises(oc.NotSentError, match=r"the proxy refused to connect to https://x\.invalid"):
            mode.call(client, "page")
        mode.close()


@pytest.mark.parametrize("token", ["", None])
def test_a_token_that_could_not_be_got_names_the_call(mode: ClientMode, emulator: Emulator, token: str | None) -> None:
    def function() -> str:
        if token is None:
            raise KeyError("vault")
        return token

    with pytest.raises(oc.NotSentError) as failed:
        mode.call(mode.of(emulator, token=function), "page")
    assert (failed.value.method, failed.value.path) == ("GET", ORDERS)


def test_a_third_token_is_not_tried(mode: ClientMode, emulator: Emulator) -> None:
    tokens = iter(["one", "two", "three", "four"])
    with pytest.raises(oc.AuthenticationError):
        mode.call(mode.of(emulator, token=lambda: next(tokens)), "page")
    assert len(emulator.requests) == 2


def test_the_try_whose_token_was_refused_is_not_counted(mode: ClientMode, emulator: Emulator) -> None:
    client = mode.of(emulator, token=iter(["old", *[emulator.token] * 9]).__next__, attempts=2)
    emulator.fail_next(401)
    emulator.fail_next(503, times=9)
    with pytest.raises(oc.ServerError) as failed:
        mode.call(client, "page")
    assert (len(emulator.requests), failed.value.attempts) == (3, 3)
    assert failed.value.stop_reason == "no attempts left"
