"""A test prepares topup orders, and the same seed gives the same account."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from octopus_cards.emulator import Emulator
from support.emulator_requests import ORDERS, ask


def test_the_same_seed_gives_the_same_responses_and_another_does_not() -> None:
    def responses(seed: int) -> list[tuple[bytes, str]]:
        emulator = Emulator(seed)
        emulator.populate(20)
        found = [ask(emulator, "GET", f"{ORDERS}?page={page}&per_page=7") for page in (1, 2, 3)]
        return [(response.content, response.headers["x-request-id"]) for response in found]

    assert responses(1) == responses(1)
    assert responses(1) != responses(2)


def test_the_same_seed_takes_the_same_time_even_with_retries() -> None:
    def elapsed() -> float:
        emulator = Emulator(seed=3)
        emulator.fail_next(503, times=3)
        with emulator.client() as client:
            client.topups.orders.page()
        return emulator.clock.monotonic()

    assert elapsed() == elapsed() > 0


def test_add_order_is_the_same_method() -> None:
    assert Emulator.add_order is Emulator.add_topup_order


def test_populated_orders_are_all_final_within_a_minute(emulator: Emulator) -> None:
    ids = emulator.populate(40)
    with pytest.raises(ValueError, match="count must be 0 or more"):
        emulator.populate(-1)
    with emulator.client() as client:
        first = {client.topups.orders.get(i).status for i in ids}
        emulator.clock.advance(60)
        later = {client.topups.orders.get(i).status for i in ids}
    assert first == {"PENDING", "DELIVERED", "FAILED", "CANCELLED"}
    assert later == {"DELIVERED", "FAILED", "CANCELLED"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"client_reference": "TAKEN"}, "client_reference must be unique, got 'TAKEN' again"),
        ({"delivered_after": -1.0}, "cannot change before it was created"),
        ({"created_at": datetime.datetime(2026, 5, 19)}, "must be aware of its offset"),  # noqa: DTZ001
    ],
)
def test_an_invalid_order_is_rejected(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    emulator.add_topup_order(client_reference="TAKEN")
    with pytest.raises(ValueError, match=message):
        emulator.add_topup_order(**options)
