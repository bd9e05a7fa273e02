"""The fault matrix: whatever a server or network does, a call ends in a right result or in one of our exceptions.

One row a fault, in every mode. What only sockets can do happens on real ones.
"""

from __future__ import annotations

import gc
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from octopus_cards.emulator._core.responses import encode
from support.client_modes import ClientMode
from support.log_secrets import GIVEN
from support.sockets import Behave, read_request, reset, says, server

ORDER = {
    "id": 1,
    "product_id": 4218,
    "product_name": "PUBG Mobile UC",
    "country_code": "GLO",
    "amount": Decimal("4.7405"),
    "currency": "USD",
    "status": "PENDING",
    "created_at": "2026-05-19T14:30:00Z",
}


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """Return a response as bytes on the wire."""
    head = [f"HTTP/1.1 {status}", "content-type: application/json", f"content-length: {len(body)}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


BODY = encode(ORDER).encode()
# Silence is short; connecting may take its time on a machine that has much to do.
SHORT = oc.Timeouts(connect=30.0, read=0.3)


def reset_after_request(connection: socket.socket) -> None:
    """Read a request and reset the connection."""
    read_request(connection)
    reset(connection)


ON_SOCKETS: dict[str, tuple[Behave, type[oc.OctopusCardsError]]] = {
    "closed at once": (lambda connection: connection.close(), oc.OutcomeUnknownError),
    "reset before the answer": (reset_after_request, oc.OutcomeUnknownError),
    "closed inside the head": (says(b"HTTP/1.1 200 OK\r\ncontent-"), oc.OutcomeUnknownError),
    "reset inside the body": (says(http(BODY)[:-9], reset), oc.OutcomeUnknownError),
    "body cut short": (says(http(BODY)[:-9]), oc.OutcomeUnknownError),
    "length too small": (says(http(BODY).replace(b"length: 1", b"length: 0")), oc.InvalidResponseError),
    "chunk cut short": (
        says(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"),
        oc.OutcomeUnknownError,
    ),
    "chunk without length": (
        says(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
        oc.OutcomeUnknownError,
    ),
    "not HTTP": (says(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), oc.OutcomeUnknownError),
    "a head without end": (says(b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 40_000), oc.OutcomeUnknownError),
    "a header that is none": (says(http(BODY, "200 OK", "x page: 1")), oc.OutcomeUnknownError),
    "silence": (lambda connection: None, oc.OutcomeUnknownError),
    "silence after the head": (says(http(BODY)[:60], lambda c: None), oc.OutcomeUnknownError),
}


@pytest.mark.parametrize("fault", ON_SOCKETS)
def test_faults_on_sockets(mode: ClientMode, fault: str) -> None:
    behave, expected = ON_SOCKETS[fault]
    with server(behave) as (url, connections):
        client = mode.client(token="hunter2", base_url=url, timeout=SHORT, attempts=1)
        with pytest.raises(oc.OctopusCardsError) as failed:
            mode.call(client, "get", 1)
        mode.close()
        assert type(failed.value) is expected, repr(failed.value)
        assert len(connections) == 1
    assert "hunter2" not in f"{failed.value!r}{failed.value.__cause__!r}{failed.value.__context__!r}"


# httpx leaves its own async generators open here, of which trio warns when they are collected.
generators_left_open = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def wait_until_closed(connection: socket.socket) -> None:
    connection.recv(1)


@generators_left_open
def test_a_body_that_is_refused_halfway_gives_its_connection_back(mode: ClientMode) -> None:
    answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1000\r\n\r\nnot gzip"
    only_one = httpx.Limits(max_connections=1)
    transport = (httpx.HTTPTransport if mode.kind == "sync" else httpx.AsyncHTTPTransport)(limits=only_one)
    with server(says(answer, wait_until_closed)) as (url, seen):
        client = mode.client(token="t", base_url=url, transport=transport, timeout=oc.Timeouts(pool=2), attempts=1)
        for _ in range(3):
            with pytest.raises(oc.InvalidResponseError):
                mode.call(client, "get", 1)
        assert len(seen) == 3
        mode.close()
        gc.collect()


@generators_left_open
def test_gzip_that_is_none(mode: ClientMode) -> None:
    with server(says(http(BODY, "200 OK", "content-encoding: gzip"))) as (url, _):
        client = mode.client(token="t", base_url=url, timeout=SHORT, attempts=1)
        with pytest.raises(oc.InvalidResponseError, match="the body is not gzip, as its header says") as failed:
            mode.call(client, "get", 1)
        assert failed.value.status_code == 200
        mode.close()
        gc.collect()


SCRIPTED: dict[str, type[oc.RequestError]] = {
    **dict.fromkeys(["refused", "unknown host", "tls", "connect timeout", "pool timeout"], oc.NotSentError),
    **dict.fromkeys(["write timeout", "read timeout", "reset", "dropped", "cut", "cut chunk", "not http"],
                    oc.OutcomeUnknownError),
}  # fmt: skip


@pytest.mark.parametrize("fault", SCRIPTED)
def test_each_can_be_scripted_in_process(mode: ClientMode, emulator: Emulator, fault: str) -> None:
    order_id = emulator.add_order()
    client = mode.of(emulator, attempts=2)
    attempts = 1 if fault == "tls" else 2  # another attempt would get the same certificate
    emulator.fail_next(connection=fault, times=attempts)
    with pytest.raises(oc.RequestError) as failed:
        mode.call(client, "get", order_id)
    assert type(failed.value) is SCRIPTED[fault]
    assert failed.value.attempts == attempts
    assert failed.value.retryable is (fault != "tls")
    sent = SCRIPTED[fault] is oc.OutcomeUnknownError
    assert len(emulator.requests) == (2 if sent else 0)
    if failed.value.retryable:
        emulator.fail_next(connection=fault)
    assert mode.call(client, "get", order_id).id == order_id


@pytest.mark.parametrize("fault", [f for f, kind in SCRIPTED.items() if kind is oc.OutcomeUnknownError][1:])
def test_faults_happen_on_the_socket(mode: ClientMode, emulator: Emulator, fault: str) -> None:
    order_id = emulator.add_order()
    with emulator.serve() as url:
        client = mode.client(token=emulator.token, base_url=url, timeout=SHORT, attempts=1)
        emulator.fail_next(connection=fault)
        with pytest.raises(oc.OutcomeUnknownError) as failed:
            mode.call(client, "get", order_id)
        expected = {"reset": "ReadError", "read timeout": "ReadTimeout"}.get(fault, "RemoteProtocolError")
        assert expected in str(failed.value)
        assert mode.call(client, "get", order_id).id == order_id
        mode.close()


def test_when_every_connection_is_taken_the_next_call_was_not_sent(
    mode: ClientMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octopus_cards._io.connections.MAX_CONNECTIONS", 3)
    with server(lambda connection: None) as (url, connections):
        timeout = oc.Timeouts(connect=5, read=1.5, pool=0.2)
        client = mode.client(token="t", base_url=url, timeout=timeout, attempts=1)
        results = mode.concurrently(5, client, "get", 1)
        mode.close()
    names = sorted(type(result).__name__ for result in results)
    assert names == ["NotSentError"] * 2 + ["OutcomeUnknownError"] * 3
    assert any("none of 3 connections became free within 0.2 s" in str(result) for result in results)
    assert len(connections) == 3


def test_a_connection_that_is_reset_at_once(mode: ClientMode) -> None:
    with server(reset) as (url, _):
        client = mode.client(token="t", base_url=url, timeout=SHORT, attempts=1)
        with pytest.raises((oc.NotSentError, oc.OutcomeUnknownError)):  # the reset may come before or after the request
            mode.call(client, "get", 1)
        mode.close()


def tls_only(connection: socket.socket) -> None:
    """Answer a TLS handshake like a plain-text server."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    connection.close()


def test_a_server_without_tls_was_not_reached(mode: ClientMode) -> None:
    with server(tls_only) as (url, _):
        client = mode.client(token="t", base_url=url.replace("http:", "https:"), attempts=1)
        with pytest.raises(oc.NotSentError, match="no connection to https:"):
            mode.call(client, "get", 1)
        mode.close()


def test_a_name_that_does_not_resolve_was_not_reached(mode: ClientMode) -> None:
    client = mode.client(token="t", base_url="https://no-such-host.invalid", attempts=1)
    with pytest.raises(oc.NotSentError, match="no connection to https:"):
        mode.call(client, "get", 1)


def test_a_host_that_does_not_take_connections_was_not_reached(mode: ClientMode) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        client = mode.client(token="t", base_url=url, timeout=oc.Timeouts(connect=0.3), attempts=1)
        with pytest.raises(oc.NotSentError, match="ConnectTimeout"):
            mode.call(client, "get", 1)
        for each in waiting:
            each.close()


@dataclass(frozen=True)
class Answer:
    """A fault that is an answer; a result, or the exception that it comes to."""

    status: int
    body: Any
    ends_as: type[oc.OctopusCardsError] | Callable[[Any], bool]
    headers: dict[str, str] | None = None


def order(**changes: Any) -> bytes:
    return encode(ORDER | changes).encode()


ANSWERS: dict[str, Answer] = {
    "HTML 200": Answer(200, "<html>login</html>", oc.InvalidResponseError),
    "HTML 502": Answer(502, "<html>bad gateway</html>", oc.ServerError),
    "empty 200": Answer(200, "", oc.InvalidResponseError),
    "empty 500": Answer(500, "", oc.ServerError),
    "204": Answer(204, b"", oc.InvalidResponseError),
    "cut JSON": Answer(200, BODY[:-1], oc.InvalidResponseError),
    "an array for an object": Answer(200, b"[]", oc.InvalidResponseError),
    "wrapped in data": Answer(200, b'{"success": true, "data": {}}', oc.InvalidResponseError),
    "bad UTF-8": Answer(200, BODY.replace(b"PUBG", b"\xff\xfe"), oc.InvalidResponseError),
    "UTF-16": Answer(200, BODY.decode().encode("utf-16"), lambda o: o.id == 1),
    "a byte order mark": Answer(200, b"\xef\xbb\xbf" + BODY, lambda o: o.id == 1),
    "NaN": Answer(200, BODY.replace(b"4.7405", b"NaN"), oc.InvalidResponseError),
    "a huge number": Answer(200, BODY.replace(b"4.7405", b"1" + b"0" * 5000), oc.InvalidResponseError),
    "a huge exponent": Answer(200, BODY.replace(b"4.7405", b"1e99999999999999999999"), oc.InvalidResponseError),
    "a long fraction": Answer(
        200, BODY.replace(b"4.7405", b"0." + b"1" * 5000), lambda o: o.amount == Decimal("0." + "1" * 5000)
    ),
    "deep nesting": Answer(200, b'{"a":' * 100_000, oc.InvalidResponseError),
    "a status nobody knows": Answer(200, order(status="REFUNDED"), lambda o: o.status == "REFUNDED"),
    "a field nobody knows": Answer(200, order(fee=1), lambda o: o.additional_properties["fee"] == 1),
    "nulls for optional fields": Answer(200, order(completed_at=None, input_data=None), lambda o: o.input_data is None),
    "null for a required field": Answer(200, order(amount=None), oc.InvalidResponseError),
    "text for money": Answer(200, order(amount="4.7405"), oc.InvalidResponseError),
    "an integer for money": Answer(200, order(amount=5), lambda o: o.amount == Decimal(5)),
    "a float for an id": Answer(200, order(id=Decimal("1.0")), oc.InvalidResponseError),
    "400 without envelope": Answer(400, b"{}", oc.BadRequestError),
    "401": Answer(401, None, oc.AuthenticationError),
    "403": Answer(403, None, oc.PermissionDeniedError),
    "404": Answer(404, None, oc.NotFoundError),
    "429 with seconds": Answer(429, None, oc.RateLimitError, {"retry-after": "12"}),
    "429 with a date": Answer(429, None, oc.RateLimitError, {"retry-after": "Tue, 19 May 2026 14:30:12 GMT"}),
    "429 with nonsense": Answer(429, b"{}", oc.RateLimitError, {"retry-after": "-∞".encode().hex()}),
    "503 with seconds": Answer(503, "", oc.ServerError, {"retry-after": "3600"}),
    "odd paging headers": Answer(200, BODY, lambda o: o.id == 1, {"x-page": "one", "x-has-more": "perhaps"}),
    "a body of one number": Answer(200, b"7", oc.InvalidResponseError),
    "an envelope of nulls": Answer(404, b'{"error": {"name": null, "code": null, "message": null}}', oc.NotFoundError),
    "429 for ever": Answer(429, None, oc.RateLimitError, {"retry-after": "9" * 400}),
    "429 by HTML": Answer(429, "<html>slow</html>", oc.RateLimitError),
    "418": Answer(418, "", oc.APIError),
    "499": Answer(499, "", oc.APIError),
    "520": Answer(520, "<html>", oc.ServerError),
    "599": Answer(599, "", oc.ServerError),
    "a status above 599": Answer(700, "", oc.InvalidResponseError),
    "301": Answer(301, "", oc.InvalidResponseError, {"location": "https://evil.example/"}),
    "307": Answer(307, "", oc.InvalidResponseError, {"location": "//evil.example/"}),
}


@pytest.mark.parametrize("fault", ANSWERS)
def test_faults_in_answers(mode: ClientMode, emulator: Emulator, fault: str) -> None:
    answer = ANSWERS[fault]
    emulator.fail_next(answer.status, body=answer.body, headers=answer.headers)
    try:
        result = mode.call(mode.of(emulator, attempts=1), "get", 1)
    except oc.OctopusCardsError as error:
        assert type(error) is answer.ends_as
    else:
        assert not isinstance(answer.ends_as, type)
        assert answer.ends_as(result)
    assert len(emulator.requests) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*ORDER, "error", "x"]), inner, max_size=9)
    ),
    max_leaves=20,
)
BODIES = st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode())
HEADERS = st.dictionaries(
    st.sampled_from(
        ["x-page", "x-per-page", "x-total-count", "x-has-more", "retry-after", "x-request-id", "content-type"]
    ),
    # Constants of the source are drawn, too: an id that is one of the test's own secrets is shown, as ids are.
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30).filter(
        lambda text: not any(secret in text for secret in GIVEN)
    ),
)


@given(
    status=st.integers(200, 999), body=BODIES, headers=HEADERS, method=st.sampled_from(["get", "page", "list", "find"])
)
def test_no_answer_brings_out_anything_but_our_exceptions(
    status: int, body: bytes, headers: dict[str, str], method: str
) -> None:
    emulator = Emulator()
    emulator.fail_next(status, body=body, headers=headers)
    emulator.fail_next(503, times=99)
    arguments: dict[str, dict[str, Any]] = {"get": {"order_id": 1}, "find": {"client_reference": "KEY"}}
    with emulator.client(attempts=1) as client:
        try:
            result = getattr(client.topups.orders, method)(**arguments.get(method, {}))
            list(result) if method == "list" else None
        except oc.OctopusCardsError as error:
            assert str(error)
