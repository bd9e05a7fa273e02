"""Sending a call once, by the HTTP library, whose every fault leaves here as one of ours."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from octopus_cards._base.config import Timeouts
from octopus_cards._base.exceptions import NotSentError
from octopus_cards._base.forks import renew_after_fork
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._io.codec import Call
from octopus_cards._io.transport_errors import Body, faults_of, set_up, set_up_for, told
from octopus_cards._version import __version__

# As many as the HTTP library's own pool has. Who has to wait waits here: in that pool a crowd of a thousand takes
# ten times as long.
CONNECTIONS_MAX = 100

SyncTransport = httpx.BaseTransport
_HEADERS = (
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Connection", "keep-alive"),
    ("User-Agent", f"octopus-cards-python/{__version__}"),
)


def checked(transport: object, kind: type) -> None:
    if transport is not None and not isinstance(transport, kind):
        raise TypeError(f"transport must be an httpx.{kind.__name__}, got {type(transport).__name__}")


def _proxy_towards(url: str) -> httpx.Proxy | None:
    """The proxy that the environment names for a server."""
    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    spared = (urlsplit(name.strip()) for name in proxies.get("no", "").split(",") if "://" in name)
    if any(one.scheme == parts.scheme and one.netloc in (parts.hostname, parts.netloc) for one in spared):
        return None
    if not proxy or proxy_bypass(parts.netloc):
        return None
    return httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")


def hopeless(problem: str, call: Call[Any]) -> NotSentError:
    error = NotSentError(problem, method=call.method, path=call.path)
    error.passing = False
    return error


class Shared:
    """What both connections know: how a request is made of a call, and when a transport has to be made anew.

    Requests go right to a transport. The HTTP library's client, which stands before it elsewhere, follows redirects and
    keeps cookies, neither of which may happen to a token here, and it takes as long as all that a call does besides.
    """

    def __init__(self, base_url: str, timeouts: Timeouts, given: object) -> None:
        self._base_url = base_url
        self._given: Any = given
        self._patience, self._places = timeouts.pool, CONNECTIONS_MAX
        limits = httpx.Timeout(connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool)
        self._extensions = {"timeout": limits.as_dict()}
        with set_up():
            httpx.Request("GET", base_url)  # a host that no request could be made for
        self._closed = False
        self._forked = False
        # A parent's transports are kept: to close or lose one here would end its connections there.
        self._parents: list[Any] = []

    def _made(self, kind: Any) -> Any:
        """The transport that the caller gave, or one of our own."""
        if self._given is not None:
            return self._given
        # Towards this machine there is no proxy to trust: it would be told the token in the clear.
        trusted = self._base_url.startswith("https:")
        return kind(trust_env=trusted, proxy=_proxy_towards(self._base_url) if trusted else None)

    def _request(self, send: Send) -> httpx.Request:
        call = send.call
        headers = [*_HEADERS, *call.request.get("headers", {}).items(), ("X-Request-Id", send.request_id)]
        if send.token:
            headers.append(("Authorization", f"Bearer {send.token}"))
        options: dict[str, Any] = {**call.request, "headers": headers, "extensions": self._extensions}
        try:
            return httpx.Request(call.method, self._base_url + call.path, **options)
        except Exception as error:
            raise hopeless(f"no request could be made: {told(error)}", call) from error

    def _crowded(self) -> httpx.PoolTimeout:
        return httpx.PoolTimeout(f"none of {self._places} connections came free within {self._patience:g} s")

    def _check_open(self, call: Call[Any]) -> None:
        if self._closed:
            raise hopeless("the client is closed; make a new one", call)

    def check_transport(self, call: Call[Any]) -> None:
        """A transport that the caller gave may hold connections of the parent, on which answers would mix.

        Raises:
            NotSentError: It is not of this process.
        """
        if self._forked and not isinstance(self._given, httpx.MockTransport | None):
            problem = "the transport that this client was given belongs to another process; make a client in each"
            raise hopeless(problem, call)


class Connection(Shared):
    """Connections to one server, for threads."""

    def __init__(self, base_url: str, timeouts: Timeouts, transport: SyncTransport | None) -> None:
        checked(transport, SyncTransport)
        super().__init__(base_url, timeouts, transport)
        with set_up():
            self._transport: SyncTransport = self._made(httpx.HTTPTransport)
        self._make_locks()
        renew_after_fork(self)

    def _make_locks(self) -> None:
        self._free = threading.BoundedSemaphore(self._places)
        self._making = threading.Lock()

    def renew(self) -> None:
        """Nothing of the parent's is used any more; the next call makes connections."""
        self._forked = True
        self._make_locks()

    def _at_hand(self, call: Call[Any]) -> SyncTransport:
        """The transport of this process."""
        self._check_open(call)
        if self._forked:
            self.check_transport(call)
            with self._making:
                if self._forked:
                    self._parents.append(self._transport)
                    with set_up_for(call):
                        self._transport = self._made(httpx.HTTPTransport)
                    self._forked = False
        return self._transport

    def send(self, send: Send) -> RawResponse:
        """Sends a request once.

        Raises:
            NotSentError, OutcomeUnknownError: No answer came.
        """
        transport = self._at_hand(send.call)
        with faults_of(send.call, self._base_url), self._place():
            self._check_open(send.call)  # it may have been closed while this waited for a place
            response = transport.handle_request(self._request(send))
            try:
                body = Body(send.call, response, self._base_url)
                with body.reading():
                    for part in response.iter_bytes():
                        body.add(part)
                return body.answer()
            finally:
                response.close()

    @contextmanager
    def _place(self) -> Generator[None]:
        free = self._free
        if not free.acquire(timeout=self._patience):
            raise self._crowded()
        try:
            yield
        finally:
            free.release()

    def close(self) -> None:
        """Closes every connection; a second time does nothing."""
        closed, self._closed = self._closed, True
        if self._forked:
            self._parents.append(self._transport)
        elif not closed:
            self._transport.close()
