"""What happens to a request between its arrival and the answer."""

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


class Handling:
    """Writes requests down, lets those fail that shall, and has the others answered, one at a time.

    Attributes:
        requests: What came, in order.
        faults: What shall happen to the next ones.
        lock: Held while something of the account is read or changed.
    """

    def __init__(self, answer: Callable[[ReceivedRequest], RawResponse], clock: EmulatorClock, random: Random) -> None:
        self.requests: list[ReceivedRequest] = []
        self.faults: list[Fault] = []
        self.lock = threading.RLock()
        self._answer = answer
        self._clock = clock
        self._random = random

    def handle(self, incoming: Incoming) -> RawResponse:
        """Answers one request.

        Raises:
            ConnectionFault: A fault says that no answer shall come.
        """
        path, _, query_text = incoming.target.partition("?")
        headers = {name.lower(): value for name, value in incoming.headers.items()}
        query = dict(parse_qsl(query_text, keep_blank_values=True))
        with self.lock:
            request = ReceivedRequest(incoming.method, path, query, headers, incoming.body, self._clock.now())
            fault = next_fault(self.faults, request)
            if fault and fault.not_sent:
                raise ConnectionFault(fault.connection or "")
            self.requests.append(request)
            answer = fault.answer if fault and fault.answer else self._answer(request)
            if fault and fault.then:
                fault.then()
            own = {"date": format_datetime(request.at, usegmt=True), "x-request-id": self._request_id(request)}
        if fault and fault.connection:
            raise ConnectionFault(fault.connection)
        return RawResponse(answer.status_code, own | dict(answer.headers), answer.content)

    def _request_id(self, request: ReceivedRequest) -> str:
        given = request.headers.get("x-request-id", "")
        return given if 0 < len(given) < 64 else ksuid(request.at, self._random)
