"""A login belongs to the client: it outlives its caller, and every caller waits only as long as it can."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import threading
from contextlib import suppress
from typing import Any

import anyio
import pytest

import octopus_cards as oc
from octopus_cards._login_backoff import MAX_LOGIN_PAUSE
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode
from support.logins import LOGIN, REFRESH, logging_in, paths


def slow_to(emulator: Emulator, path: str, seconds: float) -> threading.Event:
    """Delay the responses to a path; the event ends the delay."""
    handle, at_once = emulator.handle, threading.Event()

    def delayed(incoming: Any) -> Any:
        if incoming.target == path:
            at_once.wait(seconds)
        return handle(incoming)

    emulator.handle = delayed  # type: ignore[method-assign]
    return at_once


def key_client(emulator: Emulator, url: str) -> oc.AsyncOctopusCards:
    """Return a client that logs in at this server."""
    return oc.AsyncOctopusCards(base_url=url, api_key=emulator.api_key, api_secret=emulator.api_secret)


def test_a_login_outlives_callers_with_a_short_deadline(mode: ClientMode) -> None:
    emulator = Emulator()
    at_once = slow_to(emulator, LOGIN, 20.0)
    with emulator.serve() as url:
        keys = {"api_key": emulator.api_key, "api_secret": emulator.api_secret}
        client = mode.client(base_url=url, **keys)
        hurried = client.with_options(deadline=0.1)
        for _ in range(3):
            with pytest.raises(oc.NotSentError, match="the login takes longer than the time of the call"):
                mode.call(hurried, "page")
        at_once.set()
        assert len(mode.call(client, "page")) == 0
        mode.close()
    assert paths(emulator).count(LOGIN) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_login_outlives_a_caller_that_is_cancelled(backend: str) -> None:
    emulator = Emulator()
    at_once = slow_to(emulator, LOGIN, 20.0)

    async def main() -> None:
        async with key_client(emulator, url) as client:
            for _ in range(3):
                with anyio.move_on_after(0.05) as scope:
                    await client.topups.orders.page()
                assert scope.cancelled_caught
            at_once.set()
            await client.topups.orders.page()

    with emulator.serve() as url:
        anyio.run(main, backend=backend)
    assert paths(emulator).count(LOGIN) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("seed", range(4))
def test_no_refresh_token_is_sent_twice(backend: str, seed: int) -> None:
    """Not even under cancellations at random moments: a server may revoke every token if one comes twice."""
    emulator = Emulator(access_lifetime=0.05, limits=None)
    handle, sent = emulator.handle, list[str]()

    def recording(incoming: Any) -> Any:
        if incoming.target == REFRESH:
            sent.append(json.loads(incoming.body)["refresh_token"])
        return handle(incoming)

    emulator.handle = recording  # type: ignore[method-assign]
    draw = random.Random(seed)

    async def call(client: oc.AsyncOctopusCards) -> None:
        # With such short lives many tokens are rejected, which the client limits.
        with anyio.move_on_after(draw.uniform(0, 0.01)), suppress(oc.RequestError):
            await client.topups.orders.page()

    async def main() -> None:
        async with key_client(emulator, url) as client:
            for number in range(60):
                if number % 10 == 0:  # on a slow machine, hardly any of the others ends in its time
                    with suppress(oc.RequestError):
                        await client.topups.orders.page()
                async with anyio.create_task_group() as tasks:
                    for _ in range(3):
                        tasks.start_soon(call, client)
                emulator.clock.advance(0.05)

    with emulator.serve() as url:
        anyio.run(main, backend=backend)
    assert len(sent) == len(set(sent)) > 0


def test_a_native_cancellation_leaves_the_login_running() -> None:
    emulator = Emulator()
    at_once = slow_to(emulator, LOGIN, 20.0)

    async def main() -> None:
        async with key_client(emulator, url) as client:
            for _ in range(5):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(client.topups.orders.page(), 0.03)
            at_once.set()
            await client.topups.orders.page()

    with emulator.serve() as url:
        asyncio.run(main())
    assert paths(emulator).count(LOGIN) == 1


def test_a_signal_handler_may_use_the_client_during_a_login() -> None:
    emulator, done = Emulator(), list[str]()
    at_once = slow_to(emulator, LOGIN, 20.0)

    def handler(*_: object) -> None:
        at_once.set()
        client.logout()
        done.append("logged out")

    before = signal.signal(signal.SIGALRM, handler)
    try:
        with (
            emulator.serve() as url,
            oc.OctopusCards(base_url=url, api_key=emulator.api_key, api_secret=emulator.api_secret) as client,
        ):
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            client.topups.orders.page()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert done == ["logged out"]


def test_without_a_thread_for_the_login_nothing_was_sent(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", fails)
            with pytest.raises(oc.NotSentError, match="no thread can be started for the login: can't start new thread"):
                client.topups.orders.page()
        assert len(client.topups.orders.page()) == 0


@pytest.mark.parametrize("retry_after", ["9" * 400, "1795600000", "86400", "-5", "1e400"])
@pytest.mark.parametrize("status", [429, 503])
def test_an_absurd_retry_after_does_not_stop_logins_for_long(
    mode: ClientMode, emulator: Emulator, status: int, retry_after: str
) -> None:
    client = logging_in(mode, emulator, attempts=1)
    emulator.fail_next(status, path=LOGIN, headers={"retry-after": retry_after})
    for _ in range(2):
        with pytest.raises(oc.RequestError):
            mode.call(client, "page")
    emulator.clock.advance(MAX_LOGIN_PAUSE)
    assert len(mode.call(client, "page")) == 0


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "never"])
def test_an_absurd_date_does_not_break_a_login(mode: ClientMode, emulator: Emulator, date: str) -> None:
    handle = emulator.handle

    def dated(incoming: Any) -> oc.RawResponse:
        response = handle(incoming)
        return oc.RawResponse(response.status_code, {**response.headers, "date": date}, response.content)

    emulator.handle = dated  # type: ignore[method-assign]
    client = logging_in(mode, emulator, attempts=1)
    for _ in range(2):
        assert len(mode.call(client, "page")) == 0


@pytest.mark.parametrize("header", [None, "0", "9" * 400])
def test_logins_stay_within_the_limit_whatever_the_server_answers(emulator: Emulator, header: str | None) -> None:
    headers = {} if header is None else {"retry-after": header}
    emulator.fail_next(503, path=LOGIN, times=10_000, headers=headers)
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret, attempts=1) as client:
        for _ in range(600):
            with pytest.raises(oc.RequestError):
                client.topups.orders.page()
            emulator.clock.advance(0.5)
    moments = [request.at for request in emulator.requests if request.path == LOGIN]
    assert all((later - first).total_seconds() >= 60 for first, later in zip(moments, moments[10:], strict=False))
