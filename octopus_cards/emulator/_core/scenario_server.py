"""A server on which scenarios are played, one after the other, and which tells how far one came."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import Any

from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.emulator import Emulator
from octopus_cards.emulator._core.http_server import serving
from octopus_cards.emulator._core.responses import answer
from octopus_cards.emulator._core.scenarios import Scenario

CONTROL = "/_scenario"


class Stage:
    """Plays a scenario: `POST /_scenario/NAME` begins another, or the same anew; `GET /_scenario` tells its state.

    Args:
        name: The scenario to begin with.
        clock: The time of its emulators.

    Attributes:
        scenario: What is played.
        emulator: Who plays it.

    Raises:
        ValueError: There is no such scenario.
    """

    def __init__(self, name: str, clock: EmulatorClock | None = None) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._begin(name)

    def serve(self, port: int = 0) -> AbstractContextManager[str]:
        """A real HTTP server on loopback while the context is open; gives its base URL."""
        return serving(self.handle, port)

    def handle(self, incoming: Incoming) -> RawResponse:
        """Answers one request: the scenario's server, or this stage below `/_scenario`."""
        path = incoming.target.partition("?")[0]
        if path != CONTROL and not path.startswith(f"{CONTROL}/"):
            return self.emulator.handle(incoming)
        name = path.removeprefix(CONTROL).strip("/")
        wanted = "POST" if name else "GET"
        if incoming.method != wanted:
            return answer(405, {"message": f"{path} takes {wanted}"}, {"allow": wanted})
        with self._lock:
            try:
                if name:
                    self._begin(name)
            except ValueError as error:
                return answer(404, {"message": str(error)})
            return answer(200, self._state())

    def _begin(self, name: str) -> None:
        self.scenario = Scenario.load(name)
        self.emulator = Emulator.playing(self.scenario, clock=self._clock)

    def _state(self) -> dict[str, Any]:
        requests = [{"method": r.method, "path": r.path, "query": dict(r.query)} for r in self.emulator.requests]
        return {
            "scenario": self.scenario.name,
            "shows": self.scenario.shows,
            "calls": list(self.scenario.calls),
            "requests": requests,
        }
