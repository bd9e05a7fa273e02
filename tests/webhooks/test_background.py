"""Starlette and FastAPI: the answer comes before the handler, and handlers may be async."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from octopus_cards.webhooks import Event, Receiver
from support.asgi import AsgiClient
from support.deliveries import AT, BODY, webhook

pytest.importorskip("fastapi", reason="no fastapi: `nox -s webhooks` installs it")

import anyio
import anyio.lowlevel
from fastapi import Depends, FastAPI
from starlette.requests import Request

from octopus_cards.webhooks.fastapi import verified_event, webhook_router
from octopus_cards.webhooks.starlette import webhook_endpoint

HEADERS = webhook().sign(BODY, event_id="evt_def456", at=AT)


async def call(receiver: Receiver, log: list[str]) -> None:
    """Call the endpoint as a server does, and log what it sends."""
    messages = [{"type": "http.request", "body": each, "more_body": True} for each in (BODY[:50], BODY[50:])]
    messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            log.append(f"answered {message['body'].decode()}")

    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    response = await webhook_endpoint(receiver)(Request(scope, receive))
    await response(scope, receive, send)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("kind", ["async", "sync"])
def test_the_answer_comes_before_the_handler(backend: str, kind: str) -> None:
    log: list[str] = []

    def handler(event: Event) -> None:
        log.append(f"handled {event.id}")

    async def async_handler(event: Event) -> None:
        await anyio.lowlevel.checkpoint()
        log.append(f"handled {event.id}")

    receiver = Receiver(webhook(), handler if kind == "sync" else async_handler)
    anyio.run(call, receiver, log, backend=backend)
    assert log == ["answered ok", "handled evt_def456"]
    anyio.run(call, receiver, log, backend=backend)
    assert log[2:] == ["answered duplicate"]
    assert list(receiver.seen.unfinished()) == []


@pytest.fixture
def client() -> Iterator[Callable[[FastAPI], AsgiClient]]:
    """Yield a function that makes a client of an application."""
    made: list[AsgiClient] = []

    def make(application: FastAPI) -> AsgiClient:
        made.append(AsgiClient(application))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_dependency_gives_the_event_or_answers_400(client: Callable[[FastAPI], AsgiClient]) -> None:
    application = FastAPI()
    dependency = verified_event(webhook(), max_body_size=len(BODY))

    @application.post("/own")
    async def own(event: Event = Depends(dependency)) -> str:  # noqa: B008 - the dependency is a local variable
        return event.id

    calls = client(application)
    assert calls.request("POST", "/own", BODY, HEADERS) == (200, b'"evt_def456"')
    assert calls.request("POST", "/own", BODY[:-1] + b" ", HEADERS) == (400, b'{"detail":"bad signature"}')
    assert calls.request("POST", "/own", BODY + b" ", HEADERS)[0] == 413


def test_the_router_takes_options_and_stays_out_of_the_document(client: Callable[[FastAPI], AsgiClient]) -> None:
    application = FastAPI()
    application.include_router(webhook_router("/hooks", Receiver(webhook(), print), prefix="/in"))
    assert client(application).request("POST", "/in/hooks", BODY, HEADERS) == (200, b"ok")
    assert "hooks" not in json.dumps(application.openapi())
