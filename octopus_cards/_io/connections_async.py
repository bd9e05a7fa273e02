"""Connections to one server, for the tasks of one event loop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import httpx

from octopus_cards._base.forks import register_fork_aware
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._engine.operation import Call
from octopus_cards._io.bodies import BodyReader
from octopus_cards._io.channels import Channel, ChannelFactory
from octopus_cards._io.connections import ConnectionOwner, check_transport
from octopus_cards._io.requests import build_request
from octopus_cards._io.transport_errors import permanent_error

if TYPE_CHECKING:
    from octopus_cards._io.network_async import ConnectAttempt

# How long closing waits for attempts to connect that nobody waits for, in seconds.
CLOSE_TIMEOUT = 1.0
AsyncTransport = httpx.AsyncBaseTransport


class AsyncConnection(ConnectionOwner):
    """Connections to one server, for the tasks of one event loop."""

    def __init__(self, base_url: str, transport: AsyncTransport | None) -> None:
        check_transport(transport, AsyncTransport)
        self._connecting: set[ConnectAttempt] = set()
        super().__init__(base_url, transport)
        self._forget_loop()
        register_fork_aware(self)

    def _create_factory(self) -> ChannelFactory:
        from octopus_cards._io.network_async import AsyncNetwork

        network = partial(AsyncNetwork, connecting=self._connecting)
        return ChannelFactory(self.base_url, httpx.AsyncHTTPTransport, network)

    def _forget_loop(self) -> None:
        self._loop: object = None
        self._semaphore: anyio.Semaphore | None = None
        self._in_flight: set[anyio.CancelScope] = set()

    def reset_after_fork(self) -> None:
        """Leave everything of the parent's alone; the next call creates connections."""
        self._forget_parent()
        self._forget_loop()

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

    async def send(self, send: Send) -> RawResponse:
        """Send a request once.

        Raises:
            NotSentError, OutcomeUnknownError: There was no response.
            InvalidResponseError: The body of the response cannot be read.
        """
        self.check_event_loop(send.call)
        self._check_open(send.call)
        request = build_request(send, self.base_url)
        semaphore = await self._take_slot(send)
        try:
            channel = self._take_channel(send.call)
            try:
                response = await self._exchange_until_closed(channel, send, request)
                self._check_response(channel, send, response)
            except BaseException as error:
                await self._drop(channel)
                if not isinstance(error, Exception):
                    raise
                failure = error
            else:
                await self._drop(self._keep(channel))
                return response
        finally:
            semaphore.release()
        raise self._mapped(failure, send, was_sent=channel.control.was_sent)

    async def _take_slot(self, send: Send) -> anyio.Semaphore:
        semaphore = self._semaphore = self._semaphore or anyio.Semaphore(self._max_connections)
        try:
            semaphore.acquire_nowait()
        except anyio.WouldBlock:
            with anyio.move_on_after(send.timeouts.pool) as scope:
                await semaphore.acquire()
            if scope.cancelled_caught:
                raise self._no_slot(send) from None
        return semaphore

    async def _exchange_until_closed(self, channel: Channel, send: Send, request: httpx.Request) -> RawResponse:
        with anyio.CancelScope() as scope:
            self._in_flight.add(scope)
            try:
                return await self._exchange(channel, send, request)
            finally:
                self._in_flight.discard(scope)
        raise httpx.ReadError("the client was closed")

    async def _exchange(self, channel: Channel, send: Send, request: httpx.Request) -> RawResponse:
        self._start(channel, send)
        response = await channel.transport.handle_async_request(request)
        try:
            reader = BodyReader(send.call, response)
            async for part in response.stream:
                reader.feed(part)
                if channel.control.is_over:
                    raise httpx.ReadTimeout("timed out")
            return reader.finish()
        finally:
            await response.aclose()

    async def _drop(self, channel: Channel | None) -> None:
        if channel is not None and channel.network is not None:
            with anyio.CancelScope(shield=True):
                await channel.network.aclose()
                await channel.transport.aclose()

    async def aclose(self) -> None:
        """Close every connection, and end every call in flight; a second time has no effect."""
        was_closed, self._closed = self._closed, True
        if not self._is_same_loop():
            # What is tied to another loop, which may have ended, can only be dropped.
            self._inherited += [*self._idle, self._custom_transport]
            self._idle.clear()
            return
        for scope in list(self._in_flight):
            scope.cancel()
        # A program that ends at once would leave the sockets of these to nobody.
        with anyio.move_on_after(CLOSE_TIMEOUT):
            for attempt in list(self._connecting):
                await attempt.ended.wait()
        while self._idle:
            await self._drop(self._idle.pop())
        if self._custom_transport is not None and not was_closed and not self._is_forked:
            await self._custom_transport.aclose()
