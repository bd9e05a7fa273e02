"""Servers that fail below HTTP, on real sockets."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behave = Callable[[socket.socket], None]


def reset(connection: socket.socket) -> None:
    """Close a connection with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def read_request(connection: socket.socket) -> bytes:
    """Return the head of a request. The rest is small and stays unread."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = connection.recv(65536)
        if not part:
            break
        received += part
    return received


def says(answer: bytes, then: Behave = lambda connection: connection.close()) -> Behave:
    """Return a behaviour that reads a request, writes these bytes and continues with `then`."""

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)
        then(connection)

    return behave


@contextmanager
def server(behave: Behave) -> Iterator[tuple[str, list[socket.socket]]]:
    """Apply this behaviour to every connection; the context value is the URL and the list of connections."""
    listener = socket.create_server(("127.0.0.1", 0))
    seen: list[socket.socket] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                seen.append(connection)
                with suppress(OSError):
                    behave(connection)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in seen:
            connection.close()
