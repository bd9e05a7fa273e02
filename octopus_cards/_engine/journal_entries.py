"""Placeholder: replaced by the journal's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct


class State(StrEnum):
    INTENT = "INTENT"
    SENDING = "SENDING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"
    CLAIMED = "CLAIMED"
    REVIEW = "REVIEW"


class Entry(Struct, frozen=True):
    reference: str
    state: State
    operation: str
    request: Mapping[str, Any]
    fingerprint: str
    private: bytes | None = None
    sends: int = 0
    in_doubt: bool = False
    owner: str = ""
    lease_until: float = 0.0
    order_id: int | None = None
    note: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0


class JournalStore(Protocol):
    def update(self, reference: str, change: Callable[[Entry | None], Entry | None]) -> Entry | None: ...

    def entries(self, state: State | str | None = None) -> Iterable[Entry]: ...
