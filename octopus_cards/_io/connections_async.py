"""Sending a call once, for tasks: the twin of `Connection`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import httpx

from octopus_cards._base.config import Timeouts
from octopus_cards._base.forks import renew_after_fork
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._io.codec import Call
from octopus_cards._io.connections import Shared, checked, hopeless
from octopus_cards._io.transport_errors import Body, faults_of, set_up, set_up_for

AsyncTransport = httpx.AsyncBaseTransport


class AsyncConnection(Shared):
    """Connections to one server, for the tasks of one event loop."""

    def __init__(self, base_url: str, timeouts: Timeouts, transport: AsyncTransport | None) -> None:
        checked(transport, AsyncTransport)
        super().__init__(base_url, timeouts, transport)
        self._loop: object = None
        self._free: anyio.Semaphore | None = None
        with set_up():
            self._transport: AsyncTransport = self._made(httpx.AsyncHTTPTransport)
        renew_after_fork(self)

    def renew(self) -> None:
        """Nothing of the parent's is used any more; the next call makes connections."""
        self._forked = True
        self._loop = self._free = None

    def enter_loop(self, call: Call[Any]) -> None:
        """One client serves the event loop of its first call: its connections are tied to that.

        Raises:
            NotSentError: This is another event loop.
        """
        if not self._is_at_home():
            raise hopeless(
                "this client belongs to another event loop, that of its first call; make one in each loop", call
            )

    def _is_at_home(self) -> bool:
        loop = anyio.lowlevel.current_token()
        self._loop = loop if self._loop is None else self._loop
        return self._loop == loop

    def _at_hand(self, call: Call[Any]) -> AsyncTransport:
        """The transport of this process."""
        self.enter_loop(call)
        self._check_open(call)
        if self._forked:
            self.check_transport(call)
            self._parents.append(self._transport)
            with set_up_for(call):
                self._transport = self._made(httpx.AsyncHTTPTransport)
            self._forked = False
        return self._transport

    async def send(self, send: Send) -> RawResponse:
        """Sends a request once.

        Raises:
            NotSentError, OutcomeUnknownError: No answer came.
        """
        transport = self._at_hand(send.call)
        with faults_of(send.call, self._base_url):
            async with self._place():
                self._check_open(send.call)  # it may have been closed while this waited for a place
                response = await transport.handle_async_request(self._request(send))
                try:
                    body = Body(send.call, response, self._base_url)
                    with body.reading():
                        async for part in response.aiter_bytes():
                            body.add(part)
                    return body.answer()
                finally:
                    await response.aclose()

    @asynccontextmanager
    async def _place(self) -> AsyncGenerator[None]:
        free = self._free = self._free or anyio.Semaphore(self._places)
        with anyio.move_on_after(self._patience) as waiting:
            await free.acquire()
        if waiting.cancelled_caught:
            raise self._crowded()
        try:
            yield
        finally:
            free.release()

    async def aclose(self) -> None:
        """Closes every connection; a second time does nothing."""
        closed, self._closed = self._closed, True
        if self._forked or not self._is_at_home():
            # What is tied to another loop, which may be over, can only be dropped.
            self._parents.append(self._transport)
        elif not closed:
            await self._transport.aclose()
