"""The store of topup orders: its indexes return what a walk over all orders returns, without the walk."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from octopus_cards.emulator import Emulator, EmulatorClock
from octopus_cards.emulator._areas.topup_listing import TopupFilters
from octopus_cards.emulator._areas.topup_order import FIELDS, STATUSES, StoredTopupOrder
from octopus_cards.emulator._areas.topup_store import TopupStore
from support.emulator_work import Work, serve

ORDERS = "/api/v1/topups/orders"
EVERY = 60.0


class WalkingStore:
    """A store without indexes, which walks over all orders for every request."""

    def __init__(self, now: Callable[[], datetime.datetime]) -> None:
        self.orders: dict[int, StoredTopupOrder] = {}
        self._now = now
        self._start = now()

    def put(self, shown: dict[str, Any]) -> None:
        order = self.orders.setdefault(shown["id"], StoredTopupOrder({}, [], shown["id"], {}))
        for name, value in shown.items():
            (order.fields if name in FIELDS else order.extra)[name] = value

    def newest_first(self) -> list[StoredTopupOrder]:
        every = datetime.timedelta(seconds=EVERY)
        last_report = self._start + (self._now() - self._start) // every * every
        for order in self.orders.values():
            order.advance_to(last_report)
        return [self.orders[order_id] for order_id in sorted(self.orders, reverse=True)]

    def select(self, filters: TopupFilters, offset: int, limit: int) -> tuple[list[StoredTopupOrder], int]:
        wanted = {
            "status": filters.status,
            "product_id": filters.product_id,
            "country_code": filters.country,
            "client_reference": filters.client_reference,
        }
        found = [
            order
            for order in self.newest_first()
            if all(want is None or order.fields.get(name) == want for name, want in wanted.items())
        ]
        return found[offset : offset + limit], len(found)


def some_filters(random: Random) -> TopupFilters:
    return TopupFilters(
        status=random.choice([None, *STATUSES]),
        product_id=random.choice([None, 4218, 4219, 1]),
        country=random.choice([None, "GLO", "IND", "USA"]),
        client_reference=random.choice([None, None, "A", "B", "C"]),
    )


def some_fields(random: Random) -> dict[str, Any]:
    """Return fields of an order, some of them with values that a filter cannot match."""
    choices: dict[str, list[Any]] = {
        "status": [*STATUSES, "UNKNOWN", ["PENDING"]],
        "product_id": [4218, 4219, None],
        "country_code": ["GLO", "IND", {}],
        "client_reference": ["A", "B", "C", 7, None],
        "fee": [1],
    }
    return {name: random.choice(values) for name, values in choices.items() if random.random() < 0.6}


@pytest.mark.parametrize("seed", range(40))
def test_the_indexes_return_what_a_walk_over_all_orders_returns(seed: int) -> None:
    random, clock = Random(seed), EmulatorClock()
    store = TopupStore(Random(seed), clock.now, EVERY)
    walking = WalkingStore(clock.now)
    for _ in range(150):
        action = random.choice(("add", "add", "put", "change", "remove", "refresh", "advance", "select", "select"))
        known = random.choice([*walking.orders, 9_123_000])
        if action == "add":
            times = sorted((random.uniform(0, 200), random.choice(STATUSES)) for _ in range(random.randint(0, 3)))
            order_id = store.add({"status": random.choice(STATUSES)}, times, {})
            walking.orders[order_id] = copy.deepcopy(store._orders[order_id])
        elif action in ("put", "change"):
            order_id = known if action == "change" else random.randrange(9_122_000, 9_124_000)
            fields = {"status": "PENDING"} | some_fields(random) | {"id": order_id}
            store.put(fields)
            walking.put(fields)
        elif action == "remove" and known in walking.orders:
            store.remove(known)
            del walking.orders[known]
        elif action == "refresh" and (order := store.get(known)):
            store.refresh(order)
            walking.newest_first()
            walking.orders[known].advance_to(clock.now())
        elif action == "advance":
            clock.advance(random.uniform(0, 70))
        filters, offset, limit = some_filters(random), random.choice([0, 0, 1, 5, 50]), random.choice([1, 3, 50])
        assert store.select(filters, offset, limit) == walking.select(filters, offset, limit)
        assert store.get(known) == walking.orders.get(known)


def test_the_order_of_an_unhashable_value_can_be_removed() -> None:
    store = TopupStore(Random(0), EmulatorClock().now, EVERY)
    store.put({"id": 5, "status": [1], "client_reference": {}})
    assert store.select(TopupFilters(), 0, 50)[1] == 1
    store.remove(5)
    assert store.select(TopupFilters(), 0, 50) == ([], 0)


def full_emulator(count: int) -> tuple[Emulator, int]:
    """Return an emulator with this many orders, three in four of them DELIVERED, and the id of one in the middle."""
    emulator = Emulator()
    ids = [
        emulator.add_topup_order(
            client_reference=f"REF-{number:06}",
            amount=1,
            product_id=4218,
            product_name="P",
            variant_name="V",
            currency="USD",
            input_data={"player_id": "1"},
            country_code="GLO" if number % 2 else "IND",
            delivered_after=None if number % 4 == 0 else 1.0,
        )
        for number in range(count)
    ]
    emulator.clock.advance(EVERY)
    serve(emulator, ORDERS)  # the back-channel reports once
    return emulator, ids[count // 2]


@pytest.fixture(scope="module")
def emulators() -> list[tuple[Emulator, int]]:
    return [full_emulator(20), full_emulator(10_000)]


@pytest.mark.parametrize(
    ("target", "rows"),
    [
        (f"{ORDERS}/{{order_id}}", 1),
        (f"{ORDERS}?client_reference=REF-000007", 1),
        (f"{ORDERS}?client_reference=REF-000007&status=DELIVERED&country=GLO", 1),
        (f"{ORDERS}?client_reference=NONE", 0),
        (f"{ORDERS}?per_page=3", 3),
        (f"{ORDERS}?per_page=3&page={{middle}}", 3),
        (f"{ORDERS}?per_page=3&status=DELIVERED", 3),
        (f"{ORDERS}?per_page=3&page={{half}}&status=DELIVERED", 3),
        (f"{ORDERS}?per_page=2&page={{half}}&status=PENDING&country=IND&product_id=4218", 2),
    ],
)
def test_a_request_takes_as_much_work_with_10000_orders_as_with_20(
    emulators: list[tuple[Emulator, int]], monkeypatch: pytest.MonkeyPatch, target: str, rows: int
) -> None:
    lines = []
    for (emulator, order_id), count in zip(emulators, (20, 10_000), strict=True):
        work = Work(emulator, monkeypatch).of(target.format(order_id=order_id, middle=count // 6, half=count // 4 // 3))
        assert len(work.touched) == rows
        lines.append(work.lines)
    # Page numbers and ids have more digits; an exact comparison would fail for that alone.
    assert 0 < lines[1] <= lines[0] * 1.02


def test_a_report_of_the_back_channel_touches_only_the_orders_that_change(monkeypatch: pytest.MonkeyPatch) -> None:
    emulator, _ = full_emulator(2_000)
    changing = {emulator.add_topup_order(delivered_after=after) for after in (5.0, 5.0, 500.0)}
    emulator.clock.advance(EVERY)
    work = Work(emulator, monkeypatch).of(f"{ORDERS}?client_reference=NONE")
    assert len(work.touched) == len(changing) - 1
