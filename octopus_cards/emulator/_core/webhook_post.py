"""One attempt to deliver a webhook over HTTP."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from octopus_cards._base.redaction import describe_value


class WebhookTarget:
    """The URL that receives webhooks. It follows no redirects and uses no proxy.

    Args:
        url: An http or https URL.
        timeout: For how many seconds, in real time, an attempt may wait for the network.

    Raises:
        ValueError: The URL is no absolute http or https URL.
    """

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"url must be an absolute http or https URL, got {describe_value(url)}")
        self._is_https = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout = timeout
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._is_closed = False

    def post(self, body: bytes, headers: Mapping[str, str]) -> int | None:
        """Return the status of the response; None where none came."""
        connection = self._open()
        try:
            # Encoded here, because a secret may contain any characters.
            connection.request("POST", self._path, body, {name: value.encode() for name, value in headers.items()})
            return connection.getresponse().status
        except (OSError, ValueError, http.client.HTTPException):  # ValueError: a host or a path that cannot be sent
            return None
        finally:
            with self._lock:
                self._connection = None
            connection.close()

    def close(self) -> None:
        """End the attempt that is under way, and fail those to come."""
        with self._lock:
            self._is_closed = True
            sock = self._connection.sock if self._connection else None
        if isinstance(sock, socket.socket):
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, which another thread uses

    def _open(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._is_https else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=self._timeout)
        with suppress(OSError, ValueError):  # sending reports what is wrong
            connection.connect()
        with self._lock:
            self._connection = connection
            if self._is_closed:
                connection.close()
                connection.auto_open = 0
        return connection
