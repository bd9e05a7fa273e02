"""Any body of a creation gets a JSON response, a refusal costs nothing, and each one takes the same work."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator import Emulator
from support.emulator_requests import ORDERS
from support.emulator_work import Work, serve

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2)
)
INPUT = st.dictionaries(st.sampled_from(["player_id", "server", "phone_number", "\ud800"]), st.text() | VALUES)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "product_id": st.sampled_from([4218, 4219]) | VALUES,
        "amount": st.sampled_from([4.99, 0.99, 200, 299, 1e300]) | VALUES,
        "category": st.sampled_from(["Airtime", "Data"]) | VALUES,
        "input_data": INPUT | VALUES,
        "client_reference": VALUES,
        "wallet_id": st.sampled_from([301, 302]) | VALUES,
        "mobile_number": VALUES,
    },
)
PATHS = st.sampled_from([ORDERS, "/api/v1/topups/charges", "/api/v1/topups/lookup"])
ORDER = b'{"product_id": 4218, "amount": 4.99, "input_data": {"player_id": "1"}, "client_reference": "%s"}'


@given(path=PATHS, body=BODIES | VALUES)
@example(path=ORDERS, body={"product_id": 4218, "amount": 4.99, "input_data": {"player_id": "\ud800"}})
@example(path=ORDERS, body={"product_id": 4218, "amount": 4.99, "input_data": {"\ud800": "1", "player_id": "1"}})
def test_any_body_gets_a_response_and_only_an_accepted_one_costs_money(path: str, body: Any) -> None:
    emulator = Emulator(limits=None)
    headers = {"authorization": f"Bearer {emulator.token}"}
    response = emulator.handle(Incoming("POST", path, headers, json.dumps(body).encode()))
    assert response.status_code in (200, 400, 404)
    json.loads(response.content)
    assert len(emulator.transactions) == (path == ORDERS and response.status_code == 200)


@pytest.mark.parametrize(
    "body",
    [
        b'{"product_id": 4218, "amount": 4.99' + b"0" * 1000 + b"1}",
        b'{"product_id": 4219, "amount": 20.' + b"0" * 1000 + b"1}",
        b'{"product_id": 4219, "amount": 1' + b"0" * 4000 + b"}",
        b'{"product_id": 4219, "amount": 1' + b"0" * 5000 + b"}",
        b'{"product_id": 4219, "amount": 1e-999999}',
        b'{"product_id": 4219, "amount": NaN}',
        b'{"product_id": 4219, "input_data": ' + b"[" * 100_000 + b"}",
    ],
)
def test_a_number_of_any_length_is_refused(emulator: Emulator, body: bytes) -> None:
    headers = {"authorization": f"Bearer {emulator.token}"}
    assert emulator.handle(Incoming("POST", ORDERS, headers, body)).status_code == 400


def test_a_creation_takes_as_much_work_with_2000_orders_as_with_20(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = []
    for count in (20, 2000):
        emulator = Emulator(limits=None)
        emulator.plan_next_order(times=count + 1)
        for number in range(count):
            serve(emulator, ORDERS, ORDER % f"REF-{number:06}".encode())
        emulator.clock.advance(60)
        work = Work(emulator, monkeypatch).of(ORDERS, ORDER % b"REF-999999")
        assert len(work.touched) == 1
        lines.append(work.lines)
    assert 0 < lines[1] <= lines[0] * 1.02
