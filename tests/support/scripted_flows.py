"""Runs a flow of the engine against a script of responses, without any I/O."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import closing
from random import Random
from typing import Any

from octopus_cards._base.clock import Clock
from octopus_cards._base.responses import RawResponse
from octopus_cards._base.timeouts import DEFAULT_TIMEOUTS
from octopus_cards._engine.effects import Emit, Invoke, Offload, Pause, Send
from octopus_cards._engine.exchange import Session
from octopus_cards._engine.journal_entries import Entry
from octopus_cards._engine.stepping import Finished, FlowStepper
from octopus_cards._session import create_session

SERVER = "https://api.example"


class MemoryJournal:
    """A journal in memory, which also keeps every entry that was ever committed."""

    def __init__(self, *entries: Entry) -> None:
        self.stored = {entry.reference: entry for entry in entries}
        self.history: list[Entry] = []

    def update(self, reference: str, change: Callable[[Entry | None], Entry | None]) -> Entry | None:
        changed = change(self.stored.get(reference))
        if changed is not None:
            self.stored[reference] = changed
            self.history.append(changed)
        return self.stored.get(reference)

    def entries(self, state: str | None = None) -> Iterable[Entry]:
        return [entry for entry in self.stored.values() if state in (None, entry.state)]


def session(clock: Clock, *, attempts: int = 1, deadline: float | None = 60.0) -> Session:
    """Return a session with a token, whose jitter is repeatable."""
    options: dict[str, Any] = {"timeout": DEFAULT_TIMEOUTS, "random": Random(0), "on_retry": None}
    return create_session("token", SERVER, attempts=attempts, deadline=deadline, clock=clock, **options)


def run(flow: Any, clock: Any, respond: Callable[[Send], RawResponse]) -> Any:
    """Return the result of a flow; of a stream, the list of what it emits."""
    emitted: list[Any] = []
    with closing(flow):
        stepper = FlowStepper(flow)
        while not isinstance(effect := stepper.next(), Finished):
            if isinstance(effect, Emit):
                emitted.append(effect.item)
                stepper.succeeded(None)
                continue
            try:
                stepper.succeeded(_perform(effect, clock, respond))
            except Exception as error:
                stepper.failed(error)
    return emitted if effect.result is None and emitted else effect.result


def _perform(effect: Any, clock: Any, respond: Callable[[Send], RawResponse]) -> Any:
    match effect:
        case Send():
            return respond(effect)
        case Pause(seconds):
            return clock.sleep(seconds)
        case Invoke(function, arguments) | Offload(function, arguments):
            return function(*arguments)
        case _:
            raise AssertionError(effect)


def json_answer(status: int, body: Any) -> RawResponse:
    """Return a response with a JSON body."""
    return RawResponse(status, {"content-type": "application/json"}, json.dumps(body).encode())


def error_answer(status: int, code: str, message: str) -> RawResponse:
    """Return a response with the error envelope."""
    return json_answer(status, {"error": {"name": "Name", "code": code, "message": message}})
