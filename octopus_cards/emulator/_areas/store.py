"""The orders that an emulator has stored, and what becomes of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

FINAL = frozenset({"DELIVERED", "FAILED", "CANCELLED"})
STATUSES = ("PENDING", "DELIVERED", "FAILED", "CANCELLED", "RECHARGED")
TEXTS: Mapping[str, str] = {
    "PENDING": "Order submitted for fulfilment",
    "DELIVERED": "Top-up delivered",
    "FAILED": "Top-up failed",
    "CANCELLED": "Order cancelled",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A status that fulfilment reaches at a time of its own, seen here only later."""

    at: datetime.datetime
    status: str
    text: str


@dataclass(slots=True)
class StoredOrder:
    """An order: the fields as they are stored, and the steps that fulfilment will take."""

    fields: dict[str, Any]
    steps: list[Step]
    transaction_id: int
    extra: dict[str, Any]
    email: str | None = None

    @property
    def id(self) -> int:
        """The order's id."""
        return int(self.fields["id"])

    @property
    def final(self) -> bool:
        """Whether the stored status is one that does not change any more."""
        return self.fields["status"] in FINAL

    def take_steps(self, until: datetime.datetime) -> None:
        """Stores what fulfilment has reached by then."""
        while self.steps and self.steps[0].at <= until:
            step = self.steps.pop(0)
            self.enter(step.status, step.text, step.at)

    def enter(self, status: str, text: str, at: datetime.datetime) -> None:
        """Stores a status."""
        self.fields |= {"status": status, "status_text": text}
        if status != "PENDING":
            self.fields.setdefault("transaction_id", self.transaction_id)
        if status in FINAL:
            self.fields["completed_at"] = at

    def shown(self, *, alone: bool) -> dict[str, Any]:
        """The JSON object, in the order of the documentation; `input_data` only where an order stands alone."""
        names = (*ORDER_OF_FIELDS, *self.extra)
        known = self.fields | self.extra
        if not alone:
            names = tuple(name for name in names if name != "input_data")
        return {name: _wire(known[name]) for name in names if known.get(name) is not None}


ORDER_OF_FIELDS = (
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
    "transaction_id",
    "input_data",
    "created_at",
    "completed_at",
)


def _wire(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        moment = value.astimezone(datetime.UTC)
        return moment.isoformat(timespec="seconds" if not moment.microsecond else "auto").replace("+00:00", "Z")
    return value


# Its columns are _PRODUCT_FIELDS.
CATALOGUE: tuple[tuple[int, str, str, str, Decimal, str, dict[str, str]], ...] = (
    (4218, "PUBG Mobile UC", "325 UC", "GLO", Decimal("4.7405"), "USD", {"player_id": "5123456789", "server": "asia"}),
    (4218, "PUBG Mobile UC", "60 UC", "GLO", Decimal("0.9405"), "USD", {"player_id": "5123456789", "server": "asia"}),
    (4219, "Airtel India", "Airtime 200", "IND", Decimal(200), "INR", {"phone_number": "+910000000000"}),
    (
        4231,
        "Vi (Vodafone Idea) India",
        "1 GB / 28 days",
        "IND",
        Decimal("98.5000"),
        "INR",
        {"phone_number": "+910000000001"},
    ),
)


def all_steps(life: Iterable[tuple[float, str]], endings: Mapping[str, float | None]) -> list[tuple[float, str]]:
    """The course of an order, as (seconds after its creation, status)."""
    steps = [*life, *((after, ending) for ending, after in endings.items() if after is not None)]
    if any(after < 0 for after, _ in steps):
        raise ValueError(f"an order cannot change before it was created, got {steps}")
    return steps


def past_orders(count: int, random: Random, now: datetime.datetime) -> Iterator[dict[str, Any]]:
    """So many orders, one each seven minutes of the past; most end soon after, some within the next minute."""
    for number in range(1, count + 1):
        ago = datetime.timedelta(minutes=7 * (count - number + 1))
        ending = random.choices(("DELIVERED", "FAILED", "CANCELLED", None), (16, 2, 1, 1))[0]
        after = float(random.randint(3, 40))
        life = [(after, ending)] if ending else [(ago.total_seconds() + after, "DELIVERED")]
        yield {"created_at": now - ago, "life": life, "client_reference": f"ORDER-{number:05}"}


class Store:
    """All orders of one account, by id."""

    def __init__(self, random: Random, now: Callable[[], datetime.datetime], back_channel_every: float) -> None:
        self._random = random
        self._now = now
        self._every = back_channel_every
        self._began = now()
        self._orders: dict[int, StoredOrder] = {}
        self._last_id = 9123000

    def add(self, given: Mapping[str, Any], life: list[tuple[float, str]], extra: Mapping[str, Any]) -> int:
        """Stores a new order on top of the list and returns its id."""
        reference = given.get("client_reference")
        if reference is not None and any(o.fields.get("client_reference") == reference for o in self._orders.values()):
            raise ValueError(f"client_reference must be unique, got {reference!r} again")
        product = dict(zip(_PRODUCT_FIELDS, self._random.choice(CATALOGUE), strict=True))
        self._last_id += self._random.randint(1, 24)
        fields: dict[str, Any] = product | {"created_at": self._now()}
        fields |= {name: value for name, value in given.items() if value is not None}
        order = StoredOrder(fields | {"id": self._last_id}, [], self._last_id - 1_722_332, dict(extra))
        created: datetime.datetime = fields["created_at"]
        status: str = fields["status"]
        order.enter(status, fields.get("status_text") or TEXTS.get(status, status.capitalize()), created)
        for after, later in sorted(life):
            at = created + datetime.timedelta(seconds=after)
            order.steps.append(Step(at, later, TEXTS.get(later, later.capitalize())))
        self._orders[order.id] = order
        return order.id

    def put(self, shown: Mapping[str, Any]) -> None:
        """Stores an order as it is shown, in its place by id; of one that is there, the fields that are given."""
        order_id = int(shown["id"])
        order = self._orders.get(order_id) or StoredOrder({}, [], order_id, {})
        for name, value in shown.items():
            (order.fields if name in ORDER_OF_FIELDS else order.extra)[name] = value
        self._orders = dict(sorted({**self._orders, order_id: order}.items()))
        self._last_id = max(self._last_id, order_id)

    def remove(self, order_id: int) -> None:
        """Forgets an order."""
        del self._orders[order_id]

    def newest_first(self) -> Iterator[StoredOrder]:
        """All orders as they are stored, after what the back-channel has brought by now."""
        every = datetime.timedelta(seconds=self._every)
        last_report = self._began + (self._now() - self._began) // every * every
        for order in self._orders.values():
            order.take_steps(last_report)
        return reversed(self._orders.values())

    def get(self, order_id: int) -> StoredOrder | None:
        """An order as it is stored."""
        return next((order for order in self.newest_first() if order.id == order_id), None)

    def refresh(self, order: StoredOrder) -> None:
        """Asks fulfilment about an order and stores what it says."""
        order.take_steps(self._now())


_PRODUCT_FIELDS = ("product_id", "product_name", "variant_name", "country_code", "amount", "currency", "input_data")
