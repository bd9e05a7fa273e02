"""A server for the test suites of other languages: it runs scenarios on demand and reports the requests it received."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import Any

from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.http_server import serving
from octopus_cards.emulator._core.responses import json_response
from octopus_cards.emulator._emulator import Emulator
from octopus_cards.emulator._scenarios import Scenario

CONTROL = "/_scenario"


class ScenarioServer:
    """Runs one scenario at a time.

    `POST /_scenario/NAME` starts a scenario, or restarts the current one. `GET /_scenario` returns the current
    scenario with its calls and the requests received so far.

    Args:
        name: The first scenario.
        clock: The clock of its emulators.

    Attributes:
        scenario: The current scenario.
        emulator: The emulator that runs it.

    Raises:
        ValueError: There is no such scenario.
    """

    def __init__(self, name: str, clock: EmulatorClock | None = None) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._start(name)

    def serve(self, port: int = 0) -> AbstractContextManager[str]:
        """Serve over HTTP on loopback while the context is open; the context value is the base URL."""
        return serving(self.handle, port)

    def handle(self, incoming: Incoming) -> RawResponse:
        """Respond to one request: below `/_scenario` itself, elsewhere through the emulator."""
        path = incoming.target.partition("?")[0]
        if path != CONTROL and not path.startswith(f"{CONTROL}/"):
            return self.emulator.handle(incoming)
        name = path.removeprefix(CONTROL).strip("/")
        allowed = "POST" if name else "GET"
        if incoming.method != allowed:
            return json_response(405, {"message": f"{path} supports only {allowed}"}, {"allow": allowed})
        with self._lock:
            return self._control(name)

    def _control(self, name: str) -> RawResponse:
        try:
            if name:
                self._start(name)
        except ValueError as error:
            return json_response(404, {"message": str(error)})
        return json_response(200, self._state())

    def _start(self, name: str) -> None:
        self.scenario = Scenario.load(name)
        self.emulator = Emulator.from_scenario(self.scenario, clock=self._clock)

    def _state(self) -> dict[str, Any]:
        requests = [{"method": r.method, "path": r.path, "query": dict(r.query)} for r in self.emulator.requests]
        return {
            "scenario": self.scenario.name,
            "summary": self.scenario.summary,
            "calls": list(self.scenario.calls),
            "requests": requests,
        }
