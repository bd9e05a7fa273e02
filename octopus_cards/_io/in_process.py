"""A server in this process, reached without a socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import httpx

from octopus_cards._base.redacted import Redacted
from octopus_cards._base.responses import RawResponse


class Incoming(Redacted, frozen=True):
    """A request as an in-process server receives it."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class ConnectionFault(Exception):
    """The failure of a connection, raised by an in-process server; `kind` is one of `CONNECTION_FAULTS`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


# The exception of the HTTP library for each kind, and its text.
CONNECTION_FAULTS: Mapping[str, tuple[type[httpx.TransportError], str]] = MappingProxyType(
    {
        "refused": (httpx.ConnectError, "[Errno 111] Connection refused"),
        "unknown host": (httpx.ConnectError, "[Errno -2] Name or service not known"),
        "tls": (httpx.ConnectError, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
        "connect timeout": (httpx.ConnectTimeout, "timed out"),
        "pool timeout": (httpx.PoolTimeout, ""),
        "write timeout": (httpx.WriteTimeout, "timed out"),
        "read timeout": (httpx.ReadTimeout, "timed out"),
        "reset": (httpx.ReadError, "[Errno 104] Connection reset by peer"),
        "dropped": (httpx.RemoteProtocolError, "Server disconnected without sending a response."),
        "cut": (httpx.RemoteProtocolError, "peer closed connection without sending complete message body"),
        "cut chunk": (httpx.RemoteProtocolError, "peer closed connection without sending complete message body"),
        "not http": (httpx.RemoteProtocolError, "illegal status line"),
    }
)


class InProcessTransport(httpx.MockTransport):
    """A transport for sync and async clients that hands each request to a function of this process."""

    # It has no connection, so a forked process can use it.
    is_fork_safe = True


def in_process(serve: Callable[[Incoming], RawResponse]) -> InProcessTransport:
    """Return the transport to an in-process server."""

    def handle(request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode("ascii")
        incoming = Incoming(request.method, target, dict(request.headers), request.read())
        try:
            response = serve(incoming)
        except ConnectionFault as fault:
            error, text = CONNECTION_FAULTS[fault.kind]
            raise error(text) from None
        return httpx.Response(response.status_code, headers=dict(response.headers), content=response.content)

    return InProcessTransport(handle)
