"""Connections to one server, for the tasks of one event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import httpx

from octopus_cards._base.forks import register_fork_aware
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._engine.operation import Call
from octopus_cards._io.connections import ConnectionOwner, build_request, check_transport
from octopus_cards._io.transport_errors import (
    ResponseReader,
    map_config_errors,
    map_transport_errors,
    permanent_error,
)

AsyncTransport = httpx.AsyncBaseTransport


class AsyncConnection(ConnectionOwner):
    """Connections to one server, for the tasks of one event loop."""

    def __init__(self, base_url: str, transport: AsyncTransport | None) -> None:
        check_transport(transport, AsyncTransport)
        super().__init__(base_url, transport)
        self._loop: object = None
        self._semaphore: anyio.Semaphore | None = None
        with map_config_errors():
            self._transport: AsyncTransport = self._create_transport(httpx.AsyncHTTPTransport)
        register_fork_aware(self)

    def reset_after_fork(self) -> None:
        """Leave everything of the parent's alone; the next call creates connections."""
        self._forked = True
        self._loop = self._semaphore = None

    def check_event_loop(self, call: Call[Any]) -> None:
        """Refuse a second event loop: the connections are tied to that of the first call.

        Raises:
            NotSentError: This is another event loop.
        """
        if not self._is_same_loop():
            raise permanent_error(
                "this client belongs to another event loop, that of its first call; create one for each loop", call
            )

    def _is_same_loop(self) -> bool:
        loop = anyio.lowlevel.current_token()
        self._loop = loop if self._loop is None else self._loop
        return self._loop == loop

    def _current_transport(self, call: Call[Any]) -> AsyncTransport:
        """Return the transport of this process."""
        self.check_event_loop(call)
        self._check_open(call)
        if self._forked:
            self._check_fork(call)
            self._inherited.append(self._transport)
            with map_config_errors(call):
                self._transport = self._create_transport(httpx.AsyncHTTPTransport)
            self._forked = False
        return self._transport

    async def send(self, send: Send) -> RawResponse:
        """Send a request once.

        Raises:
            NotSentError, OutcomeUnknownError: There was no response.
        """
        transport = self._current_transport(send.call)
        with map_transport_errors(send.call, self.base_url):
            async with self._slot(send.timeouts.pool):
                self._check_open(send.call)  # it may have been closed while this call queued
                response = await transport.handle_async_request(build_request(send, self.base_url))
                try:
                    reader = ResponseReader(send.call, response, self.base_url)
                    with reader.decoding():
                        async for part in response.aiter_bytes():
                            reader.feed(part)
                    return reader.finish()
                finally:
                    await response.aclose()

    @asynccontextmanager
    async def _slot(self, seconds: float) -> AsyncGenerator[None]:
        semaphore = self._semaphore = self._semaphore or anyio.Semaphore(self._max_connections)
        with anyio.move_on_after(seconds) as scope:
            await semaphore.acquire()
        if scope.cancelled_caught:
            raise self._pool_timeout_error(seconds)
        try:
            yield
        finally:
            semaphore.release()

    async def aclose(self) -> None:
        """Close every connection; a second time has no effect."""
        was_closed, self._closed = self._closed, True
        if self._forked or not self._is_same_loop():
            # What is tied to another loop, which may have ended, can only be dropped.
            self._inherited.append(self._transport)
        elif not was_closed:
            await self._transport.aclose()
