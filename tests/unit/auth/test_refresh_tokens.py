"""A refresh token is sent once, whatever happens: a server may revoke every token of the account if one comes twice."""

from __future__ import annotations

import json
import os
import random
import threading
from contextlib import suppress
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode
from support.logins import LOGIN, ORDERS, REFRESH, logging_in, paths


def strict(emulator: Emulator) -> list[str]:
    """Make the server revoke every token when a refresh token comes twice; return those that came."""
    handle, sent = emulator.handle, list[str]()

    def recording(incoming: Any) -> Any:
        if incoming.target == REFRESH:
            token = json.loads(incoming.body)["refresh_token"]
            if token in sent:
                emulator.revoke_tokens()
            sent.append(token)
        return handle(incoming)

    emulator.handle = recording  # type: ignore[method-assign]
    return sent


@pytest.mark.parametrize("seed", range(3))
def test_threads_with_little_time_send_none_twice(seed: int) -> None:
    emulator = Emulator(access_lifetime=0.05)
    sent, draw = strict(emulator), random.Random(seed)

    def call(seconds: float) -> None:
        with suppress(oc.RequestError):
            client.with_options(deadline=seconds).topups.orders.page()

    with (
        emulator.serve() as url,
        oc.OctopusCards(base_url=url, api_key=emulator.api_key, api_secret=emulator.api_secret) as client,
    ):
        for _ in range(40):
            threads = [threading.Thread(target=call, args=[draw.uniform(0.001, 0.01)]) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            emulator.clock.advance(0.05)
    assert len(sent) == len(set(sent)) > 0


@pytest.mark.skipif("not hasattr(os, 'fork')", reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("kind", ["in time", "while another thread renews"])
def test_a_forked_process_leaves_the_refresh_token_to_its_parent(emulator: Emulator, kind: str) -> None:
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        client.topups.orders.page()
        credentials: Any = client._session.credentials
        credentials._renewing = kind != "in time"
        paths(emulator)
        child = os.fork()
        if not child:
            code = 1
            try:
                client.topups.orders.page()
                emulator.clock.advance(3400)
                client.topups.orders.page()
                code = 7 if paths(emulator) == [ORDERS, LOGIN, ORDERS] else 1
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        credentials._renewing = False
        emulator.clock.advance(3400)
        client.topups.orders.page()
        assert paths(emulator) == [REFRESH, ORDERS]


def test_a_refresh_token_that_a_logout_revoked_is_not_used(mode: ClientMode, emulator: Emulator) -> None:
    """Another caller logs out while the refresh is in flight, which then gets a 429 and would be repeated."""
    handle = emulator.handle

    def revoking(incoming: Any) -> Any:
        if incoming.target == REFRESH:
            emulator.revoke_tokens()
            client._session.credentials.clear()
        return handle(incoming)

    emulator.handle = revoking  # type: ignore[method-assign]
    client = logging_in(mode, emulator)
    mode.call(client, "page")
    emulator.clock.advance(3400)
    emulator.fail_next(429, path=REFRESH, retry_after=1)
    paths(emulator)
    mode.call(client, "page")
    assert paths(emulator) == [REFRESH, LOGIN, ORDERS]


def test_a_client_logs_in_at_most_ten_times_a_minute(mode: ClientMode) -> None:
    """However short its tokens live, and however often somebody logs out."""
    emulator = Emulator()
    client = logging_in(mode, emulator, attempts=1)
    while emulator.clock.monotonic() < 180:
        with suppress(oc.NotSentError):
            mode.logout(client)
        emulator.clock.advance(1)
    moments = [request.at for request in emulator.requests if request.path == LOGIN]
    assert len(moments) > 20
    assert all((later - first).total_seconds() > 60 for first, later in zip(moments, moments[10:], strict=False))
