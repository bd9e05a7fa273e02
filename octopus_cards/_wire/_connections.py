"""Sending a call once, by the HTTP library, whose every fault leaves here as one of ours."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import anyio
import anyio.lowlevel
import httpx

from octopus_cards._answers import RawResponse
from octopus_cards._config import Timeouts
from octopus_cards._exceptions import NotSentError
from octopus_cards._flows import Send
from octopus_cards._forks import renew_after_fork
from octopus_cards._version import __version__
from octopus_cards._wire._calls import Call
from octopus_cards._wire._faults import Body, faults_of, set_up, set_up_for

# As many as the HTTP library's own pool has. Who has to wait waits here: in that pool a crowd of a thousand takes
# ten times as long.
CONNECTIONS_MAX = 100

SyncTransport = httpx.BaseTransport
AsyncTransport = httpx.AsyncBaseTransport


def _check_transport(transport: object, kind: type) -> None:
    if transport is not None and not isinstance(transport, kind):
        raise TypeError(f"transport must be an httpx.{kind.__name__}, got {type(transport).__name__}")


def _crowded(seconds: float) -> str:
    return f"none of {CONNECTIONS_MAX} connections came free within {seconds:g} s"


def _client_options(base_url: str, timeouts: Timeouts) -> dict[str, Any]:
    return {
        "base_url": base_url,
        "timeout": httpx.Timeout(
            connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool
        ),
        "headers": {"User-Agent": f"octopus-cards-python/{__version__}", "Accept": "application/json"},
        # Towards this machine there is no proxy to trust: it would be told the token in the clear.
        "trust_env": base_url.startswith("https:"),
        # A redirect would carry the token to wherever it points.
        "follow_redirects": False,
        # The API knows no cookies; one set by a proxy must not travel with later requests.
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    }


def _request_of(send: Send) -> dict[str, Any]:
    call = send.call
    headers = {**call.request.get("headers", {}), "X-Request-Id": send.request_id}
    if send.token:
        headers["Authorization"] = f"Bearer {send.token}"
    return {"method": call.method, "url": call.path, **call.request, "headers": headers}


class _Shared:
    """What both connections know: how a client of the HTTP library is made, and when one has to be made anew."""

    def __init__(self, base_url: str, timeouts: Timeouts, transport: object) -> None:
        self._options = _client_options(base_url, timeouts)
        self._transport: Any = transport
        self._patience = timeouts.pool
        self._forked = False
        # A parent's clients are kept: to close or lose one here would end its connections there.
        self._parents: list[Any] = []

    def check_transport(self, call: Call[Any]) -> None:
        """A transport that the caller gave may hold connections of the parent, on which answers would mix.

        Raises:
            NotSentError: It is not of this process.
        """
        if self._forked and not isinstance(self._transport, httpx.MockTransport | None):
            problem = "the transport that this client was given belongs to another process; make a client in each"
            raise _hopeless(problem, call)


def _hopeless(problem: str, call: Call[Any]) -> NotSentError:
    error = NotSentError(problem, method=call.method, path=call.path)
    error.passing = False
    return error


class Connection(_Shared):
    """Connections to one server, for threads."""

    def __init__(self, base_url: str, timeouts: Timeouts, transport: SyncTransport | None) -> None:
        _check_transport(transport, SyncTransport)
        super().__init__(base_url, timeouts, transport)
        with set_up():
            self._client = httpx.Client(transport=transport, **self._options)
        self._make_locks()
        renew_after_fork(self)

    def _make_locks(self) -> None:
        self._free = threading.BoundedSemaphore(CONNECTIONS_MAX)
        self._making = threading.Lock()

    def renew(self) -> None:
        """Nothing of the parent's is used any more; the next call makes connections."""
        self._forked = True
        self._make_locks()

    def _at_hand(self, call: Call[Any]) -> httpx.Client:
        """The client of this process."""
        if self._forked and not self._client.is_closed:
            self.check_transport(call)
            with self._making:
                if self._forked:
                    self._parents.append(self._client)
                    with set_up_for(call):
                        self._client = httpx.Client(transport=self._transport, **self._options)
                    self._forked = False
        return self._client

    def send(self, send: Send) -> RawResponse:
        """Sends a request once.

        Raises:
            NotSentError, OutcomeUnknownError: No answer came.
        """
        client = self._at_hand(send.call)
        with faults_of(send.call, client), self._place(), client.stream(**_request_of(send)) as response:
            body = Body(send.call, response)
            with body.reading():
                for part in response.iter_bytes():
                    body.add(part)
            return body.answer()

    @contextmanager
    def _place(self) -> Generator[None]:
        free = self._free
        if not free.acquire(timeout=self._patience):
            raise httpx.PoolTimeout(_crowded(self._patience))
        try:
            yield
        finally:
            free.release()

    def close(self) -> None:
        """Closes every connection; a second time does nothing."""
        if self._forked:
            self._parents.append(self._client)
            self._client = httpx.Client(transport=SyncTransport(), trust_env=False)
        self._client.close()


class AsyncConnection(_Shared):
    """Connections to one server, for the tasks of one event loop."""

    def __init__(self, base_url: str, timeouts: Timeouts, transport: AsyncTransport | None) -> None:
        _check_transport(transport, AsyncTransport)
        super().__init__(base_url, timeouts, transport)
        self._loop: object = None
        self._free: anyio.Semaphore | None = None
        with set_up():
            self._client = httpx.AsyncClient(transport=transport, **self._options)
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
            raise _hopeless(
                "this client belongs to another event loop, that of its first call; make one in each loop", call
            )

    def _is_at_home(self) -> bool:
        loop = anyio.lowlevel.current_token()
        self._loop = loop if self._loop is None else self._loop
        return self._loop == loop

    def _at_hand(self, call: Call[Any]) -> httpx.AsyncClient:
        """The client of this process."""
        if self._forked and not self._client.is_closed:
            self.check_transport(call)
            self._parents.append(self._client)
            with set_up_for(call):
                self._client = httpx.AsyncClient(transport=self._transport, **self._options)
            self._forked = False
        return self._client

    async def send(self, send: Send) -> RawResponse:
        """Sends a request once.

        Raises:
            NotSentError, OutcomeUnknownError: No answer came.
        """
        self.enter_loop(send.call)
        client = self._at_hand(send.call)
        with faults_of(send.call, client):
            async with self._place(), client.stream(**_request_of(send)) as response:
                body = Body(send.call, response)
                with body.reading():
                    async for part in response.aiter_bytes():
                        body.add(part)
                return body.answer()

    @asynccontextmanager
    async def _place(self) -> AsyncGenerator[None]:
        free = self._free = self._free or anyio.Semaphore(CONNECTIONS_MAX)
        with anyio.move_on_after(self._patience) as waiting:
            await free.acquire()
        if waiting.cancelled_caught:
            raise httpx.PoolTimeout(_crowded(self._patience))
        try:
            yield
        finally:
            free.release()

    async def aclose(self) -> None:
        """Closes every connection; a second time does nothing."""
        if self._forked or not self._is_at_home():
            # What is tied to another loop, which may be over, can only be dropped.
            self._parents.append(self._client)
            self._client = httpx.AsyncClient(transport=AsyncTransport(), trust_env=False)
        await self._client.aclose()
