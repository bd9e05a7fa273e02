"""Connections to one server, for threads, and what both kinds of connections share."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx

from octopus_cards._base.forks import register_fork_aware
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._engine.operation import Call
from octopus_cards._io.proxies import proxy_for
from octopus_cards._io.transport_errors import (
    ResponseReader,
    describe_exception,
    map_config_errors,
    map_transport_errors,
    permanent_error,
)
from octopus_cards._version import __version__

# The size of the HTTP library's own pool. Callers queue for a slot here: a thousand callers that queue in that pool
# take ten times as long.
MAX_CONNECTIONS = 100

SyncTransport = httpx.BaseTransport
_HEADERS = (
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Connection", "keep-alive"),
    ("User-Agent", f"octopus-cards-python/{__version__}"),
)


def check_transport(transport: object, kind: type) -> None:
    """Refuse a transport of another kind."""
    if transport is not None and not isinstance(transport, kind):
        raise TypeError(f"transport must be an httpx.{kind.__name__}, got {type(transport).__name__}")


def build_request(send: Send, base_url: str) -> httpx.Request:
    """Return the request of the HTTP library."""
    call, timeouts = send.call, send.timeouts
    headers = [*_HEADERS, *call.headers, ("X-Request-Id", send.request_id)]
    if call.content is not None:
        headers.append(("Content-Type", "application/json"))
    if send.token:
        headers.append(("Authorization", f"Bearer {send.token}"))
    limits = {
        "connect": timeouts.connect, "read": timeouts.read, "write": timeouts.write, "pool": timeouts.pool
    }  # fmt: skip
    try:
        return httpx.Request(
            call.method,
            base_url + call.path,
            params=list(call.query) or None,
            headers=headers,
            content=call.content,
            extensions={"timeout": limits},
        )
    except Exception as error:
        raise permanent_error(f"the request cannot be built: {describe_exception(error)}", call) from error


class ConnectionOwner:
    """Owns a transport, and knows when another one has to be created: after a fork, and never after closing.

    Requests go straight to a transport. The client of the HTTP library would follow redirects and keep cookies, which
    must not happen to a token, and takes as long as all other work of a call together.
    """

    def __init__(self, base_url: str, custom_transport: Any) -> None:
        self.base_url = base_url
        self._custom_transport = custom_transport
        self._max_connections = MAX_CONNECTIONS
        with map_config_errors():
            httpx.Request("GET", base_url)  # fails for a host that no request can be built for
        self._closed = False
        self._forked = False
        # A parent's transports stay referenced: closing or collecting them here would end the parent's connections.
        self._inherited: list[Any] = []

    def _create_transport(self, kind: Any) -> Any:
        """Return the custom transport, or a new one."""
        if self._custom_transport is not None:
            return self._custom_transport
        # A loopback server is never reached through a proxy, which would see the token unencrypted.
        is_remote = self.base_url.startswith("https:")
        return kind(trust_env=is_remote, proxy=proxy_for(self.base_url) if is_remote else None)

    def _pool_timeout_error(self, seconds: float) -> httpx.PoolTimeout:
        return httpx.PoolTimeout(f"none of {self._max_connections} connections became free within {seconds:g} s")

    def _check_open(self, call: Call[Any]) -> None:
        if self._closed:
            raise permanent_error("the client is closed; create a new one", call)

    def _check_fork(self, call: Call[Any]) -> None:
        """Refuse a custom transport of the parent process, on whose connections responses would get mixed up."""
        custom = self._custom_transport
        if self._forked and custom is not None and not getattr(custom, "is_fork_safe", False):
            problem = "the transport of this client belongs to the parent process; create a client in each process"
            raise permanent_error(problem, call)


class Connection(ConnectionOwner):
    """Connections to one server, for threads."""

    def __init__(self, base_url: str, transport: SyncTransport | None) -> None:
        check_transport(transport, SyncTransport)
        super().__init__(base_url, transport)
        with map_config_errors():
            self._transport: SyncTransport = self._create_transport(httpx.HTTPTransport)
        self._create_locks()
        register_fork_aware(self)

    def _create_locks(self) -> None:
        self._semaphore = threading.BoundedSemaphore(self._max_connections)
        self._rebuild_lock = threading.Lock()

    def reset_after_fork(self) -> None:
        """Leave everything of the parent's alone; the next call creates connections."""
        self._forked = True
        self._create_locks()

    def _current_transport(self, call: Call[Any]) -> SyncTransport:
        """Return the transport of this process."""
        self._check_open(call)
        if self._forked:
            self._check_fork(call)
            with self._rebuild_lock:
                if self._forked:
                    self._inherited.append(self._transport)
                    with map_config_errors(call):
                        self._transport = self._create_transport(httpx.HTTPTransport)
                    self._forked = False
        return self._transport

    def send(self, send: Send) -> RawResponse:
        """Send a request once.

        Raises:
            NotSentError, OutcomeUnknownError: There was no response.
        """
        transport = self._current_transport(send.call)
        with map_transport_errors(send.call, self.base_url), self._slot(send.timeouts.pool):
            self._check_open(send.call)  # it may have been closed while this call queued
            response = transport.handle_request(build_request(send, self.base_url))
            try:
                reader = ResponseReader(send.call, response, self.base_url)
                with reader.decoding():
                    for part in response.iter_bytes():
                        reader.feed(part)
                return reader.finish()
            finally:
                response.close()

    @contextmanager
    def _slot(self, seconds: float) -> Generator[None]:
        semaphore = self._semaphore
        if not semaphore.acquire(timeout=seconds):
            raise self._pool_timeout_error(seconds)
        try:
            yield
        finally:
            semaphore.release()

    def close(self) -> None:
        """Close every connection; a second time has no effect."""
        was_closed, self._closed = self._closed, True
        if self._forked:
            self._inherited.append(self._transport)
        elif not was_closed:
            self._transport.close()
