"""Clients that log in, and what tests look at of it."""

from __future__ import annotations

import json
from typing import Any

from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode

LOGIN, REFRESH, LOGOUT = "/auth/login", "/auth/refresh", "/auth/logout"


ORDERS = "/api/v1/topups/orders"


def logging_in(mode: ClientMode, emulator: Emulator, **options: Any) -> Any:
    """Return a client of this emulator with the API key."""
    return mode.of(emulator, **({"api_key": emulator.api_key, "api_secret": emulator.api_secret} | options))


def paths(emulator: Emulator) -> list[str]:
    """Return the requests since the last call."""
    found = [request.path for request in emulator.requests]
    emulator.requests.clear()
    return found


def bearer(emulator: Emulator, index: int) -> str:
    return emulator.requests[index].headers.get("authorization", "").removeprefix("Bearer ")


def hanging(error: BaseException, secrets: list[str]) -> None:
    """Search everything reachable from an exception except the frames of its traceback."""
    seen, todo, found = set(), [error], []
    while todo:
        each: Any = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        todo += [each.__cause__, each.__context__]
        request = vars(each).get("_request")
        sent = (request.content, request.headers.raw, str(request.url)) if request is not None else ()
        found.append(repr((str(each), each.args, {k: v for k, v in vars(each).items() if k != "_request"}, sent)))
        found.append(repr([getattr(each, name, None) for name in ("doc", "object")]))
    for secret in secrets:
        assert all(secret not in text for text in found), secret


def answer_to_a_login() -> bytes:
    """Return another emulator's response to a login."""
    other = Emulator(seed=1)
    body = json.dumps({"username": other.api_key, "password": other.api_secret}).encode()
    return other.handle(Incoming("POST", LOGIN, {}, body)).content
