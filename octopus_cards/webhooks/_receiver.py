"""Receive deliveries: verify, recognize duplicates, answer, process. The adapters of the frameworks share it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from octopus_cards.webhooks._errors import WebhookVerificationError
from octopus_cards.webhooks._events import Event
from octopus_cards.webhooks._requests import Body, Headers, raw_body
from octopus_cards.webhooks._seen import MemorySeenEvents, SeenEvents
from octopus_cards.webhooks._webhook import Webhook

# A hundred times the largest documented payload.
MAX_BODY_SIZE = 2**17


@dataclass(frozen=True, slots=True)
class Response:
    """What to answer a delivery.

    Attributes:
        status_code: 200, also for a duplicate; 400 for a delivery that is not valid; 413 for one that is too long.
        text: The body of the answer. It shows nothing secret, and the service ignores it.
        event: The event to process after the answer; None where there is none or another delivery had it.
    """

    status_code: int
    text: str
    event: Event | None = field(default=None)


TOO_LONG = Response(413, "the body is too long")


class Receiver:
    """The receiving end of a webhook: one verification, one handler, one store of seen events.

    Args:
        webhook: Verifies the deliveries.
        handler: Processes an event. The adapters for Flask and Django call it before they answer, so there it must
            be quick: it puts the event into a queue. Those for Starlette and FastAPI call it after the answer; there
            it may be async.
        seen: The store of seen events; by default in memory, which a crash forgets and processes do not share.
        max_body_size: The longest body in bytes.
    """

    def __init__(
        self,
        webhook: Webhook,
        handler: Callable[[Event], Any],
        *,
        seen: SeenEvents | None = None,
        max_body_size: int = MAX_BODY_SIZE,
    ) -> None:
        self.webhook = webhook
        self.handler = handler
        self.seen: SeenEvents = MemorySeenEvents() if seen is None else seen
        self.max_body_size = max_body_size

    def receive(self, body: Body, headers: Headers) -> Response:
        """Verify a delivery and claim its event.

        Raises:
            TypeError: The body is text or was parsed, or the headers are neither a mapping nor pairs.
            Exception: Whatever the store raises. Answer 500, and the service will deliver the event again.
        """
        if len(raw_body(body)) > self.max_body_size:
            return TOO_LONG
        try:
            event = self.webhook.verify(body, headers)
        except WebhookVerificationError as error:
            return Response(400, error.reason)
        del body, headers  # the store can raise, and tools show the local variables of a traceback
        if self.seen.first_time(event.id, event):
            return Response(200, "ok", event)
        return Response(200, "duplicate")

    def process(self, event: Event) -> None:
        """Call the handler with a claimed event, and mark it as done; release it where the handler fails.

        Raises:
            Exception: Whatever the handler or the store raises.
        """
        try:
            self.handler(event)
        except BaseException:
            self.seen.release(event.id)
            raise
        self.seen.done(event.id)

    async def process_async(self, event: Event) -> None:
        """Do the same with an async handler."""
        try:
            await self.handler(event)
        except BaseException:
            self.seen.release(event.id)
            raise
        from anyio import to_thread  # noqa: PLC0415 - slow to import, and only async programs need it

        await to_thread.run_sync(self.seen.done, event.id)  # the store may wait for a disk

    @property
    def is_async(self) -> bool:
        """Whether the handler is async."""
        call = getattr(self.handler, "__call__", None)  # noqa: B004 - an object with an async __call__ is async, too
        return inspect.iscoroutinefunction(self.handler) or inspect.iscoroutinefunction(call)

    def recover(self) -> int:
        """Process what an earlier process, or a handler that failed, left unfinished; return how many events.

        Call it when the program starts and now and then: the service does not repeat what was answered with 2xx.

        Raises:
            Exception: Whatever the handler or the store raises.
        """
        count = 0
        for event in self.seen.unfinished():
            self.process(event)
            count += 1
        return count

    async def recover_async(self) -> int:
        """Do the same with an async handler."""
        count = 0
        for event in self.seen.unfinished():
            await self.process_async(event)
            count += 1
        return count


def refuse_async(receiver: Receiver) -> None:
    """Raise a TypeError where a synchronous adapter would call an async handler."""
    if receiver.is_async:
        raise TypeError("the handler must be a plain callable here, got an async one")
