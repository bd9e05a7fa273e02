"""The emulator over real sockets, as clients in other languages use it."""

from __future__ import annotations

import http.client
import re
import socket
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator, EmulatorClock
from support.client_modes import ClientMode

ORDERS = "/api/v1/topups/orders"
AUTH = {"Authorization": "Bearer emulator-token"}


def test_the_client_works_over_http(mode: ClientMode, emulator: Emulator) -> None:
    ids = emulator.populate(23)
    order_id = emulator.add_topup_order(delivered_after=12.0)
    with emulator.serve() as url:
        client = mode.client(token=emulator.token, base_url=url, clock=emulator.clock)
        assert [order.id for order in mode.call(client, "list", per_page=5)] == [order_id, *ids[::-1]]
        assert mode.call(client, "set_notification_email", order_id, "a@example.com").success
        assert mode.call(client, "wait", order_id).status == "DELIVERED"
        emulator.fail_next(lost=True, times=2)
        assert mode.call(client, "get", order_id).id == order_id
        mode.close()


def test_it_listens_on_loopback_and_a_port_in_use_is_an_error(emulator: Emulator) -> None:
    with emulator.serve() as url:
        assert url.startswith("http://127.0.0.1:")
        with pytest.raises(OSError, match="in use"), Emulator().serve(urlsplit(url).port or 0):
            pass


def test_connections_are_reused_and_closed_with_the_server(emulator: Emulator) -> None:
    with emulator.serve() as url:
        port = urlsplit(url).port or 0
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        for _ in range(3):
            connection.request("GET", ORDERS, headers=AUTH)
            response = connection.getresponse()
            assert (response.status, response.read(), response.will_close) == (200, b"[]", False)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):  # noqa: PT012 - either may notice
        connection.request("GET", ORDERS, headers=AUTH)
        connection.getresponse()
    connection.close()


def test_a_chunked_body_is_read(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order()
    with emulator.serve() as url, httpx.Client(base_url=url, headers=AUTH) as client:
        parts = iter([b'{"email"', b': "a@b"}'])
        response = client.patch(f"{ORDERS}/{order_id}/notification-email", content=parts)
        assert response.json()["success"] is True
        assert client.get(ORDERS).status_code == 200


@pytest.mark.parametrize("length", ["x", "-1"])
def test_an_invalid_content_length_is_rejected(emulator: Emulator, length: str) -> None:
    with emulator.serve() as url:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port or 0, timeout=5)
        connection.request("GET", ORDERS, headers={**AUTH, "Content-Length": length})
        assert connection.getresponse().status == 400
        connection.close()


def test_trailers_and_responses_without_body_keep_the_connection(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order()
    body = b'{"email": "a@b"}'
    chunked = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\nX-Trailer: 1\r\n\r\n"
    common = "HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer emulator-token\r\n"
    head = f"PATCH {ORDERS}/{order_id}/notification-email {common}"
    emulator.fail_next(204, method="GET")
    with emulator.serve() as url, socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=5) as raw:
        raw.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + chunked)
        assert b"Notification email updated" in raw.recv(65536)
        for expected in (b"204 No Content", b"200 OK"):
            raw.sendall(f"GET {ORDERS} {common}\r\n".encode())
            response = raw.recv(65536)
            assert response.startswith(b"HTTP/1.1 " + expected)
        assert response.endswith(b"}]")


def test_every_method_gets_a_response_and_head_has_no_body(emulator: Emulator) -> None:
    with emulator.serve() as url, httpx.Client(base_url=url, headers=AUTH) as client:
        for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "BREW"):
            refused = client.request(method, ORDERS)
            assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")
            assert refused.json()["error"]["code"] == "METHOD_NOT_ALLOWED"
        assert client.head(ORDERS).content == b""
        assert client.get(ORDERS).headers["server"] == "octopus-cards-emulator"


def test_the_server_survives_requests_that_are_not_http(emulator: Emulator) -> None:
    with emulator.serve() as url:
        for junk in (b"\x16\x03\x01 not http\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b""):
            with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=5) as connection:
                connection.sendall(junk)
        assert httpx.get(f"{url}{ORDERS}", headers=AUTH).status_code == 200


def test_many_threads_share_one_client(emulator: Emulator) -> None:
    ids = emulator.populate(32)
    read: list[int] = []
    with emulator.serve() as url, oc.OctopusCards(emulator.token, base_url=url) as client:
        threads = [threading.Thread(target=lambda i=i: read.append(client.topups.orders.get(i).id)) for i in ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(read) == ids


def exchange_raw(url: str, request: bytes, *more: bytes) -> bytes:
    """Send bytes, and more bytes after each response; return everything that the server sends."""
    received = b""
    with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=10) as connection:
        connection.sendall(request)
        for part in more:
            received += connection.recv(65536)
            connection.sendall(part)
        with suppress(ConnectionError):
            while data := connection.recv(65536):
                received += data
    return received


def test_a_client_that_expects_100_is_asked_for_the_body_at_once(emulator: Emulator) -> None:
    body = b'{"username":"emulator-key","password":"emulator-secret"}'
    head = (
        b"POST /auth/login HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-type: application/json\r\n"
        b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(body)
    )
    with emulator.serve() as url:
        received = exchange_raw(url, head, body)
    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")


def test_a_browser_of_another_origin_may_call(emulator: Emulator) -> None:
    preflight = (
        b"OPTIONS /api/v1/topups/orders HTTP/1.1\r\nhost: x\r\norigin: https://shop.example\r\n"
        b"access-control-request-method: GET\r\naccess-control-request-headers: authorization\r\n"
        b"connection: close\r\n\r\n"
    )
    read = b"GET /api/v1/topups/orders HTTP/1.1\r\nhost: x\r\norigin: https://shop.example\r\nconnection: close\r\n\r\n"
    with emulator.serve() as url:
        allowed, answered = exchange_raw(url, preflight).lower(), exchange_raw(url, read).lower()
    assert allowed.startswith(b"http/1.1 204")
    assert b"access-control-allow-origin: *" in allowed
    assert b"access-control-allow-headers: authorization, *" in allowed
    assert b"access-control-allow-origin: *" in answered
    assert len(emulator.requests) == 1


@pytest.mark.parametrize(
    "broken",
    [
        b"GET /secret-text HTTP/9.9\r\n\r\n",
        b"secret-text\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\n secret-text\r\ncontent-length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\nsecret-text",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nfffffffff\r\nsecret-text",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n-5\r\nsecret-text",
    ],
)
def test_a_broken_request_is_refused_without_repeating_it(emulator: Emulator, broken: bytes) -> None:
    with emulator.serve() as url:
        received = exchange_raw(url, broken)
    assert b"secret-text" not in received
    assert received == b"" or re.match(rb"HTTP/1\.1 (400|505)", received)
    assert emulator.requests == []


def test_half_a_request_does_not_hold_its_thread(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octopus_cards.emulator._core.http_server._Handler.timeout", 0.2)
    with emulator.serve() as url:
        assert exchange_raw(url, b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n1") == b""
        assert exchange_raw(url, b"GET / HT") == b""


def test_the_log_of_requests_is_bounded(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octopus_cards.emulator._core.pipeline.MAX_REQUESTS", 50)
    client = emulator.client()
    for number in range(200):
        client.topups.orders.page(request_id=f"request-{number}")
    assert 40 <= len(emulator.requests) <= 50
    assert emulator.requests[-1].headers["x-request-id"] == "request-199"


@pytest.mark.parametrize("options", [{"access_lifetime": float("inf")}, {"refresh_lifetime": 1e308}])
def test_a_token_that_never_expires_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="lifetimes must be above 0 and at most ten years"):
        Emulator(**options)


@pytest.mark.parametrize("speed", [1e308, float("inf"), float("nan"), -1.0])
def test_an_absurd_speed_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed must be from 0 to 100000"):
        EmulatorClock(speed=speed)
