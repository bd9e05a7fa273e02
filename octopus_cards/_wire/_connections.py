"""Sending a call once, by the HTTP library, whose every fault leaves here as one of ours."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import anyio
import anyio.lowlevel
import httpx

from octopus_cards._answers import RawResponse
from octopus_cards._config import Timeouts
from octopus_cards._exceptions import InvalidResponseError, NotSentError
from octopus_cards._flows import Send
from octopus_cards._forks import renew_after_fork
from octopus_cards._version import __version__
from octopus_cards._wire._calls import Call
from octopus_cards._wire._faults import faults_of, set_up, told

# More than the largest page that anybody has seen by a factor of a hundred; an answer without end is none.
BODY_MAX = 64 * 2**20

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


class _Body:
    """The body of an answer, as it comes in."""

    def __init__(self, call: Call[Any], response: httpx.Response) -> None:
        self._call = call
        self._response = response
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, part: bytes) -> None:
        """Takes the next part in."""
        self._parts.append(part)
        self._size += len(part)
        if self._size > BODY_MAX:
            raise self._refused(f"a body above {BODY_MAX >> 20} MiB")

    def answer(self) -> RawResponse:
        """The whole answer."""
        return RawResponse(self._response.status_code, dict(self._response.headers), b"".join(self._parts))

    @contextmanager
    def reading(self) -> Generator[None]:
        """Tells of a body that is not encoded as its header says."""
        try:
            yield
        except httpx.DecodingError as error:
            raise self._refused(told(error)) from error

    def _refused(self, problem: str) -> InvalidResponseError:
        return InvalidResponseError(
            f"the answer is not what the contract says: {problem}",
            method=self._call.method,
            path=self._call.path,
            status_code=self._response.status_code,
            request_id=self._response.headers.get("X-Request-Id"),
        )


class Connection:
    """Connections to one server, for threads."""

    def __init__(self, base_url: str, timeouts: Timeouts, transport: SyncTransport | None) -> None:
        _check_transport(transport, SyncTransport)
        self._make = partial(httpx.Client, transport=transport, **_client_options(base_url, timeouts))
        self._free = threading.BoundedSemaphore(CONNECTIONS_MAX)
        self._patience = timeouts.pool
        self._parents: list[httpx.Client] = []
        with set_up():
            self._client = self._make()
        renew_after_fork(self)

    def renew(self) -> None:
        """Leaves the parent's connections as they are: to close one here would end it there."""
        self._parents.append(self._client)
        self._free = threading.BoundedSemaphore(CONNECTIONS_MAX)
        if not self._client.is_closed:
            self._client = self._make()

    def send(self, send: Send) -> RawResponse:
        """Sends a request once.

        Raises:
            NotSentError, OutcomeUnknownError: No answer came.
        """
        with faults_of(send.call, self._client), self._place(), self._client.stream(**_request_of(send)) as response:
            body = _Body(send.call, response)
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
        self._client.close()


class AsyncConnection:
    """Connections to one server, for tasks."""

    def __init__(self, base_url: str, timeouts: Timeouts, transport: AsyncTransport | None) -> None:
        _check_transport(transport, AsyncTransport)
        self._make = partial(httpx.AsyncClient, transport=transport, **_client_options(base_url, timeouts))
        self._free = anyio.Semaphore(CONNECTIONS_MAX)
        self._patience = timeouts.pool
        self._parents: list[httpx.AsyncClient] = []
        self._loop: object = None
        with set_up():
            self._client = self._make()
        renew_after_fork(self)

    def renew(self) -> None:
        """Leaves the parent's connections as they are: to close one here would end it there."""
        self._parents.append(self._client)
        self._free = anyio.Semaphore(CONNECTIONS_MAX)
        self._loop = None
        if not self._client.is_closed:
            self._client = self._make()

    def check_loop(self, call: Call[Any]) -> None:
        """One client serves the event loop of its first call: its connections are tied to that.

        Raises:
            NotSentError: This is another event loop.
        """
        if not self._is_at_home():
            problem = "this client belongs to another event loop, that of its first call; make one in each loop"
            elsewhere = NotSentError(problem, method=call.method, path=call.path)
            elsewhere.passing = False
            raise elsewhere

    def _is_at_home(self) -> bool:
        loop = anyio.lowlevel.current_token()
        self._loop = loop if self._loop is None else self._loop
        return self._loop == loop

    async def send(self, send: Send) -> RawResponse:
        """Sends a request once.

        Raises:
            NotSentError, OutcomeUnknownError: No answer came.
        """
        self.check_loop(send.call)
        with faults_of(send.call, self._client):
            async with self._place(), self._client.stream(**_request_of(send)) as response:
                body = _Body(send.call, response)
                with body.reading():
                    async for part in response.aiter_bytes():
                        body.add(part)
                return body.answer()

    @asynccontextmanager
    async def _place(self) -> AsyncGenerator[None]:
        free = self._free
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
        if not self._is_at_home():
            # What is tied to another loop, which may be over, can only be dropped.
            self._parents.append(self._client)
            self._client = self._make(transport=None)
        await self._client.aclose()
