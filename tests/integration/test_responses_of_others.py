"""A response is never taken for that of another request, and nothing of the wire is shown."""

from __future__ import annotations

import gzip
import json
import re
import socket
import zlib
from collections.abc import Callable
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._io.transport_errors import map_transport_error
from support.client_modes import ClientMode
from support.logins import hanging
from support.sockets import read_request, server

# httpx leaves its own async generators open here, of which trio warns when they are collected.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
ORDER = {
    "id": 5, "product_id": 1, "product_name": "P", "country_code": "IND", "amount": 1, "currency": "USD",
    "status": "PENDING", "created_at": "2026-05-19T14:30:00Z", "client_reference": "KEY",
}  # fmt: skip


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return a response as bytes on the wire."""
    return "\r\n".join([f"HTTP/1.1 {status}", f"content-length: {len(body)}", *headers, "", ""]).encode() + body


def answering(answer: Callable[[bytes], bytes]) -> Any:
    """Serve each request of a kept connection with the bytes that a function returns for it."""

    def behave(connection: socket.socket) -> None:
        while request := read_request(connection):
            connection.sendall(answer(request))

    return server(behave)


def header_of(request: bytes, name: str) -> str:
    """Return a header of a request."""
    found = re.search(rf"(?im)^{name}: (.*?)\r", request.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize("stray", [http(b"[]", "200 OK", "x-total-count: 0"), b"HTTP/1.1 2", b"\r\n"])
def test_bytes_behind_a_response_do_not_reach_the_next_request(mode: ClientMode, stray: bytes) -> None:
    def answer(request: bytes) -> bytes:
        if b"client_reference" in request:
            return http(json.dumps([ORDER]).encode(), "200 OK", "x-total-count: 1")
        return http(json.dumps(ORDER).encode()) + stray

    with answering(answer) as (url, connections):
        client = mode.client(token="t", base_url=url)
        for _ in range(3):
            assert mode.call(client, "get", 5).id == 5
            assert mode.call(client, "find", "KEY").id == 5
        assert len(connections) >= 3
        mode.close()


def test_a_response_with_the_id_of_another_request_is_refused(mode: ClientMode) -> None:
    ids: list[str] = []

    def answer(request: bytes) -> bytes:
        ids.append(header_of(request, "x-request-id"))
        answered = ids[0] if len(ids) == 2 else ids[-1]
        return http(json.dumps(ORDER).encode(), "200 OK", f"x-request-id: {answered}")

    with answering(answer) as (url, connections):
        client = mode.client(token="t", base_url=url, attempts=1)
        assert mode.call(client, "get", 5).id == 5
        with pytest.raises(oc.OutcomeUnknownError, match="X-Request-Id of another request"):
            mode.call(client, "get", 5)
        assert mode.call(client, "get", 5).id == 5
        assert len(connections) == 2
        mode.close()


@pytest.mark.parametrize(("status", "kind"), [("429 Too Many", oc.RateLimitError), ("503 Busy", oc.ServerError)])
def test_a_proxy_may_use_its_own_id_where_it_refuses(mode: ClientMode, status: str, kind: type[oc.APIError]) -> None:
    seen: list[str] = []

    def answer(request: bytes) -> bytes:
        seen.append(header_of(request, "x-request-id"))
        if len(seen) == 2:
            return http(b"{}", status, "x-request-id: of-the-proxy")
        return http(json.dumps(ORDER).encode(), "200 OK", f"x-request-id: {seen[-1]}")

    with answering(answer) as (url, _):
        client = mode.client(token="t", base_url=url, attempts=1)
        assert mode.call(client, "get", 5).id == 5
        with pytest.raises(kind):
            mode.call(client, "get", 5)
        mode.close()


def test_a_server_may_use_request_ids_of_its_own(mode: ClientMode) -> None:
    ids = iter(range(1000))
    with answering(lambda _: http(json.dumps(ORDER).encode(), "200 OK", f"x-request-id: server-{next(ids)}")) as (
        url,
        connections,
    ):
        client = mode.client(token="t", base_url=url, attempts=1)
        for _ in range(3):
            assert mode.call(client, "get", 5).id == 5
        assert len(connections) == 1
        mode.close()


def test_a_408_about_the_idle_connection_means_not_sent(mode: ClientMode) -> None:
    seen: list[bytes] = []

    def answer(request: bytes) -> bytes:
        seen.append(request)
        return (
            http(b"", "408 Request Timeout", "connection: close")
            if len(seen) == 2
            else http(json.dumps(ORDER).encode())
        )

    with answering(answer) as (url, _):
        client = mode.client(token="t", base_url=url, attempts=1)
        mode.call(client, "get", 5)
        with pytest.raises(oc.NotSentError, match="closed the idle connection"):
            mode.call(client, "get", 5)
        assert mode.call(client, "get", 5).id == 5
        mode.close()


ZEROS = bytes(1 << 20)


def compressed(kind: int, megabytes: int) -> bytes:
    """Return this many megabytes of zeros, compressed."""
    encoder = zlib.compressobj(9, zlib.DEFLATED, kind)
    return b"".join(encoder.compress(ZEROS) for _ in range(megabytes)) + encoder.flush()


NUMBERS = gzip.compress(b"[" + b"1," * (32 << 20) + b"1]")
REFUSED = {
    "gzip twice": ("gzip, gzip", gzip.compress(gzip.compress(b"[]")), "was not offered"),
    "deflate": ("deflate", zlib.compress(b"[]"), "was not offered"),
    "unknown": ("opaque-token-123", b"[]", "was not offered"),
    "a bomb": ("gzip", compressed(31, 300), "larger than 8 MiB"),
    "many numbers": ("gzip", NUMBERS, "larger than 8 MiB"),
    "no gzip": ("gzip", b"[]", "not gzip"),
    "rubbish behind it": ("gzip", gzip.compress(b"[]") + b"[]", "not gzip"),
    "incomplete": ("gzip", gzip.compress(json.dumps(ORDER).encode())[:-9], "incomplete gzip"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_body_is_decoded_within_bounds(mode: ClientMode, kind: str) -> None:
    coding, body, problem = REFUSED[kind]
    with answering(lambda _: http(body, "200 OK", f"content-encoding: {coding}")) as (url, _):
        client = mode.client(token="t", base_url=url, attempts=1)
        with pytest.raises(oc.InvalidResponseError, match=problem) as failed:
            mode.call(client, "get", 5)
        assert "opaque-token-123" not in str(failed.value)
        mode.close()


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "identity, gzip"])
def test_gzip_of_two_members_is_read(mode: ClientMode, coding: str) -> None:
    text = json.dumps(ORDER).encode()
    body = gzip.compress(text[:20]) + gzip.compress(text[20:])
    with answering(lambda _: http(body, "200 OK", f"content-encoding: {coding}")) as (url, _):
        client = mode.client(token="t", base_url=url, attempts=1)
        assert mode.call(client, "get", 5).id == 5
        mode.close()


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
ECHOES: dict[str, Callable[[bytes], bytes]] = {
    "in place of a chunk": lambda request: CHUNKED + request.replace(b"\r\n", b" ") + b"\r\n",
    "in place of a status line": lambda request: request.replace(b"\r\n", b" ") + b"\r\n\r\n",
    "in place of a header": lambda request: b"HTTP/1.1 200 OK\r\n" + request.replace(b"\r\n", b" ") + b"\r\n\r\n",
    "as the reason": lambda request: (
        b"HTTP/1.1 407 " + header_of(request, "authorization").encode() + b"\r\ncontent-length: 0\r\n\r\n"
    ),
}


@pytest.mark.parametrize("kind", ECHOES)
def test_no_text_about_the_wire_is_passed_on(mode: ClientMode, kind: str) -> None:
    with answering(ECHOES[kind]) as (url, _):
        client = mode.client(token="opaque-token-123", base_url=url, attempts=1, deadline=2.0)
        with pytest.raises(oc.OctopusCardsError) as failed:
            mode.call(client, "get", 5)
        hanging(failed.value, ["opaque-token-123"])
        mode.close()


def test_a_certificate_error_is_not_retried() -> None:
    import ssl

    import httpx

    from octopus_cards._engine.operation import prepare
    from octopus_cards_api.operations import LOGOUT

    error = httpx.ConnectError("certificate verify failed")
    error.__cause__ = ssl.SSLCertVerificationError(1, "certificate verify failed")
    mapped = map_transport_error(error, prepare(LOGOUT, {}), "https://api.example", was_sent=False)
    assert isinstance(mapped, oc.NotSentError)
    assert mapped.retryable is False
