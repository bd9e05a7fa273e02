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
    """Tracks its open connections and closes them when it closes."""

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
        """Ignore a client that disconnects."""


# Far more than the largest documented request; the emulator keeps the requests.
MAX_BODY_SIZE = 2**20


class _Handler(BaseHTTPRequestHandler):
    """Reads a request of any method and writes the response of the emulator."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # buffered, so that a response is written at once
    timeout = 60.0  # seconds; half a request must not hold its thread forever

    def _respond(self) -> None:
        try:
            body = self._body()
        except ValueError:
            self.close_connection = True  # the end of this request is unknown
            self.send_error(400)
            return
        if self._is_preflight():
            self._allow_origin()
            return
        incoming = Incoming(self.command, self.path, dict(self.headers.items()), body)
        try:
            response = cast("_Server", self.server).handle(incoming)
        except ConnectionFault as fault:
            self._fail(fault.kind)
            return
        self.send_response_only(response.status_code)
        self.send_header("server", "octopus-cards-emulator")
        for name, value in response.headers.items():
            self.send_header(name, value)
        if "Origin" in self.headers:
            self.send_header("access-control-allow-origin", "*")
            self.send_header("access-control-expose-headers", "*")
        # HTTP allows no body with these, even if a test asks for one.
        bodiless = response.status_code in (204, 304)
        if not bodiless:
            self.send_header("content-length", str(len(response.content)))
        self.end_headers()
        if self.command != "HEAD" and not bodiless:
            self.wfile.write(response.content)
        self.wfile.flush()

    def _is_preflight(self) -> bool:
        return self.command == "OPTIONS" and "Access-Control-Request-Method" in self.headers

    def _allow_origin(self) -> None:
        """Answer a browser that asks whether a page of another origin may send its request."""
        self.send_response_only(204)
        for name in ("origin", "methods", "headers"):
            allowed = "*" if name == "origin" else "GET, POST, PATCH" if name == "methods" else "authorization, *"
            self.send_header(f"access-control-allow-{name}", allowed)
        self.end_headers()

    def handle_expect_100(self) -> bool:
        """Ask for the body at once: the response is buffered, and the client waits for this line."""
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that is no HTTP, without a text: the base class would repeat parts of the request."""
        self.close_connection = True
        self.send_response_only(code)
        self.send_header("content-length", "0")
        self.send_header("connection", "close")
        self.end_headers()

    def __getattr__(self, name: str) -> Any:
        # The base class looks up "do_" + method and rejects a method without such an attribute.
        if name.startswith("do_"):
            return self._respond
        raise AttributeError(name)

    def _fail(self, kind: str) -> None:
        """Make the connection fail."""
        self.close_connection = True
        match kind:
            case "cut":
                self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n[")
            case "cut chunk":
                self.wfile.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n[")
            case "not http":
                self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
            case "reset":
                # With a linger time of 0, closing sends RST instead of FIN.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                socket.close(self.connection.detach())
            case "read timeout":
                # Block until the client disconnects or the server closes.
                with suppress(OSError):
                    self.connection.recv(1)
            case _:
                """A server can only close the connection without a response."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            self._received = 0
            body = b"".join(iter(self._chunk, b""))
            while self.rfile.readline().strip():
                """Skip the trailers."""
            return body
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= MAX_BODY_SIZE:
            raise ValueError("the length of the body")
        return self.rfile.read(length)

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        self._received += size
        if not 0 <= size <= MAX_BODY_SIZE or self._received > MAX_BODY_SIZE:
            raise ValueError("the length of a chunk")
        data = self.rfile.read(size)
        if size:
            self.rfile.readline()
        return data

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Write nothing: the emulator has its own request log."""


@contextmanager
def serving(handle: Handle, port: int) -> Generator[str]:
    """Serve while the context is open; the context value is the base URL."""
    server = _Server(port, handle)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
