"""A DEBUG log of the whole test run, searched for every secret that the run uses."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from octopus_cards.emulator._areas import auth as _auth
from octopus_cards.emulator._areas.topup_samples import CATALOGUE

# What tests hand over in private: tokens, keys, addresses; and the recipients of the emulator's orders.
GIVEN = ("emulator-token", "emulator-key", "emulator-secret", "any-token", "any-key", "any-secret", "hunter2",
         "not-the-secret", "MY-OPAQUE-TOKEN", "@example", "RECIPIENT-7")  # fmt: skip
RECIPIENTS = {value for *_, fields in CATALOGUE for value in fields.values() if value != "asia"}


class _Lines(logging.Handler):
    """Keeps every line, of whichever logger, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # vcrpy logs what it replays, and one cassette holds the documentation's own recipient.
        if not record.name.startswith("vcr."):
            self.lines.append(f"{record.name} {self.format(record)}")


@contextmanager
def searched(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[str], set[str]]]:
    """Record the log and the tokens that emulators of this process issue; fail if the log shows a token."""
    issued: set[str] = set()
    make = _auth.Auth._jwt

    def watched(self: Any, *arguments: Any) -> str:
        token = make(self, *arguments)
        issued.add(token)
        return token

    monkeypatch.setattr(_auth.Auth, "_jwt", watched)
    root, handler = logging.getLogger(), _Lines()
    root.addHandler(handler)
    before = root.level
    root.setLevel(logging.DEBUG)
    try:
        yield handler.lines, issued
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
    secrets = issued | RECIPIENTS | set(GIVEN)
    found = [line for line in handler.lines if any(secret in line for secret in secrets)]
    assert found == []
