"""The work that serving a request takes, counted instead of timed."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator import Emulator
from octopus_cards.emulator._areas.topup_order import StoredTopupOrder


def serve(emulator: Emulator, target: str, body: bytes | None = None) -> None:
    """Serve a GET, or a POST of this body, with the same request id each time, which takes no work to generate."""
    headers = {"authorization": f"Bearer {emulator.token}", "x-request-id": "the-same"}
    method = "GET" if body is None else "POST"
    assert emulator.handle(Incoming(method, target, headers, body or b"")).status_code == 200


class Work:
    """What serving a request takes: the orders that it touches, and the lines that it executes."""

    def __init__(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        self._emulator = emulator
        self._monkeypatch = monkeypatch
        self.touched: set[int] = set()
        self.lines = 0

    def of(self, target: str, body: bytes | None = None) -> Work:
        """Serve a request as `serve` does and measure it."""
        self.touched, self.lines = set(), 0

        def touch(order: StoredTopupOrder, name: str) -> Any:
            self.touched.add(id(order))
            return object.__getattribute__(order, name)

        before = sys.gettrace()
        with self._monkeypatch.context() as patch:
            patch.setattr(StoredTopupOrder, "__getattribute__", touch)
            sys.settrace(self._trace)
            try:
                serve(self._emulator, target, body)
            finally:
                sys.settrace(before)
        return self

    def _trace(self, frame: FrameType, event: str, _: Any) -> Any:
        self.lines += event == "line"
        return self._trace
