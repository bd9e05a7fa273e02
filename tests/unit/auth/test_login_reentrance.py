"""A signal handler, hook or transport may use the client while it logs in: no call hangs, and none logs in twice."""

from __future__ import annotations

import asyncio
import logging
import threading
from types import FrameType
from typing import Any

import anyio
import httpx
import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode
from support.interrupts import interrupt, run_with_handler
from support.logins import LOGIN, logging_in, paths

# Where a signal can meet a thread that starts a login or waits for one. Not in threading.py: a trace function also
# interrupts it where no signal does, between a block and the release of its lock.
MODULES = ("_login.py", "_io/drivers.py", "_io/single_flight.py")


def keys(emulator: Emulator) -> dict[str, str]:
    return {"api_key": emulator.api_key, "api_secret": emulator.api_secret}


def test_a_signal_handler_may_call_at_every_line_of_a_login() -> None:
    line, is_reached = 0, True
    while is_reached:
        emulator = Emulator()
        with emulator.client(**keys(emulator), deadline=5) as client:

            def handler(_: FrameType, client: oc.OctopusCards = client) -> None:
                client.topups.orders.page()

            is_reached = run_with_handler(line, MODULES, client.topups.orders.page, handler)
        assert paths(emulator).count(LOGIN) == 1, line
        line += 1
    assert line > 40


def test_an_interrupt_at_every_line_of_a_login_leaves_the_client_usable() -> None:
    line, is_reached = 0, True
    while is_reached:
        emulator = Emulator()
        with emulator.client(**keys(emulator), deadline=5) as client:
            is_reached = run_with_handler(line, MODULES, client.topups.orders.page, interrupt)
            client.topups.orders.page()
        assert paths(emulator).count(LOGIN) == 1, line
        line += 1
    assert line > 40


def test_a_handler_that_does_not_return_delays_no_other_thread() -> None:
    """It holds nothing that other threads need, whatever line it interrupts."""
    line, is_reached, outcomes = 0, True, list[Any]()
    while is_reached:
        emulator = Emulator()
        with emulator.client(**keys(emulator), deadline=5) as client:

            def handler(_: FrameType, client: oc.OctopusCards = client) -> None:
                other = threading.Thread(target=lambda: outcomes.append(client.topups.orders.page()))
                other.start()
                other.join(30)
                assert not other.is_alive()

            is_reached = run_with_handler(line, MODULES, client.topups.orders.page, handler)
        line += 1
    assert len(outcomes) == line - 1 > 20


def test_a_transport_that_uses_the_client_for_its_login_is_a_clear_error(mode: ClientMode, emulator: Emulator) -> None:
    """It would wait for itself."""
    errors: list[str] = []

    class Sync(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            try:
                client.topups.orders.page()
            except oc.NotSentError as error:
                errors.append(str(error))
            return httpx.Response(503)

    class Async(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            try:
                await client.topups.orders.page()
            except oc.NotSentError as error:
                errors.append(str(error))
            return httpx.Response(503)

    transport: Any = Sync() if mode.kind == "sync" else Async()
    client = logging_in(mode, emulator, transport=transport, attempts=1, deadline=None)
    with pytest.raises(oc.NotSentError, match="the login failed"):
        mode.call(client, "page")
    assert [error.partition(" [")[0] for error in errors] == ["the login needs a token itself: a hook uses its client"]


def test_a_token_callable_that_uses_its_own_client_is_a_clear_error(mode: ClientMode, emulator: Emulator) -> None:
    errors: list[str] = []

    def blocking() -> str:
        with pytest.raises(oc.NotSentError) as failed:
            client.topups.orders.page()
        errors.append(str(failed.value))
        return emulator.token

    async def awaiting() -> str:
        with pytest.raises(oc.NotSentError) as failed:
            await client.topups.orders.page()
        errors.append(str(failed.value))
        return emulator.token

    client = mode.of(emulator, token=blocking if mode.kind == "sync" else awaiting)
    for _ in range(2):
        assert len(mode.call(client, "page")) == 0
    assert [error.partition(" [")[0] for error in errors] == ["the token callable uses the client that calls it"] * 2


def test_a_token_callable_may_start_a_task_that_uses_the_client_later(emulator: Emulator) -> None:
    async def main() -> None:
        async with anyio.create_task_group() as tasks:

            async def later() -> None:
                await is_called.wait()
                found.append(len(await client.topups.orders.page()))

            async def token() -> str:
                if not found and not is_called.is_set():
                    tasks.start_soon(later)
                return emulator.token

            client, is_called, found = emulator.async_client(token=token), anyio.Event(), list[int]()
            await client.topups.orders.page()
            is_called.set()
        assert found == [0]

    anyio.run(main)


def test_token_callables_of_two_clients_that_need_each_other_end(mode: ClientMode, emulator: Emulator) -> None:
    clients: list[Any] = []

    def blocking(other: int) -> str:
        clients[other].topups.orders.page()
        return emulator.token

    async def awaiting(other: int) -> str:
        await clients[other].topups.orders.page()
        return emulator.token

    token = blocking if mode.kind == "sync" else awaiting
    clients += [mode.of(emulator, token=lambda other=other: token(other)) for other in (1, 0)]
    with pytest.raises(oc.NotSentError, match="the token callable raised NotSentError"):
        mode.call(clients[0], "page")


@pytest.mark.filterwarnings("error")
def test_an_unexpected_error_of_a_login_arrives_at_every_caller(mode: ClientMode, emulator: Emulator) -> None:
    """A filter of the application's log raises, say, in the thread or task of the login."""

    class Broken(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            if LOGIN in record.getMessage():
                raise ZeroDivisionError("a bug of the application")
            return True

    logger, broken = logging.getLogger("octopus_cards"), Broken()
    client = logging_in(mode, emulator)
    logger.addFilter(broken)
    try:
        for result in mode.concurrently(4, client, "page"):
            assert isinstance(result, oc.NotSentError)
            assert "the login raised ZeroDivisionError" in str(result)
            assert isinstance(result.__cause__, ZeroDivisionError)
    finally:
        logger.removeFilter(broken)
    assert len(mode.call(client, "page")) == 0


def test_a_login_that_is_cancelled_before_it_starts_blocks_nobody(emulator: Emulator) -> None:
    """As by a framework that cancels every task of the event loop."""

    async def main() -> None:
        async with emulator.async_client(**keys(emulator), deadline=5) as client:
            call = asyncio.create_task(client.topups.orders.page())
            await asyncio.sleep(0)  # the call creates the task of the login, which does not run yet
            assert len(asyncio.all_tasks()) == 3
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.wait([call])
            assert len(await client.topups.orders.page()) == 0

    anyio.run(main)


def test_the_error_of_a_late_login_says_why_it_is_not_repeated(mode: ClientMode) -> None:
    emulator, at_once = Emulator(), threading.Event()
    handle = emulator.handle

    def slow(incoming: Any) -> Any:
        at_once.wait(20)
        return handle(incoming)

    emulator.handle = slow  # type: ignore[method-assign]
    with emulator.serve() as url:
        client = mode.client(base_url=url, **keys(emulator), deadline=0.1)
        with pytest.raises(oc.NotSentError, match="the login takes longer than the time of the call") as failed:
            mode.call(client, "page")
        assert failed.value.stop_reason == "the deadline is over"
        assert failed.value.retryable
        at_once.set()
        mode.close()
