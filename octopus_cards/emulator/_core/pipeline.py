"""The path of a request from its arrival to its response."""

from __future__ import annotations

import threading
from collections.abc import Callable
from email.utils import format_datetime
from random import Random
from urllib.parse import parse_qsl

from octopus_cards._base.request_ids import ksuid
from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import ConnectionFault, Incoming
from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.faults import Fault, next_fault
from octopus_cards.emulator._core.request_log import ReceivedRequest

# A server that runs for weeks must not keep every request.
MAX_REQUESTS = 20_000


class RequestPipeline:
    """Logs each request, applies the faults, and has the server respond, one request at a time.

    Args:
        respond: The server: returns the response to a request.
        clock: The time of arrival.
        random: The source of request ids.

    Attributes:
        requests: The received requests, in order.
        faults: The faults for the next requests.
        lock: Held while the state of the account is read or changed.
    """

    def __init__(self, respond: Callable[[ReceivedRequest], RawResponse], clock: EmulatorClock, random: Random) -> None:
        self.requests: list[ReceivedRequest] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self._respond = respond
        self._clock = clock
        self._random = random

    def handle(self, incoming: Incoming) -> RawResponse:
        """Respond to one request.

        Raises:
            ConnectionFault: A fault makes the connection fail.
        """
        with self.lock:
            request = self._received(incoming)
            fault = next_fault(self.faults, request)
            if fault and fault.not_sent:
                raise ConnectionFault(fault.connection or "")
            self.requests.append(request)
            if len(self.requests) > MAX_REQUESTS:
                del self.requests[: MAX_REQUESTS // 10]
            response = self._response(request, fault)
            if fault and fault.then:
                fault.then()
            common = {"date": format_datetime(request.at, usegmt=True), "x-request-id": self._request_id(request)}
        if fault and fault.connection:
            raise ConnectionFault(fault.connection)
        return RawResponse(response.status_code, common | dict(response.headers), response.content)

    def _response(self, request: ReceivedRequest, fault: Fault | None) -> RawResponse:
        """Execute the request unless the fault prevents it, and return the response of the fault or the server."""
        scripted = fault.response if fault else None
        if fault is None or scripted is None or fault.executed:
            executed = self._respond(request)
            return scripted or executed
        return scripted

    def _received(self, incoming: Incoming) -> ReceivedRequest:
        path, _, query_text = incoming.target.partition("?")
        headers = {name.lower(): value for name, value in incoming.headers.items()}
        query = dict(parse_qsl(query_text, keep_blank_values=True))
        return ReceivedRequest(incoming.method, path, query, headers, incoming.body, self._clock.now())

    def _request_id(self, request: ReceivedRequest) -> str:
        sent = request.headers.get("x-request-id", "")
        return sent if 0 < len(sent) < 64 else ksuid(request.at, self._random)
