"""The network under the HTTP library, for threads: each operation ends with its attempt, or when the client closes."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import httpcore

from octopus_cards._io.attempt import POLL_INTERVAL, AttemptControl
from octopus_cards._io.sockets import NestedTls, connect, is_readable, resolve

T = TypeVar("T")
CLOSED = "the client was closed"


class Network(httpcore.NetworkBackend):
    """Opens the connection of one channel."""

    def __init__(self, control: AttemptControl, host: str, *, is_tls: bool) -> None:
        self._control = control
        self._host = host
        self._is_tls = is_tls
        self._opened: SocketStream | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a server or a proxy; all its addresses together take the timeout once."""
        seconds = self._control.limit(timeout)
        try:
            sock = connect(resolve(host, port), seconds, self._check)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        self._opened = SocketStream(sock, self._control, None if self._is_tls else self._host, self._host)
        return self._opened

    def close(self) -> None:
        """Close the connection, also if the HTTP library lost track of it when an interrupt arrived."""
        if self._opened is not None:
            self._opened.close()

    def _check(self) -> float:
        if self._control.is_closed:
            raise httpcore.ConnectError(CLOSED)
        return POLL_INTERVAL


class SocketStream(httpcore.NetworkStream):
    """A connected socket, with or without TLS.

    Args:
        sock: The socket.
        control: The limits of the attempt that uses it.
        peer: The host that the written bytes go to; None for a connection that needs TLS first.
        target: The host of the API; what is written to another one is for a proxy.
    """

    def __init__(self, sock: Any, control: AttemptControl, peer: str | None, target: str) -> None:
        self._sock = sock
        self._control = control
        self._is_target = peer == target
        self._target = target

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return received bytes; empty at the end."""
        received: bytes = self._perform(
            partial(self._sock.recv, max_bytes), timeout, httpcore.ReadTimeout, httpcore.ReadError
        )
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all bytes."""
        if self._is_target and buffer:
            self._control.was_sent = True
        while buffer:
            sent = self._perform(partial(self._sock.send, buffer), timeout, httpcore.WriteTimeout, httpcore.WriteError)
            buffer = buffer[sent:]

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return a stream that speaks TLS on this one."""
        tls: Any = self._sock
        try:
            if isinstance(self._sock, ssl.SSLSocket):
                tls = NestedTls(self._sock, ssl_context, server_hostname)
            else:
                tls = ssl_context.wrap_socket(
                    self._sock, server_hostname=server_hostname, do_handshake_on_connect=False
                )
            stream = SocketStream(tls, self._control, server_hostname, self._target)
            stream._perform(tls.do_handshake, timeout, httpcore.ConnectTimeout, httpcore.ConnectError)
        except BaseException:
            tls.close()  # after the handshake began, the socket belongs to it
            raise
        return stream

    def get_extra_info(self, info: str) -> Any:
        """Return what the HTTP library asks about the connection."""
        if info == "is_readable":
            return is_readable(self._sock)
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        return self._sock if info == "socket" else None

    def _perform(
        self,
        operation: Callable[[], T],
        timeout: float | None,
        timed_out: type[Exception],
        failed: type[Exception],
    ) -> T:
        """Return the result of a socket operation; it waits in short steps and ends when the client closes."""
        ends_at = time.monotonic() + self._control.limit(timeout)
        while True:
            left = ends_at - time.monotonic()
            if self._control.is_closed:
                raise failed(CLOSED)
            if left <= 0:
                raise timed_out("timed out")
            self._sock.settimeout(min(left, POLL_INTERVAL))
            try:
                return operation()
            except TimeoutError:
                continue
            except OSError as error:
                raise failed(str(error)) from error
