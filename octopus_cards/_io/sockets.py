"""Sockets of the blocking client: connecting to the first address that responds, and TLS."""

from __future__ import annotations

import errno
import os
import select
import selectors
import socket
import ssl
import time
from collections.abc import Callable
from itertools import chain, zip_longest
from typing import Any

# RFC 8305: start connecting to the next address this many seconds after the one before.
ATTEMPT_DELAY = 0.25
_IN_PROGRESS = (0, errno.EINPROGRESS, errno.EWOULDBLOCK)


def resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    """Return the addresses of a host, alternating between IPv6 and IPv4, in the order of the resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    first = [each for each in found if each[0] == found[0][0]]
    second = [each for each in found if each[0] != found[0][0]]
    return [each for each in chain.from_iterable(zip_longest(first, second)) if each is not None]


def connect(addresses: list[tuple[Any, ...]], seconds: float, check: Callable[[], float]) -> socket.socket:
    """Return a socket that is connected to the first address that responds.

    Args:
        addresses: What `resolve` returned.
        seconds: How long all addresses together may take.
        check: Called often; raises if the attempt must end, and returns the seconds until the next call.

    Raises:
        TimeoutError: No address responded in time.
        OSError: Every address failed; the error is that of the first.
    """
    waiting, errors, ends_at = list(addresses), list[OSError](), time.monotonic() + seconds
    next_start = 0.0
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                now = time.monotonic()
                if now >= ends_at:
                    raise TimeoutError("timed out")
                if waiting and (now >= next_start or not selector.get_map()):
                    next_start = now + ATTEMPT_DELAY
                    _start(selector, waiting.pop(0), errors)
                    continue
                pause = min(check(), ends_at - now, next_start - now if waiting else ends_at - now)
                if (winner := _first_connected(selector, max(0.0, pause), errors)) is not None:
                    return winner
                if errors:
                    next_start = 0.0  # do not wait for the delay after a failure
        finally:
            for key in list((selector.get_map() or {}).values()):
                _close(key.fileobj)
    raise errors[0]


def _start(selector: selectors.BaseSelector, address: tuple[Any, ...], errors: list[OSError]) -> None:
    family, kind, protocol, _, target = address
    try:
        candidate = socket.socket(family, kind, protocol)
        candidate.setblocking(False)
        code = candidate.connect_ex(target)
    except OSError as error:
        errors.append(error)
        return
    if code in _IN_PROGRESS:
        selector.register(candidate, selectors.EVENT_WRITE)
    else:
        candidate.close()
        errors.append(OSError(code, os.strerror(code)))


def _first_connected(selector: selectors.BaseSelector, seconds: float, errors: list[OSError]) -> socket.socket | None:
    for key, _ in selector.select(seconds):
        candidate: Any = key.fileobj
        selector.unregister(candidate)
        code = candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code == 0:
            candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return candidate  # type: ignore[no-any-return]
        candidate.close()
        errors.append(OSError(code, os.strerror(code)))
    return None


def _close(candidate: Any) -> None:
    candidate.close()


def is_readable(sock: Any) -> bool:
    """Return whether an idle connection has data or an end, so that it must not be used again."""
    descriptor = sock.fileno()
    if descriptor < 0 or (isinstance(sock, ssl.SSLSocket) and sock.pending()):
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([descriptor], [], [], 0)[0])


class NestedTls:
    """TLS within the TLS connection to a proxy: an SSLSocket cannot wrap another one."""

    _RECORD_SIZE = 16384

    def __init__(self, sock: ssl.SSLSocket, context: ssl.SSLContext, hostname: str | None) -> None:
        self._sock = sock
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)
        self.settimeout, self.fileno, self.close = sock.settimeout, sock.fileno, sock.close

    def do_handshake(self) -> None:
        """Make the handshake; after a TimeoutError, call it again."""
        self._perform(self._tls.do_handshake)

    def recv(self, size: int) -> bytes:
        """Return received bytes; empty at the end."""
        try:
            received: bytes = self._perform(self._tls.read, size)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""
        return received

    def send(self, data: bytes) -> int:
        """Send bytes, and return how many."""
        sent: int = self._perform(self._tls.write, data)
        return sent

    def _perform(self, operation: Callable[..., Any], *arguments: Any) -> Any:
        while True:
            try:
                result = operation(*arguments)
            except ssl.SSLWantReadError:
                self._flush()
                received = self._sock.recv(self._RECORD_SIZE)
                if received:
                    self._incoming.write(received)
                else:
                    self._incoming.write_eof()
            else:
                self._flush()
                return result

    def _flush(self) -> None:
        if data := self._outgoing.read():
            self._sock.sendall(data)
