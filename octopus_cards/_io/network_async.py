"""The network under the HTTP library, for tasks: each operation ends with its attempt."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from octopus_cards._io.attempt import AttemptControl


class AsyncNetwork(httpcore.AsyncNetworkBackend):
    """Opens the connection of one channel, under asyncio or trio."""

    def __init__(self, control: AttemptControl, host: str, *, is_tls: bool) -> None:
        self._control = control
        self._host = host
        self._is_tls = is_tls
        self._backend = httpcore.AnyIOBackend()
        self._opened: AsyncSocketStream | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a server or a proxy; all its addresses together take the timeout once."""
        await self.aclose()
        stream = await self._backend.connect_tcp(host, port, self._control.limit(timeout), local_address)
        self._opened = AsyncSocketStream(stream, self._control, None if self._is_tls else self._host, self._host)
        return self._opened

    async def sleep(self, seconds: float) -> None:
        """Pause between attempts to connect, of which there is only one."""
        await self._backend.sleep(seconds)

    async def aclose(self) -> None:
        """Close the connection, also if the HTTP library lost track of it when its task was cancelled."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened.aclose()


class AsyncSocketStream(httpcore.AsyncNetworkStream):
    """A connection, with or without TLS; the arguments are those of `SocketStream`."""

    def __init__(
        self, stream: httpcore.AsyncNetworkStream, control: AttemptControl, peer: str | None, target: str
    ) -> None:
        self._stream = stream
        self._control = control
        self._is_target = peer == target
        self._target = target

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return received bytes; empty at the end."""
        return await self._stream.read(max_bytes, self._control.limit(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all bytes."""
        if self._is_target and buffer:
            self._control.was_sent = True
        await self._stream.write(buffer, self._control.limit(timeout))

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Return a stream that speaks TLS on this one."""
        stream = await self._stream.start_tls(ssl_context, server_hostname, self._control.limit(timeout))
        return AsyncSocketStream(stream, self._control, server_hostname, self._target)

    def get_extra_info(self, info: str) -> Any:
        """Return what the HTTP library asks about the connection."""
        return self._stream.get_extra_info(info)
