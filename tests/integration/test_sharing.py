"""One client in many hands: threads, tasks, event loops, forked processes; and calls that are interrupted."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

import octopus_cards as oc
from octopus_cards._io.connections import MAX_CONNECTIONS
from octopus_cards._io.drivers_async import _SharedTask
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode, client_mode
from support.sockets import server


def test_many_hands_share_one_client_over_real_sockets(mode: ClientMode) -> None:
    emulator = Emulator()
    ids = emulator.populate(30)
    with emulator.serve() as url:
        client = mode.client(api_key=emulator.api_key, api_secret=emulator.api_secret, base_url=url)
        for got in mode.concurrently(32, client, "list", per_page=10):
            assert [order.id for order in got] == ids[::-1]
        mode.close()
    assert sum(request.path == "/auth/login" for request in emulator.requests) == 1


def test_a_thousand_tasks_share_one_client_over_real_sockets() -> None:
    emulator = Emulator(limits=None)
    order_id = emulator.add_order()
    with emulator.serve() as url, client_mode("asyncio") as mode:
        client = mode.client(token=emulator.token, base_url=url)
        assert {got.id for got in mode.concurrently(1000, client, "get", order_id)} == {order_id}
        mode.close()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("by_key", [True, False])
def test_a_second_event_loop_is_a_clear_error(emulator: Emulator, backend: str, *, by_key: bool) -> None:
    keys = {"api_key": emulator.api_key, "api_secret": emulator.api_secret} if by_key else {}
    client = emulator.async_client(**keys)

    async def page() -> None:
        await client.topups.orders.page()

    anyio.run(page, backend=backend)
    emulator.revoke_tokens()
    emulator.clock.advance(3600)
    received = len(emulator.requests)
    for other in ("asyncio", "trio"):
        with pytest.raises(
            oc.NotSentError, match=r"belongs to another event loop, .* create one for each loop"
        ) as failed:
            anyio.run(page, backend=other)
        assert failed.value.retryable is False
    assert len(emulator.requests) == received
    anyio.run(client.aclose, backend=backend)
    anyio.run(client.aclose, backend=backend)


# The connection of the first loop can only be dropped; the loop that owned its socket is gone.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_closing_in_another_loop_is_fine() -> None:
    def used_here_and_closed_there(url: str) -> None:
        client = oc.AsyncOctopusCards("emulator-token", base_url=url)

        async def page() -> None:
            await client.topups.orders.page()

        asyncio.run(page())
        asyncio.run(client.aclose())
        with pytest.raises(oc.NotSentError, match="another event loop"):
            asyncio.run(page())

    with Emulator().serve() as url:
        used_here_and_closed_there(url)
        gc.collect()


@pytest.mark.parametrize(("made_in", "used_in"), [("asyncio", "trio"), ("trio", "asyncio")])
def test_the_loop_that_counts_is_that_of_the_first_call(emulator: Emulator, made_in: str, used_in: str) -> None:
    async def make() -> oc.AsyncOctopusCards:
        return emulator.async_client(api_key=emulator.api_key, api_secret=emulator.api_secret)

    client = anyio.run(make, backend=made_in)

    async def page() -> int:
        return len(await client.topups.orders.page())

    assert anyio.run(page, backend=used_in) == 0


FORKED = """
    import os, sys, threading
    from octopus_cards import OctopusCards
    from octopus_cards.emulator import Emulator

    emulator = Emulator()
    with emulator.serve() as url:
        client = OctopusCards(api_key=emulator.api_key, api_secret=emulator.api_secret, base_url=url)
        orders = client.topups.orders
        orders.page()
        client._driver._shared.current_or_new(lambda: threading.Event().wait()).start()  # a login that does not end
        child = os.fork()
        if child == 0:
            code = 1
            try:
                client._session.credentials.clear()
                for _ in range(3):
                    orders.page()
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0, "the child failed"
        orders.page()
        client.close()
    ids = [r.headers["x-request-id"] for r in emulator.requests]
    assert len(set(ids)) == len(ids), "parent and child drew the same"
    print(sum(r.path == "/api/v1/topups/orders" for r in emulator.requests))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_makes_connections_of_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore:This process:DeprecationWarning", "-c", textwrap.dedent(FORKED)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "5", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_parent_and_child_use_different_connections() -> None:
    ports: list[int] = []

    def answer(connection: socket.socket) -> None:
        ports.append(connection.getpeername()[1])
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[]")

    with server(lambda connection: threading.Thread(target=answer, args=[connection], daemon=True).start()) as (url, _):
        client = oc.OctopusCards("t", base_url=url)
        client.topups.orders.page()
        client.topups.orders.page()
        assert len(ports) == 1
        child = os.fork()
        if child == 0:
            try:
                client.topups.orders.page()
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        client.topups.orders.page()
        assert len(ports) == 2
        client.close()


@pytest.mark.parametrize("kind", [oc.OctopusCards, oc.AsyncOctopusCards])
def test_a_child_needs_nothing_of_its_parent(emulator: Emulator, kind: Any) -> None:
    """As after a fork in the middle of other threads' calls: every lock is held, every place is taken."""
    transport = emulator.client()._connection._custom_transport
    client = kind(api_key=emulator.api_key, api_secret=emulator.api_secret, transport=transport)

    async def awaited() -> list[Any]:
        client._connection._semaphore = anyio.Semaphore(0)
        client._driver._shared = _SharedTask()  # a login that never ends here
        forked()
        return [await client.topups.orders.page()]

    def blocking() -> list[Any]:
        taken.extend(client._connection._slots.take(1) for _ in range(MAX_CONNECTIONS))
        assert None not in taken
        flight = client._driver._shared.current_or_new(lambda: ended.wait() and None)
        flight.start()
        forked()
        ended.set()
        return [client.topups.orders.page()]

    def forked() -> None:
        client._driver.reset_after_fork()
        client._connection.reset_after_fork()

    taken: list[Any] = []
    ended = threading.Event()
    assert len(blocking() if kind is oc.OctopusCards else anyio.run(awaited)) == 1
    assert client._connection._custom_transport is transport


@pytest.mark.parametrize("kind", [oc.OctopusCards, oc.AsyncOctopusCards])
def test_a_child_that_closes_leaves_the_parents_connections(kind: Any) -> None:
    client = kind("t")
    parents, closed = client._connection._idle[0], []
    parents.transport.close = parents.transport.aclose = lambda: closed.append(True)
    parents.network.close = parents.network.aclose = lambda: closed.append(True)
    client._connection.reset_after_fork()

    async def close() -> None:
        await client.aclose()
        await client.aclose()
        with pytest.raises(oc.NotSentError, match="the client is closed"):
            await client.topups.orders.page()

    if kind is oc.AsyncOctopusCards:
        anyio.run(close)
    else:
        client.close()
        client.close()
        with pytest.raises(oc.NotSentError, match="the client is closed"):
            client.topups.orders.page()
    assert client._connection._inherited[0] is parents
    assert not closed


def test_a_given_transport_is_not_used_in_a_child(emulator: Emulator) -> None:
    class CustomTransport(httpx.HTTPTransport):
        """One with connections."""

    transport = CustomTransport()
    with emulator.serve() as url, oc.OctopusCards(emulator.token, base_url=url, transport=transport) as client:
        client.topups.orders.page()
        client._connection.reset_after_fork()
        with pytest.raises(oc.NotSentError, match="belongs to the parent process; create a client in each") as failed:
            client.topups.orders.page()
        assert failed.value.retryable is False
        transport.close()  # the parent's affair
    assert len(emulator.requests) == 1


def test_a_setup_error_in_a_forked_child_is_reported(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    with oc.OctopusCards("t") as client:
        client._connection.reset_after_fork()
        monkeypatch.setenv("SSL_CERT_FILE", "/nope")
        with pytest.raises(oc.NotSentError, match="connections cannot be set up"):
            client.topups.orders.page()
        monkeypatch.delenv("SSL_CERT_FILE")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_call_that_is_cut_off_leaves_the_next_one_whole(backend: str) -> None:
    emulator = Emulator()
    order_id = emulator.add_order()
    emulator.fail_next(connection="read timeout", path="/auth/login")
    emulator.fail_next(connection="read timeout", method="GET", times=2)

    async def main() -> None:
        async with oc.AsyncOctopusCards(
            api_key="emulator-key", api_secret="emulator-secret", base_url=url, timeout=oc.Timeouts(read=0.25)
        ) as client:
            for _ in range(3):  # in the middle of the first login, whose response does not come
                with anyio.move_on_after(0.1) as scope:
                    await client.topups.orders.get(order_id)
                assert scope.cancelled_caught
            assert (await client.topups.orders.get(order_id)).id == order_id

    with emulator.serve() as url:
        anyio.run(main, backend=backend)
    assert [r.path for r in emulator.requests].count("/auth/login") == 2


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_list_step_can_continue(backend: str) -> None:
    emulator = Emulator()
    ids = emulator.populate(30)

    async def main() -> None:
        async with oc.AsyncOctopusCards(emulator.token, base_url=url) as client:
            items = client.topups.orders.list(per_page=10).__aiter__()
            got = [(await anext(items)).id for _ in range(20)]
            emulator.fail_next(connection="read timeout")
            with anyio.move_on_after(0.1) as scope:
                await anext(items)
            assert scope.cancelled_caught
            got += [order.id async for order in items]
            assert got == ids[::-1]

    with emulator.serve() as url:
        anyio.run(main, backend=backend)


def test_two_tasks_cannot_share_one_iteration(emulator: Emulator) -> None:
    emulator.populate(30)
    refused: list[str] = []
    got: list[int] = []

    async def main() -> None:
        async with emulator.async_client() as client:
            items = client.topups.orders.list(per_page=5).__aiter__()

            async def take() -> None:
                try:
                    got.extend([order.id async for order in items])
                except ValueError as error:
                    refused.append(str(error))

            async def end() -> None:
                try:
                    await items.aclose()
                except ValueError as error:
                    refused.append(str(error))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(take)
                tasks.start_soon(take)
                tasks.start_soon(end)

    emulator.fail_next(429, retry_after=1)
    anyio.run(main)
    assert refused == ["tasks cannot share one iteration: create one for each task, or take turns"] * 2
    assert len(got) == len(set(got)) == 30


def test_threads_cannot_share_one_iteration_either(emulator: Emulator) -> None:
    emulator.populate(30)
    entered, go_on = threading.Event(), threading.Event()

    def hold(retry: oc.Retry) -> None:
        entered.set()
        go_on.wait(60)

    emulator.fail_next(503)
    got: list[Any] = []
    with emulator.client(on_retry=hold) as client:
        items = iter(client.topups.orders.list())
        thread = threading.Thread(target=lambda: got.extend(items))
        thread.start()
        entered.wait(60)
        with pytest.raises(ValueError, match="already executing"):
            next(items)
        go_on.set()
        thread.join()
    assert len(got) == 30


def test_closing_twice_is_fine_and_a_call_after_it_is_a_clear_error(mode: ClientMode, emulator: Emulator) -> None:
    client = mode.client(
        api_key=emulator.api_key, api_secret=emulator.api_secret, base_url="http://127.0.0.1:1", clock=emulator.clock
    )
    mode.close()
    mode.close()
    with pytest.raises(oc.NotSentError, match="the client is closed") as failed:
        mode.call(client, "page")
    assert failed.value.retryable is False


# httpx leaves its own async generators open here, of which trio warns when they are collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_body_without_end_is_refused(mode: ClientMode, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octopus_cards._io.bodies.MAX_BODY_SIZE", 2**20)
    emulator.fail_next(200, body=b" " * (2**20 + 1))
    with emulator.serve() as url:
        client = mode.client(token=emulator.token, base_url=url)
        with pytest.raises(oc.InvalidResponseError, match="the body is larger than 1 MiB"):
            mode.call(client, "page")
        assert len(mode.call(client, "page")) == 0
        mode.close()
        gc.collect()


class Recording(httpx.BaseTransport):
    """Record what happens to it, slowly."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.answers, self.closing = threading.Event(), threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append("request")
        self.answers.wait(5)
        return httpx.Response(200, json=[])

    def close(self) -> None:
        self.seen.append("close")
        self.closing.wait(5)


def test_a_queued_call_is_not_sent_after_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octopus_cards._io.connections.MAX_CONNECTIONS", 1)
    transport, ended = Recording(), []
    transport.closing.set()
    client = oc.OctopusCards("t", transport=transport)

    def call() -> None:
        try:
            client.topups.orders.page()
        except oc.NotSentError as error:
            ended.append(str(error))

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    while not transport.seen:
        threading.Event().wait(0.01)
    client.close()
    transport.answers.set()
    for thread in threads:
        thread.join()
    assert transport.seen == ["request", "close"]
    assert [error[:20] for error in ended] == ["the client is closed"]


def test_nothing_is_sent_while_a_client_closes_and_it_closes_once() -> None:
    transport = Recording()
    transport.answers.set()
    client = oc.OctopusCards("t", transport=transport)
    closing = threading.Thread(target=client.close)
    closing.start()
    while not transport.seen:
        threading.Event().wait(0.01)
    client.close()
    with pytest.raises(oc.NotSentError, match="the client is closed"):
        client.topups.orders.page()
    transport.closing.set()
    closing.join()
    assert transport.seen == ["close"]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_client_whose_closing_was_cancelled_is_closed(backend: str) -> None:
    class Slow(httpx.AsyncBaseTransport):
        closed = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json=[])

        async def aclose(self) -> None:
            self.closed += 1
            await anyio.sleep(5)

    async def main() -> None:
        transport = Slow()
        client = oc.AsyncOctopusCards("t", transport=transport)
        await client.topups.orders.page()
        with anyio.move_on_after(0.02):
            await client.aclose()
        with pytest.raises(oc.NotSentError, match="the client is closed"):
            await client.topups.orders.page()
        await client.aclose()
        assert transport.closed == 1

    anyio.run(main, backend=backend)
