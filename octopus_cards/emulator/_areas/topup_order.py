"""A topup order as the server stores it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FINAL = frozenset({"DELIVERED", "FAILED", "CANCELLED"})
# Documented: a failed order is refunded, and the e-mail about a cancellation confirms a refund.
REFUNDED = frozenset({"FAILED", "CANCELLED"})
STATUSES = ("PENDING", "DELIVERED", "FAILED", "CANCELLED", "RECHARGED")
# In the order of the documentation, which is the order on the wire.
FIELDS = (
    "id",
    "client_reference",
    "product_id",
    "product_name",
    "variant_name",
    "country_code",
    "amount",
    "currency",
    "status",
    "status_text",
    "failure_code",
    "failure_reason",
    "is_user_fixable",
    "transaction_id",
    "input_data",
    "created_at",
    "completed_at",
)
_STATUS_TEXTS: Mapping[str, str] = {
    "PENDING": "Order submitted for fulfilment",
    "DELIVERED": "Top-up delivered",
    "FAILED": "Top-up failed",
    "CANCELLED": "Order cancelled",
}


def default_text(status: str) -> str:
    """Return the usual `status_text` of a status."""
    return _STATUS_TEXTS.get(status, status.capitalize())


@dataclass(frozen=True, slots=True)
class Transition:
    """A status that fulfilment reaches at this time. The stored order learns of it later."""

    at: datetime.datetime
    status: str


def transition_times(
    transitions: Iterable[tuple[float, str]], final: Mapping[str, float | None]
) -> Sequence[tuple[float, str]]:
    """Return all status changes of an order as (seconds after its creation, status), in order of time.

    Raises:
        ValueError: A change precedes the creation.
    """
    times = [*transitions, *((after, status) for status, after in final.items() if after is not None)]
    if any(after < 0 for after, _ in times):
        raise ValueError(f"an order cannot change before it was created, got {times}")
    return sorted(times)


@dataclass(slots=True)
class StoredTopupOrder:
    """An order: its stored fields, and the transitions that fulfilment has yet to report.

    Attributes:
        fields: The documented fields, by name.
        transitions: The unreported transitions, in order of time.
        transaction_id: The wallet transaction, which responses show once the order has left PENDING.
        extra: Fields that are not documented.
        failure: The failure fields, which responses show once the order has failed.
        email: The notification e-mail address.
    """

    fields: dict[str, Any]
    transitions: list[Transition]
    transaction_id: int
    extra: dict[str, Any]
    failure: Mapping[str, Any] = field(default_factory=dict[str, Any])
    email: str | None = None

    @property
    def id(self) -> int:
        """The order's id."""
        return int(self.fields["id"])

    @property
    def final(self) -> bool:
        """Whether the stored status is final."""
        return self.fields["status"] in FINAL

    def advance_to(self, moment: datetime.datetime) -> Sequence[str]:
        """Store the transitions that fulfilment has reached by this moment, and return their statuses."""
        statuses: list[str] = []
        while self.transitions and self.transitions[0].at <= moment:
            reached = self.transitions.pop(0)
            self.set_status(reached.status, default_text(reached.status), reached.at)
            statuses.append(reached.status)
        return statuses

    def set_status(self, status: str, text: str, at: datetime.datetime) -> None:
        """Store a status that was reached at this time."""
        self.fields |= {"status": status, "status_text": text}
        if status != "PENDING":
            self.fields.setdefault("transaction_id", self.transaction_id)
        if status == "FAILED":
            self.fields |= self.failure
        if status in FINAL:
            self.fields["completed_at"] = at

    def to_json(self, *, detail: bool) -> dict[str, Any]:
        """Return the JSON object of a response; only that of a single order (`detail`) contains `input_data`."""
        names = (*FIELDS, *self.extra)
        values = self.fields | self.extra
        if not detail:
            names = tuple(name for name in names if name != "input_data")
        return {name: json_value(values[name]) for name in names if values.get(name) is not None}


def json_value(value: Any) -> Any:
    """Return a value as JSON has it: a time as RFC 3339 in UTC, anything else as it is."""
    if isinstance(value, datetime.datetime):
        moment = value.astimezone(datetime.UTC)
        return moment.isoformat(timespec="seconds" if not moment.microsecond else "auto").replace("+00:00", "Z")
    return value
