"""The server and the proxy of the torture test: the emulator behind TLS, failing on command.

Its standard input says `calm` or `storm`; at its end a summary is printed.
"""

from __future__ import annotations

import json
import random
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from octopus_cards.emulator import Emulator, EmulatorClock

RATE = 0.2
FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 401}, {"status": 404}, {"status": 429, "retry_after": 0}, {"status": 429, "retry_after": 1},
    {"status": 500}, {"status": 502}, {"status": 503, "retry_after": 1}, {"status": 504}, {"status": 520},
    {"status": 408}, {"status": 200, "body": "<html>log in</html>"}, {"status": 200, "body": b'[{"id": 1'},
    {"status": 302, "headers": {"location": "https://elsewhere.example/"}}, {"connection": "dropped"},
    {"connection": "reset"}, {"connection": "cut"}, {"connection": "cut chunk"}, {"connection": "not http"},
    {"connection": "read timeout"}, {"lost": True},
)  # fmt: skip


class Storm:
    """Whether things fail now."""

    def __init__(self) -> None:
        self.is_on = False
        self.draw = random.Random(7)

    def strikes(self) -> bool:
        """Return whether this one fails."""
        return self.is_on and self.draw.random() < RATE


def listen(handle: Callable[[socket.socket], None]) -> int:
    """Serve every connection in a thread; return the port."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)

    def run(connection: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError, ValueError, IndexError):
            handle(connection)
        connection.close()

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            connection.settimeout(30)
            threading.Thread(target=run, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    port: int = listener.getsockname()[1]
    return port


def pump(one: socket.socket, other: socket.socket) -> None:
    """Copy bytes both ways until one side ends."""

    def copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError):
            while data := source.recv(65536):
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    back = threading.Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join()
    other.close()


def tls_server(storm: Storm, certificate: str, url: str) -> int:
    """Serve the emulator through TLS, with handshakes that fail and connections that drip."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    address = (urlsplit(url).hostname, urlsplit(url).port)

    def handle(connection: socket.socket) -> None:
        if storm.strikes():
            if storm.draw.random() < 0.5:
                connection.sendall(b"no TLS here\r\n")
            return
        with context.wrap_socket(connection, server_side=True) as secure:
            if storm.strikes():
                secure.recv(65536)
                for _ in range(20):
                    secure.sendall(b"HTTP/1.1 200 OK\r\n"[:1] if storm.draw.random() < 0.5 else b"H")
                    time.sleep(0.2)
                return
            pump(secure, socket.create_connection(address))

    return listen(handle)


def proxy(storm: Storm) -> int:
    """Serve as a proxy that refuses, hangs up or answers nonsense."""

    def handle(connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096) or b"\r\n\r\n"
        if storm.strikes():
            answers = (b"", b"\0garbage\r\n\r\n", b"HTTP/1.1 502 Bad Gateway\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n")
            connection.sendall(storm.draw.choice(answers))
            return
        host, _, port = head.split(b" ")[1].decode().rpartition(":")
        target = socket.create_connection((host, int(port)))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        pump(connection, target)

    return listen(handle)


class Recorder:
    """Answers for the emulator, fails at random, and records logins, refreshes and tokens."""

    def __init__(self, emulator: Emulator, storm: Storm) -> None:
        self._emulator, self._storm = emulator, storm
        self._answer = emulator.handle
        self._lock = threading.Lock()
        self.logins: list[float] = []
        self.refreshed: list[str] = []
        self.secrets = {emulator.api_key, emulator.api_secret}
        self.requests = 0

    def __call__(self, incoming: Any) -> Any:
        with self._lock:
            self.requests += 1
            if incoming.target == "/auth/login":
                self.logins.append(time.monotonic())
            if self._storm.strikes():
                self._emulator.fail_next(**self._storm.draw.choice(FAULTS))
            self._emulator.requests.clear()
        response = self._answer(incoming)
        # A 429 says that the token was not used.
        if incoming.target == "/auth/refresh" and response.status_code != 429:
            self.refreshed.append(json.loads(incoming.body)["refresh_token"])
        if incoming.target in ("/auth/login", "/auth/refresh") and response.status_code == 200:
            with suppress(ValueError, KeyError, TypeError), self._lock:
                data = response.json()["data"]
                self.secrets |= {data["access_token"], data["refresh_token"]}
        return response

    def most_logins_in_a_minute(self) -> int:
        """Return the largest number of logins within 60 seconds."""
        return max((sum(first <= each < first + 60 for each in self.logins) for first in self.logins), default=0)


def main() -> None:
    """Serve until the standard input ends."""
    storm = Storm()
    emulator = Emulator(seed=1, access_lifetime=2.0, clock=EmulatorClock(speed=1.0), limits=None)
    ids = [emulator.add_order(client_reference=f"ORDER-{number}", status="DELIVERED") for number in range(60)]
    recorder = Recorder(emulator, storm)
    emulator.handle = recorder  # type: ignore[method-assign]
    with emulator.serve() as url:
        settings = {
            "base_url": f"https://127.0.0.1:{tls_server(storm, sys.argv[1], url)}",
            "proxy": f"http://127.0.0.1:{proxy(storm)}",
            "api_key": emulator.api_key, "api_secret": emulator.api_secret, "order_id": ids[0],
        }  # fmt: skip
        print(json.dumps(settings), flush=True)
        for line in sys.stdin:
            storm.is_on = line.strip() == "storm"
            print("ok", flush=True)
    summary = {
        "requests": recorder.requests, "refreshes": len(recorder.refreshed),
        "logins": recorder.most_logins_in_a_minute(), "secrets": sorted(recorder.secrets),
        "spent_twice": len(recorder.refreshed) - len(set(recorder.refreshed)),
    }  # fmt: skip
    print(json.dumps(summary), flush=True)


if __name__ == "__main__":
    main()
