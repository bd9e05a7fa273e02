"""Receive webhooks in FastAPI.

app.include_router(webhook_router("/webhooks", receiver))
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from octopus_cards.webhooks._errors import WebhookVerificationError
from octopus_cards.webhooks._events import Event
from octopus_cards.webhooks._receiver import MAX_BODY_SIZE, TOO_LONG, Receiver
from octopus_cards.webhooks._webhook import Webhook
from octopus_cards.webhooks.starlette import read_body, webhook_endpoint

__all__ = ["verified_event", "webhook_router"]


def webhook_router(path: str, receiver: Receiver, **options: Any) -> APIRouter:
    """Return a router with one route, which answers at once and calls the handler after the answer.

    It does the same as `starlette.webhook_endpoint`. The route is not part of the application's OpenAPI document.

    Args:
        path: The path of the route.
        receiver: What verifies and handles the deliveries.
        options: The arguments of APIRouter, e.g. `prefix`.
    """
    router = APIRouter(**options)
    endpoint = webhook_endpoint(receiver)
    router.add_api_route(path, endpoint, methods=["POST"], response_model=None, include_in_schema=False)
    return router


def verified_event(webhook: Webhook, *, max_body_size: int = MAX_BODY_SIZE) -> Callable[[Request], Awaitable[Event]]:
    """Return a dependency that gives the verified event to an endpoint of your own, and answers 400 to anything else.

    Duplicates are then yours to recognize, with a store of seen events.

    Args:
        webhook: Verifies the deliveries.
        max_body_size: The longest body in bytes.
    """

    async def event(request: Request) -> Event:
        body = await read_body(request, max_body_size)
        if body is None:
            raise HTTPException(TOO_LONG.status_code, TOO_LONG.text)
        try:
            return webhook.verify(body, request.headers)
        except WebhookVerificationError as error:
            raise HTTPException(400, error.reason) from None

    return event
