"""No call outlives its deadline or its client, whatever a server, a proxy or the network does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import anyio
import anyio.lowlevel
import pytest

import octopus_cards as oc
from octopus_cards._io.sockets import connect
from support.client_modes import ClientMode
from support.sockets import read_request, server

HEAD = b"HTTP/1.1 200 OK\r\n"
# What is sent first, and then again and again: each reaches the client well within every timeout of a phase.
DRIPS = {
    "body": (HEAD + b"content-length: 100000\r\n\r\n", b" "),
    "head": (HEAD + b"x-a: ", b"a"),
    "status line": (b"HTTP/1.1 200 ", b"O"),
    "headers": (HEAD, b"x-a: b\r\n"),
    "1xx": (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "chunks": (HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "chunk extension": (HEAD + b"transfer-encoding: chunked\r\n\r\n1;", b"x"),
    "trailers": (HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n", b"x-a: b\r\n"),
    "gzip": (
        HEAD + b"content-encoding: gzip\r\ncontent-length: 100000\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
        b"\x00\x00\x00\xff\xff",  # an empty block
    ),
}
LONGEST = 20.0  # seconds; a call that a server can hold is held this long


@contextmanager
def dripping(first: bytes, drop: bytes) -> Iterator[tuple[str, threading.Event]]:
    """Serve responses that never end; the event is set when one was sent for as long as the server does that."""
    exhausted, stop = threading.Event(), threading.Event()

    def drip(connection: socket.socket) -> None:
        with suppress(OSError):
            read_request(connection)
            connection.sendall(first)
            for _ in range(int(LONGEST / 0.05)):
                if stop.wait(0.05):
                    return
                connection.sendall(drop)
            exhausted.set()

    def behave(connection: socket.socket) -> None:
        threading.Thread(target=drip, args=(connection,), daemon=True).start()

    with server(behave) as (url, _):
        try:
            yield url, exhausted
        finally:
            stop.set()


@pytest.mark.parametrize("kind", DRIPS)
def test_a_response_that_drips_ends_with_the_deadline(mode: ClientMode, kind: str) -> None:
    with dripping(*DRIPS[kind]) as (url, exhausted):
        client = mode.client(token="t", base_url=url, deadline=0.5, attempts=3)
        with pytest.raises(oc.OutcomeUnknownError, match=r"no response from .* in time"):
            mode.call(client, "get", 1)
        assert not exhausted.is_set()
        mode.close()


def test_a_login_that_drips_ends_with_the_deadline(mode: ClientMode) -> None:
    with dripping(*DRIPS["body"]) as (url, exhausted):
        client = mode.client(api_key="key", api_secret="secret", base_url=url, deadline=0.5)
        with pytest.raises(oc.NotSentError):
            mode.call(client, "get", 1)
        assert not exhausted.is_set()
        mode.close()


def test_a_wait_ends_with_its_timeout_although_a_read_drips(mode: ClientMode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octopus_cards._engine.exchange.MAX_OVERTIME", 0.2)
    monkeypatch.setattr("octopus_cards._engine.waiting.FIRST_READ_TIMEOUT", 0.5)
    with dripping(*DRIPS["body"]) as (url, exhausted):
        client = mode.client(token="t", base_url=url)
        with pytest.raises(oc.RequestError):
            mode.call(client, "wait", 1, timeout=0.3)
        assert not exhausted.is_set()
        mode.close()


def silent(connection: socket.socket) -> None:
    """Accept a connection and send nothing."""


def ended_by_closing(call: Callable[[], Any], close: Callable[[], Any], started: Callable[[], bool]) -> Any:
    """Return the error with which a call in another thread ends when the client closes."""
    errors: list[Exception] = []

    def run() -> None:
        try:
            call()
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while not started():
        threading.Event().wait(0.01)
    close()
    thread.join(LONGEST)
    assert not thread.is_alive()
    return errors[0]


def test_closing_ends_the_calls_in_flight(mode: ClientMode) -> None:
    with server(silent) as (url, connections):
        client = mode.client(token="t", base_url=url, timeout=oc.Timeouts(read=60.0), deadline=60.0)
        error = ended_by_closing(lambda: mode.call(client, "get", 1), mode.close, lambda: bool(connections))
    assert isinstance(error, oc.RequestError)
    assert error.retryable is False


@contextmanager
def unresponsive_address() -> Iterator[tuple[Any, ...]]:
    """Yield an address that does not respond to a connection, as an unreachable server."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as listener,
        socket.socket() as first,
        socket.socket() as second,
    ):
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield (socket.AF_INET, socket.SOCK_STREAM, 6, "", listener.getsockname())


def test_the_next_address_is_tried_before_the_timeout_of_the_first() -> None:
    with unresponsive_address() as dead, socket.create_server(("127.0.0.1", 0)) as alive:
        addresses = [dead, (*dead[:4], alive.getsockname())]
        connected = connect(addresses, LONGEST, lambda: 0.25)
        assert connected.getpeername() == alive.getsockname()
        connected.close()


def test_addresses_that_do_not_respond_share_one_timeout() -> None:
    checks: list[None] = []

    def check() -> float:
        checks.append(None)
        return 0.05

    with unresponsive_address() as dead, pytest.raises(TimeoutError):
        connect([dead] * 3, 0.3, check)
    assert len(checks) <= 10


def test_the_error_of_the_first_address_is_raised_if_all_refuse() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = closed.getsockname()
    refused = (socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
    with pytest.raises(ConnectionRefusedError):
        connect([refused, refused], LONGEST, lambda: 0.25)


def test_closing_ends_a_call_that_is_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    with unresponsive_address() as dead:
        monkeypatch.setattr("octopus_cards._io.network.resolve", lambda host, port: [dead])
        client = oc.OctopusCards("t", base_url="http://127.0.0.1:1", timeout=oc.Timeouts(connect=60.0))
        slots = client._connection._slots
        error = ended_by_closing(lambda: client.topups.orders.get(1), client.close, lambda: bool(slots._in_use))
    assert isinstance(error, oc.NotSentError)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_call_that_is_cancelled_by_closing_does_not_cancel_its_task(backend: str) -> None:
    async def main() -> list[str]:
        seen: list[str] = []

        async def call() -> None:
            try:
                await client.topups.orders.get(1)
            except (oc.OutcomeUnknownError, oc.NotSentError) as error:  # closed before or after the request was sent
                seen.append(str(error))
            await anyio.lowlevel.checkpoint()  # raises in a task that was cancelled
            seen.append("after")

        client = oc.AsyncOctopusCards("t", base_url=url)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call)
            while not connections:  # noqa: ASYNC110 - another thread accepts the connection
                await anyio.sleep(0.01)
            await client.aclose()
        return seen

    with server(silent) as (url, connections):
        seen = anyio.run(main, backend=backend)
    assert "the client was closed" in seen[0]
    assert seen[1] == "after"
