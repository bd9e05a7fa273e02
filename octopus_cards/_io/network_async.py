"""The network under the HTTP library, for tasks: each operation ends with its attempt."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, ClassVar

import anyio
import httpcore

from octopus_cards._io.attempt import AttemptControl
from octopus_cards._io.background import spawn


class AsyncNetwork(httpcore.AsyncNetworkBackend):
    """Opens the connection of one channel, under asyncio or trio.

    Args:
        control: The limits of the attempt that uses it.
        host: The host of the API.
        is_tls: Whether it is reached by TLS.
        connecting: The attempts to connect that have not ended, of all channels of the client.
    """

    def __init__(self, control: AttemptControl, host: str, *, is_tls: bool, connecting: set[ConnectAttempt]) -> None:
        self._connecting = connecting
        self._control = control
        self._host = host
        self._is_tls = is_tls
        backend: Any = httpcore.AnyIOBackend()  # its type is that of a fallback, too
        self._backend: httpcore.AsyncNetworkBackend = backend
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
        seconds = self._control.limit(timeout)
        attempt = ConnectAttempt(partial(self._backend.connect_tcp, host, port, seconds, local_address))
        stream = await attempt.result(self._connecting)
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


class ConnectAttempt:
    """Connecting, in a task of its own.

    Where the task that connects is cancelled at the moment when it is connected, anyio before 4.16 loses the socket.
    So the caller may be cancelled, and this task closes what nobody waits for.
    """

    _tasks: ClassVar[set[object]] = set()

    def __init__(self, connect: Callable[[], Awaitable[httpcore.AsyncNetworkStream]]) -> None:
        self._connect = connect
        self._connected, self.ended = anyio.Event(), anyio.Event()
        self._stream: httpcore.AsyncNetworkStream | None = None
        self._error: Exception | None = None
        self._is_abandoned = False

    async def result(self, connecting: set[ConnectAttempt]) -> httpcore.AsyncNetworkStream:
        """Return the connected stream; the set holds this attempt until it has ended."""
        connecting.add(self)
        spawn(self._run, self._tasks, partial(self._end, connecting))
        try:
            await self._connected.wait()
        except BaseException:
            self._is_abandoned = True
            await self._close_abandoned()
            raise
        if self._stream is None:
            raise self._error or httpcore.ConnectError("connecting was interrupted")
        return self._stream

    def _end(self, connecting: set[ConnectAttempt]) -> None:
        connecting.discard(self)
        self.ended.set()

    async def _run(self) -> None:
        try:
            self._stream = await self._connect()
        except Exception as error:
            self._error = error
        finally:
            self._connected.set()
        await self._close_abandoned()

    async def _close_abandoned(self) -> None:
        if self._is_abandoned and self._stream is not None:
            with anyio.CancelScope(shield=True):
                await self._stream.aclose()


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
