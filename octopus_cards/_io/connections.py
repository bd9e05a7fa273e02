"""Connections to one server, for threads, and what both kinds of connections share."""

from __future__ import annotations

from collections import deque
from typing import Any

import httpx

from octopus_cards._base.exceptions import NotSentError, OutcomeUnknownError
from octopus_cards._base.forks import register_fork_aware
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._engine.operation import Call
from octopus_cards._io.attempt import AttemptControl
from octopus_cards._io.bodies import BodyReader
from octopus_cards._io.channels import Channel, ChannelFactory
from octopus_cards._io.requests import build_request
from octopus_cards._io.slots import Slots
from octopus_cards._io.transport_errors import map_config_errors, map_transport_error, permanent_error

MAX_CONNECTIONS = 100
CLOSED = "the client is closed; create a new one"

SyncTransport = httpx.BaseTransport


def check_transport(transport: object, kind: type) -> None:
    """Refuse a transport of another kind."""
    if transport is not None and not isinstance(transport, kind):
        raise TypeError(f"transport must be an httpx.{kind.__name__}, got {type(transport).__name__}")


class ConnectionOwner:
    """Owns the channels to a server: which are idle, and whether others are needed after a fork or closing.

    Requests go straight to a transport. The client of the HTTP library would follow redirects and keep cookies, which
    must not happen to a token, and takes as long as all other work of a call together.
    """

    def __init__(self, base_url: str, custom_transport: Any) -> None:
        self.base_url = base_url
        self._custom_transport = custom_transport
        self._max_connections = MAX_CONNECTIONS
        self._closed = False
        # The transport of the parent process: after a fork it must not be used, closed or collected here.
        self._inherited: list[Any] = []
        self._factory: ChannelFactory | None = None
        self._idle: deque[Channel] = deque()
        self._is_forked = False
        with map_config_errors():
            httpx.Request("GET", base_url)  # fails for a host that no request can be built for
            if custom_transport is None:
                self._factory = self._create_factory()
                self._idle.append(self._factory.open())  # fails for settings that no transport accepts

    def _create_factory(self) -> ChannelFactory:
        """Return what opens channels to the server.

        It loads the network, and with it the lower layers of the HTTP library; a custom transport needs neither.
        """
        raise NotImplementedError

    def _forget_parent(self) -> None:
        """Leave the connections of the parent process alone."""
        self._is_forked = True
        self._inherited += self._idle
        self._idle = deque()
        self._factory = None

    def _take_channel(self, call: Call[Any]) -> Channel:
        """Return an idle channel, or a new one.

        Raises:
            NotSentError: The client is closed, or its transport belongs to the parent process.
        """
        self._check_open(call)
        if self._custom_transport is not None:
            self._check_fork(call)
            return Channel(self._custom_transport, AttemptControl())
        try:
            return self._idle.pop()
        except IndexError:
            pass
        with map_config_errors(call):
            if self._factory is None:
                self._factory = self._create_factory()
            return self._factory.open()

    def _check_open(self, call: Call[Any]) -> None:
        if self._closed:
            raise permanent_error(CLOSED, call)

    def _check_fork(self, call: Call[Any]) -> None:
        """Refuse a custom transport of the parent process, on whose connections responses would get mixed up."""
        if self._is_forked and not getattr(self._custom_transport, "is_fork_safe", False):
            problem = "the transport of this client belongs to the parent process; create a client in each process"
            raise permanent_error(problem, call)

    def _start(self, channel: Channel, send: Send) -> None:
        was_sent = None if channel.network is None else False
        channel.control.start(send.seconds, self._has_closed, was_sent=was_sent)

    def _has_closed(self) -> bool:
        return self._closed

    def _check_response(self, channel: Channel, send: Send, response: RawResponse) -> None:
        """Refuse a response that is not the one to this request.

        Raises:
            NotSentError: It is about the idle connection, which the server closed.
            OutcomeUnknownError: It is the one to another request.
        """
        method, path = send.call.method, send.call.path
        if channel.is_idle_timeout(response):
            raise NotSentError("the server closed the idle connection (status 408)", method=method, path=path)
        if channel.belongs_to_another(response, send.request_id):
            raise OutcomeUnknownError("the response has the X-Request-Id of another request", method=method, path=path)

    def _keep(self, channel: Channel) -> Channel | None:
        """Keep a channel for the next request; return a channel to close."""
        if self._closed or not channel.is_reusable():
            return channel
        channel.become_idle()
        self._idle.append(channel)
        try:
            oldest = self._idle[0]
            if oldest.has_expired():
                self._idle.remove(oldest)
                return oldest
        except (IndexError, ValueError):
            pass  # another thread took it
        return None

    def _mapped(self, error: Exception, send: Send, *, was_sent: bool | None) -> Exception:
        mapped = map_transport_error(error, send.call, self.base_url, was_sent=was_sent)
        if self._closed and isinstance(mapped, NotSentError | OutcomeUnknownError):
            mapped.retryable = False
        return mapped

    def _no_slot(self, send: Send) -> Exception:
        text = f"none of {self._max_connections} connections became free within {send.timeouts.pool:g} s"
        return self._mapped(httpx.PoolTimeout(text), send, was_sent=None)


class Connection(ConnectionOwner):
    """Connections to one server, for threads."""

    def __init__(self, base_url: str, transport: SyncTransport | None) -> None:
        check_transport(transport, SyncTransport)
        super().__init__(base_url, transport)
        self._slots = Slots(self._max_connections)
        register_fork_aware(self)

    def _create_factory(self) -> ChannelFactory:
        from octopus_cards._io.network import Network

        return ChannelFactory(self.base_url, httpx.HTTPTransport, Network)

    def reset_after_fork(self) -> None:
        """Leave everything of the parent's alone; the next call creates connections."""
        self._forget_parent()
        self._slots = Slots(self._max_connections)

    def send(self, send: Send) -> RawResponse:
        """Send a request once.

        Raises:
            NotSentError, OutcomeUnknownError: There was no response.
            InvalidResponseError: The body of the response cannot be read.
        """
        self._check_open(send.call)
        request = build_request(send, self.base_url)
        slot = self._slots.take(send.timeouts.pool)
        if slot is None:
            raise self._no_slot(send)
        try:
            channel = self._take_channel(send.call)
            try:
                response = self._exchange(channel, send, request)
                self._check_response(channel, send, response)
            except BaseException as error:
                self._drop(channel)
                if not isinstance(error, Exception):
                    raise
                failure = error
            else:
                self._drop(self._keep(channel))
                return response
        finally:
            self._slots.release(slot)
        raise self._mapped(failure, send, was_sent=channel.control.was_sent)

    def _exchange(self, channel: Channel, send: Send, request: httpx.Request) -> RawResponse:
        self._start(channel, send)
        response = channel.transport.handle_request(request)
        try:
            reader = BodyReader(send.call, response)
            for part in response.stream:
                reader.feed(part)
                if channel.control.is_over:
                    raise httpx.ReadTimeout("timed out")
            return reader.finish()
        finally:
            response.close()

    def _drop(self, channel: Channel | None) -> None:
        if channel is not None and channel.network is not None:
            channel.transport.close()
            channel.network.close()

    def close(self) -> None:
        """Close every connection, and end every call in flight; a second time has no effect."""
        was_closed, self._closed = self._closed, True
        while self._idle:
            self._drop(self._idle.pop())
        if self._custom_transport is not None and not was_closed and not self._is_forked:
            self._custom_transport.close()
