"""A receiver of webhooks over HTTP, with answers that a test decides."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator._core.http_server import serving
from octopus_cards.webhooks import Event, Receiver, Webhook


class ShopServer:
    """A shop that handles each event once.

    Attributes:
        requests: The received requests.
        handled: The handled events.
        statuses: The statuses of the next answers instead of the receiver's; 0 answers nothing until `close`.
    """

    def __init__(self, webhook: Webhook) -> None:
        self.requests: list[Incoming] = []
        self.handled: list[Event] = []
        self.statuses: list[int] = []
        self.waiting = threading.Event()
        self._ended = threading.Event()
        self._receiver = Receiver(webhook, self.handled.append)

    def handle(self, incoming: Incoming) -> RawResponse:
        """Answer a request."""
        self.requests.append(incoming)
        status = self.statuses.pop(0) if self.statuses else None
        if status == 0:
            self.waiting.set()
            self._ended.wait()
        if status is not None:
            return RawResponse(status or 200, {}, b"")
        answer = self._receiver.receive(incoming.body, incoming.headers)
        if answer.event is not None:
            self._receiver.process(answer.event)
        return RawResponse(answer.status_code, {}, answer.text.encode())

    @contextmanager
    def serve(self) -> Generator[str]:
        """Serve while the context is open; the context value is the URL of the webhook."""
        with serving(self.handle, 0) as url:
            try:
                yield f"{url}/hooks?shop=1"
            finally:
                self._ended.set()
