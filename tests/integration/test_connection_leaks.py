"""After any number of cancellations, interrupts and failures the next call works, and nothing leaks."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

import octopus_cards as oc
from octopus_cards._io.channels import _ONE_CONNECTION, KEEP_IDLE
from octopus_cards._io.connections import MAX_CONNECTIONS
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode
from support.sockets import read_request, server


def open_sockets() -> int:
    """Return how many sockets this process has open."""
    gc.collect()
    count = 0
    for descriptor in DESCRIPTORS.iterdir():
        with suppress(OSError):
            count += str(descriptor.readlink()).startswith("socket:")
    return count


DESCRIPTORS = Path("/proc/self/fd")
needs_proc = pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="counts sockets; Linux runs this")


@needs_proc
@pytest.mark.parametrize("steps", [*range(1, 26), None])
def test_native_cancellations_lose_no_connection(steps: int | None) -> None:
    """Cancel at one certain step of the event loop, as `asyncio.timeout` may, or at random ones."""
    emulator, draw = Emulator(), random.Random(3)
    order_id = emulator.add_order()

    async def main(url: str) -> None:
        async with oc.AsyncOctopusCards(emulator.token, base_url=url, attempts=2) as client:
            before = 0
            for number in range(60):
                task = asyncio.create_task(client.topups.orders.get(order_id))
                for _ in range(steps or draw.randrange(40)):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.wait([task])
                if number == 20:
                    before = open_sockets()
            for _ in range(3):
                assert (await client.topups.orders.get(order_id)).id == order_id
            assert client._connection._semaphore is not None
            assert client._connection._semaphore.value == MAX_CONNECTIONS
            assert open_sockets() <= before + 4
            assert len(client._connection._idle) <= 2

    with emulator.serve() as url:
        asyncio.run(main(url))


@needs_proc
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_timeouts_of_the_caller_lose_no_connection(backend: str) -> None:
    emulator, draw = Emulator(), random.Random(5)
    order_id = emulator.add_order()

    async def call(client: oc.AsyncOctopusCards) -> None:
        with anyio.move_on_after(draw.uniform(0, 0.02)):
            await client.topups.orders.get(order_id)

    async def main() -> None:
        async with oc.AsyncOctopusCards(emulator.token, base_url=url) as client:
            for _ in range(20):
                async with anyio.create_task_group() as tasks:
                    for _ in range(10):
                        tasks.start_soon(call, client)
            for _ in range(3):
                assert (await client.topups.orders.get(order_id)).id == order_id
            assert client._connection._semaphore is not None
            assert client._connection._semaphore.value == MAX_CONNECTIONS
            assert len(client._connection._idle) <= 10

    with emulator.serve() as url:
        anyio.run(main, backend=backend)


def hang_up_after_connect(connection: socket.socket) -> None:
    """Be a proxy that accepts CONNECT and then closes the tunnel."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    connection.close()


def test_a_proxy_that_closes_its_tunnels_loses_no_connection(mode: ClientMode, monkeypatch: pytest.MonkeyPatch) -> None:
    with server(hang_up_after_connect) as (url, connections):
        monkeypatch.setenv("HTTPS_PROXY", url)
        client = mode.client(token="t", base_url="https://api.example", attempts=1, timeout=oc.Timeouts(pool=0.5))
        for _ in range(MAX_CONNECTIONS + 2):
            with pytest.raises(oc.NotSentError) as failed:
                mode.call(client, "get", 7)
            assert "PoolTimeout" not in str(failed.value)
        assert len(connections) == MAX_CONNECTIONS + 2
        mode.close()


INTERRUPTED = """
import gc, logging, random, signal, warnings
from contextlib import suppress
from pathlib import Path
import octopus_cards as oc
from octopus_cards.emulator import Emulator

class Interrupted(BaseException):
    pass

def interrupt(*_):
    raise Interrupted

def open_sockets():
    gc.collect()
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            count += str(descriptor.readlink()).startswith("socket:")
    return count

emulator, draw = Emulator(limits=None), random.Random(12)
order_id = emulator.add_order()
signal.signal(signal.SIGALRM, interrupt)
with emulator.serve() as url, oc.OctopusCards(emulator.token, base_url=url) as client:
    client.topups.orders.get(order_id)
    sockets = open_sockets()
    for _ in range(1_000):
        with suppress(Interrupted):
            signal.setitimer(signal.ITIMER_REAL, draw.uniform(0.00002, 0.0015))
            try:
                for _ in range(3):
                    client.topups.orders.get(order_id)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        assert client.topups.orders.get(order_id).id == order_id
    assert len(client._connection._slots._in_use) == 0
    assert open_sockets() <= sockets + 4
print("survived")
"""


@needs_proc
def test_interrupts_lose_neither_slots_nor_the_next_call() -> None:
    """Run in another process: an interrupt may also leave a lock of pytest's logging or of coverage taken."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    program = [sys.executable, "-P", "-c", INTERRUPTED]
    done = subprocess.run(program, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "survived\n", done.stderr[-2000:]


def test_threads_beyond_the_limit_wait_for_a_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("octopus_cards._io.connections.MAX_CONNECTIONS", 2)
    emulator = Emulator()
    order_id = emulator.add_order()
    got: list[Any] = []
    with emulator.serve() as url, oc.OctopusCards(emulator.token, base_url=url) as client:
        threads = [threading.Thread(target=lambda: got.append(client.topups.orders.get(order_id))) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(client._connection._idle) <= 2
    assert len(got) == 20


def test_an_idle_connection_outlives_the_pauses_of_a_wait(mode: ClientMode) -> None:
    """Five seconds lie between two reads of a wait; the HTTP library's default is less."""
    assert _ONE_CONNECTION.keepalive_expiry == KEEP_IDLE > 3 * 15
    with server_that_counts() as (url, connections):
        client = mode.client(token="t", base_url=url)
        for _ in range(5):
            with pytest.raises(oc.NotFoundError):
                mode.call(client, "get", 1)
        assert len(connections) == 1
        mode.close()


def server_that_counts() -> Any:
    """Serve 404 on kept connections."""

    def behave(connection: socket.socket) -> None:
        while read_request(connection):
            connection.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\n{}")

    return server(behave)


def test_old_idle_connections_are_closed(mode: ClientMode, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator = Emulator()
    order_id = emulator.add_order()
    with emulator.serve() as url:
        client = mode.client(token=emulator.token, base_url=url)
        for each in mode.concurrently(8, client, "get", order_id):
            assert each.id == order_id
        idle = client._connection._idle
        count = len(idle)
        for channel in idle:
            channel.idle_since -= KEEP_IDLE + 1
        for _ in range(count):
            mode.call(client, "get", order_id)
        assert len(idle) == 1
        mode.close()


@needs_proc
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_program_that_ends_while_a_call_connects_leaves_no_socket(backend: str) -> None:
    emulator = Emulator()
    order_id = emulator.add_order()

    async def main(url: str, steps: int) -> None:
        client = oc.AsyncOctopusCards(emulator.token, base_url=url)
        async with client, anyio.create_task_group() as tasks:
            tasks.start_soon(client.topups.orders.get, order_id)
            for _ in range(steps):
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()

    with emulator.serve() as url:
        anyio.run(main, url, 60, backend=backend)
        before = open_sockets()
        for steps in range(40):
            anyio.run(main, url, steps, backend=backend)
        assert open_sockets() <= before + 2
