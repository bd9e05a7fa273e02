"""The emulator over HTTP, on loopback only."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import ConnectionFault, Incoming

Handle = Callable[[Incoming], RawResponse]


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that none of them outlives it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, handle: Handle) -> None:
        self.handle = handle
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, whatever its method, and writes what the emulator answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # the whole answer leaves at once

    def _answer(self) -> None:
        try:
            body = self._body()
        except ValueError:
            self.close_connection = True  # where this request ends nobody knows
            self.send_error(400, "the length of the body cannot be read")
            return
        incoming = Incoming(self.command, self.path, dict(self.headers.items()), body)
        try:
            answer = cast("_Server", self.server).handle(incoming)
        except ConnectionFault as fault:
            self._fail(fault.kind)
            return
        self.send_response_only(answer.status_code)
        self.send_header("server", "octopus-cards-emulator")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        # These have no body in HTTP, whatever a script says.
        without = answer.status_code in (204, 304)
        if not without:
            self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        if self.command != "HEAD" and not without:
            self.wfile.write(answer.content)
        self.wfile.flush()

    def __getattr__(self, name: str) -> Any:
        # Upstream looks for do_ and the method, and has an answer of its own where there is none.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _fail(self, kind: str) -> None:
        """Lets the connection fail."""
        self.close_connection = True
        match kind:
            case "cut":
                self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n[")
            case "cut chunk":
                self.wfile.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n[")
            case "not http":
                self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
            case "reset":
                # Ended by RST instead of FIN.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                socket.close(self.connection.detach())
            case "read timeout":
                # Until the client goes away, or this server ends.
                with suppress(OSError):
                    self.connection.recv(1)
            case _:
                """Closed without a word, which is all that a server can do of the others."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b"".join(iter(self._chunk, b""))
            while self.rfile.readline().strip():
                """A trailer, of which nothing is needed."""
            return body
        length = int(self.headers.get("Content-Length") or 0)
        if length < 0:
            raise ValueError(length)
        return self.rfile.read(length)

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        data = self.rfile.read(size)
        if size:
            self.rfile.readline()
        return data

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - so named upstream
        """Nothing: the emulator keeps its own log of requests."""


@contextmanager
def serving(handle: Handle, port: int) -> Generator[str]:
    """Serves while the context is open; gives the base URL."""
    server = _Server(port, handle)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
