"""The documented rate limits hold in every 60 seconds, for each class on its own."""

from __future__ import annotations

import datetime
from random import Random
from typing import Any

import pytest

from octopus_cards.emulator import Emulator
from octopus_cards.emulator._areas.documented_limits import LimitsName
from octopus_cards.emulator._core.limits import RateLimiter
from octopus_cards.emulator._core.responses import ErrorResponse
from support.emulator_requests import ORDERS, ask, error, gaming_order

START = datetime.datetime(2026, 5, 19, tzinfo=datetime.UTC)
CHARGES = "/api/v1/topups/charges"
PRODUCTS = "/api/v1/topups/products"
KEYS = {"username": "emulator-key", "password": "emulator-secret"}


def status(emulator: Emulator, method: str, path: str) -> int:
    body: Any = {"json": gaming_order() if "topups" in path else KEYS} if method == "POST" else {}
    return int(ask(emulator, method, path, **body).status_code)


@pytest.mark.parametrize(
    ("method", "path", "production", "sandbox"),
    [
        ("GET", ORDERS, 300, 600),
        ("POST", ORDERS, 60, 120),
        ("POST", CHARGES, 120, 300),
        ("POST", "/auth/login", 10, 30),
        ("POST", "/auth/refresh", 20, 30),
    ],
)
@pytest.mark.parametrize("limits", ["production", "sandbox"])
def test_each_class_has_its_documented_limit(
    limits: LimitsName, method: str, path: str, production: int, sandbox: int
) -> None:
    emulator, limit = Emulator(limits=limits), production if limits == "production" else sandbox
    assert 429 not in {status(emulator, method, path) for _ in range(limit)}
    assert status(emulator, method, path) == 429
    emulator.clock.advance(59.999)
    assert status(emulator, method, path) == 429
    emulator.clock.advance(0.001)
    assert status(emulator, method, path) != 429


def test_production_is_the_default_and_none_turns_the_limits_off() -> None:
    default, free = Emulator(), Emulator(limits=None)
    assert [status(default, "POST", CHARGES) for _ in range(121)][-1] == 429
    assert {status(free, "POST", CHARGES) for _ in range(301)} == {200}
    with pytest.raises(ValueError, match="limits must be one of production, sandbox or None, got 'staging'"):
        Emulator(limits="staging")  # type: ignore[arg-type]


def test_a_scenario_has_no_limits() -> None:
    emulator = Emulator.from_scenario("smoke")
    assert 429 not in {status(emulator, "POST", "/auth/login") for _ in range(11)}


def test_all_reads_share_a_limit_and_nothing_else_does(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order()
    paths = (ORDERS, f"{ORDERS}/{order_id}", PRODUCTS, f"{PRODUCTS}/4218", f"{PRODUCTS}/4218/variants")
    reads = [*paths, "/api/v1/topups/variants/88413"]
    assert {status(emulator, "GET", path) for path in reads * 50} == {200}
    assert {status(emulator, "GET", path) for path in reads} == {429}
    assert status(emulator, "POST", ORDERS) == status(emulator, "POST", CHARGES) == 200
    email = f"{ORDERS}/{order_id}/notification-email"
    assert {ask(emulator, "PATCH", email, json={"email": "a@example.com"}).status_code for _ in range(301)} == {200}
    lookup = "/api/v1/topups/lookup"
    looked_up = {ask(emulator, "POST", lookup, json={"mobile_number": "+918879685100"}).status_code for _ in range(301)}
    assert looked_up == {200}


def test_a_429_says_how_long_to_wait_and_waiting_that_long_helps(emulator: Emulator) -> None:
    for _ in range(60):
        status(emulator, "POST", ORDERS)
        emulator.clock.advance(0.31)
    refused = ask(emulator, "POST", ORDERS, json=gaming_order())
    message = "Rate limit exceeded. Retry after 42 seconds."
    assert (refused.headers["retry-after"], error(refused)) == (
        "42",
        (429, "TooManyRequestsError", "TOO_MANY_REQUESTS", message),
    )
    emulator.clock.advance(42)
    assert status(emulator, "POST", ORDERS) == 200
    assert len(emulator.transactions) == 61


@pytest.mark.parametrize("seed", range(20))
def test_no_60_seconds_admit_more_than_the_limit_and_none_less_than_possible(seed: int) -> None:
    random, now, limit = Random(seed), START, 7
    limiter = RateLimiter({"read": limit}, lambda: now)
    admitted: list[datetime.datetime] = []
    for _ in range(600):
        now += datetime.timedelta(seconds=random.choice([0, 0, 0.5, 3, 20, 59.5, 60]))
        in_window = sum(at > now - datetime.timedelta(seconds=60) for at in admitted)
        try:
            limiter.admit("read")
        except ErrorResponse:
            assert in_window == limit
        else:
            assert in_window < limit
            admitted.append(now)
    assert len(limiter._admitted["read"]) <= limit
