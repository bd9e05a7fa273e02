"""Receive webhooks in Starlette, and in everything that is built on it.

routes = [Route("/webhooks", webhook_endpoint(receiver), methods=["POST"])]
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from octopus_cards.webhooks._receiver import TOO_LONG, Receiver, Response

__all__ = ["read_body", "webhook_endpoint"]


def webhook_endpoint(receiver: Receiver) -> Callable[[Request], Awaitable[PlainTextResponse]]:
    """Return an endpoint that answers at once, and calls the handler after the answer, in a background task.

    A handler that is not async runs in a thread. A crash between the answer and the end of the handler leaves the
    event unfinished in the store: `receiver.recover()` processes it.

    Args:
        receiver: What verifies and handles the deliveries.
    """
    process = receiver.process_async if receiver.is_async else receiver.process

    async def receive_webhook(request: Request) -> PlainTextResponse:
        body = await read_body(request, receiver.max_body_size)
        # The store may wait for a disk.
        answer = TOO_LONG if body is None else await run_in_threadpool(receiver.receive, body, request.headers)
        task = None if answer.event is None else BackgroundTask(process, answer.event)
        return _response(answer, task)

    return receive_webhook


async def read_body(request: Request, limit: int) -> bytes | None:
    """Return the raw body; None where it is longer than the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def _response(answer: Response, task: BackgroundTask | None) -> PlainTextResponse:
    return PlainTextResponse(answer.text, answer.status_code, background=task)
