"""Entries of the order journal, and what a store of them must do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct


class State(StrEnum):
    """What the journal knows about an order.

    Attributes:
        INTENT: The intent is committed, and nothing was sent.
        SENDING: A request may be on its way.
        ACCEPTED: The order exists; its id is `order_id`.
        REJECTED: Nothing was ordered: the server refused the order, or its price was above `max_debit`.
        UNKNOWN: A request was sent, and its outcome is unknown.
        CLAIMED: `recover()` works on the entry.
        REVIEW: A person must look at the entry.
    """

    INTENT = "INTENT"
    SENDING = "SENDING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"
    CLAIMED = "CLAIMED"
    REVIEW = "REVIEW"


class Entry(Struct, frozen=True):
    """An order in the journal. Its repr leaves out `private`.

    Attributes:
        reference: The client_reference of the order: the key of the entry.
        state: What is known about the order.
        operation: The name of the operation of the contract, e.g. `create_topup_order`.
        request: The public arguments: JSON values, with numbers as int or Decimal.
        fingerprint: A short salted fingerprint of the private arguments.
        server: The base URL of the server that the order was meant for.
        private: The private arguments (data of the recipient) as JSON. A store keeps them only encrypted.
        sends: How many times a request was started.
        in_doubt: Whether an earlier request may have been accepted.
        owner: The process that works on the entry.
        lease_until: The Unix time until which the owner is presumed alive.
        order_id: The id of the order, once it is known.
        note: Why the order was rejected or needs a review; for people.
        created_at: The Unix time at which the caller created the entry.
        updated_at: The Unix time at which the caller last changed it.
    """

    reference: str
    state: State
    operation: str
    request: Mapping[str, Any]
    fingerprint: str
    server: str = ""
    private: bytes | None = None
    sends: int = 0
    in_doubt: bool = False
    owner: str = ""
    lease_until: float = 0.0
    order_id: int | None = None
    note: str = ""
    created_at: float = 0.0
    updated_at: float = 0.0

    def __repr__(self) -> str:
        return f"Entry({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name != "private"]


class JournalStore(Protocol):
    """A journal of orders: `Journal`, or a class of yours that keeps the entries in your own database."""

    def update(self, reference: str, change: Callable[[Entry | None], Entry | None]) -> Entry | None:
        """Replace the entry with this reference by what `change` returns, and commit before returning.

        The replacement is atomic: no other update of the reference runs between the read and the commit.

        Args:
            reference: The reference of the entry.
            change: Receives the current entry, or None if there is none, and returns the new one. If it returns None
                or raises an exception, everything stays as it is; the exception propagates. It may run more than once.

        Returns:
            The entry as it is stored afterwards; None if there is none.
        """
        ...

    def entries(self, state: State | str | None = None) -> Iterable[Entry]:
        """Return the entries, or those in one state, oldest first."""
        ...
