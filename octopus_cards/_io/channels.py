"""Channels to the server: each is a transport of the HTTP library that holds one connection.

The pool of the HTTP library loses a place if a task is cancelled, or a proxy hangs up, at an unlucky moment. Here an
attempt that fails in any way drops its channel and everything in it, so nothing can be lost.
"""

from __future__ import annotations

import os
import ssl
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from octopus_cards._base.responses import RawResponse
from octopus_cards._io.attempt import AttemptControl
from octopus_cards._io.proxies import proxy_for

# How long an idle connection is kept, in seconds: load balancers close theirs after 60 or more.
KEEP_IDLE = 50.0
_ONE_CONNECTION = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEEP_IDLE)


class NetworkFactory(Protocol):
    """Creates the network of a channel: `Network` or `AsyncNetwork`."""

    def __call__(self, control: AttemptControl, host: str, *, is_tls: bool) -> Any:
        """Return a network."""
        ...


class Channel:
    """A transport, the limits of the attempt that uses it, and what is known of its connection.

    Attributes:
        transport: The transport of the HTTP library.
        network: What opens its connection; None for a custom transport.
        control: The limits of the current attempt.
        is_used: Whether a response was received on it.
        echoes_ids: Whether the server has repeated the request id of a request.
        idle_since: When its last attempt ended.
    """

    __slots__ = ("control", "echoes_ids", "idle_since", "is_used", "network", "transport")

    def __init__(self, transport: Any, control: AttemptControl, network: Any = None) -> None:
        self.transport = transport
        self.network = network
        self.control = control
        self.is_used = self.echoes_ids = False
        self.idle_since = 0.0

    def belongs_to_another(self, response: RawResponse, request_id: str) -> bool:
        """Return whether a response is that of another request: the server repeats ids, and this is another one."""
        received = response.request_id
        if received == request_id:
            self.echoes_ids = True
        # A proxy in front of the server may set its own id where it refuses a request or answers for a failed server.
        is_an_answer = 200 <= response.status_code <= 299 or response.status_code == 404
        return is_an_answer and self.echoes_ids and received not in (None, request_id)

    def is_idle_timeout(self, response: RawResponse) -> bool:
        """Return whether a response is about the idle connection, and not about the request."""
        closes = "close" in (response.header("Connection") or "").lower()
        return self.is_used and response.status_code == 408 and closes

    def is_reusable(self) -> bool:
        """Return whether the connection can be used again: none of the received bytes is left over.

        A response too many would be taken for the one to the next request. The HTTP library does not look at this; if
        its internals are not as known, the connection is not used again.
        """
        if self.network is None:
            return False
        connections = self.transport._pool.connections  # noqa: SLF001
        if not connections:
            return True
        connection = connections[0]
        while (inner := getattr(connection, "_connection", None)) is not None:
            connection = inner
        state = getattr(connection, "_h11_state", None)
        return state is not None and state.trailing_data[0] == b""

    def become_idle(self) -> None:
        """Record that an attempt has ended with a response."""
        self.is_used, self.idle_since = True, time.monotonic()

    def has_expired(self) -> bool:
        """Return whether the channel was idle for so long that it is closed."""
        return time.monotonic() - self.idle_since > KEEP_IDLE


class ChannelFactory:
    """Opens channels to one server, by the proxy settings and certificates of the environment.

    Args:
        base_url: The server.
        transport: The class of the transports of the HTTP library.
        network: What opens their connections.

    Raises:
        ValueError: The environment names an invalid proxy or certificate file.
    """

    def __init__(self, base_url: str, transport: Any, network: NetworkFactory) -> None:
        parts = urlsplit(base_url)
        self._transport = transport
        self._network = network
        self._host = httpx.URL(base_url).raw_host.decode("ascii")
        self._is_tls = parts.scheme == "https"
        # A loopback server is never reached through a proxy, which would see the token unencrypted.
        self._proxy = proxy_for(base_url) if self._is_tls else None
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
            if self._is_tls and (path := os.environ.get(name)) and not Path(path).exists():
                raise ValueError(f"{name} names a path that does not exist")  # some versions of httpx ignore it
        # Without TLS a context without certificates saves the time to load them; it would trust no server.
        self._context = httpx.create_ssl_context() if self._is_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def open(self) -> Channel:
        """Return a new channel; it connects with its first request."""
        control = AttemptControl()
        transport = self._transport(verify=self._context, proxy=self._proxy, limits=_ONE_CONNECTION)
        network = self._network(control, self._host, is_tls=self._is_tls)
        # The HTTP library has no arguments for these. An interrupt between taking that lock and entering its block
        # would make the cleanup wait for it forever; only one attempt at a time uses the channel, so it needs none.
        transport._pool._network_backend = network  # noqa: SLF001
        transport._pool._optional_thread_lock = nullcontext()  # noqa: SLF001
        return Channel(transport, control, network)
