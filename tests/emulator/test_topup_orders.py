"""The operations on topup orders behave as documented and are no more convenient."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from octopus_cards.emulator import Assumptions, Emulator
from support import contract
from support.emulator_requests import ORDERS, ask, error, invalid, place


def test_the_token_is_checked_first(emulator: Emulator) -> None:
    unauthorized = (401, "UnauthorizedError", "UNAUTHORIZED", "Authentication required")
    assert error(ask(emulator, "GET", ORDERS, token=None)) == unauthorized
    assert error(ask(emulator, "GET", ORDERS, token=None, headers={"authorization": "Basic abc"})) == unauthorized
    assert error(ask(emulator, "GET", f"{ORDERS}/x", token="wrong"))[:3] == unauthorized[:3]
    assert ask(emulator, "GET", ORDERS).status_code == 200
    assert (
        ask(emulator, "GET", ORDERS, token=None, headers={"authorization": "bearer emulator-token"}).status_code == 200
    )


@pytest.mark.parametrize("order_id", ["abc", "1.5", "", " ", "9" * 20, str(2**63), "0x1", "１"])
def test_an_id_that_is_not_an_integer_is_rejected_as_documented(emulator: Emulator, order_id: str) -> None:
    path = f"{ORDERS}/{order_id}"
    assert error(ask(emulator, "GET", path)) == invalid("Invalid order ID")
    assert error(ask(emulator, "PATCH", f"{path}/notification-email", json={})) == invalid("Invalid order ID")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", "email is required"),
        (b'{"email": ""}', "email is required"),
        (b'{"email": null}', "email is required"),
        (json.dumps({"email": "a@" + "b" * 253}).encode(), "email is too long (max 254 characters)"),
        (b"", "Invalid request body"),
        (b"[]", "Invalid request body"),
        (b'{"email": 5}', "Invalid request body"),
        (b"\xff", "Invalid request body"),
    ],
)
def test_an_address_is_rejected_as_documented(emulator: Emulator, body: bytes, message: str) -> None:
    order_id = emulator.add_topup_order()
    assert error(ask(emulator, "PATCH", f"{ORDERS}/{order_id}/notification-email", content=body)) == invalid(message)


def test_undocumented_behaviour_is_a_setting() -> None:
    emulator = Emulator(assumptions=Assumptions(out_of_range="clamp", success_status=201))
    emulator.populate(3)
    response = ask(emulator, "GET", f"{ORDERS}?page=0&per_page=501")
    assert (response.status_code, response.headers["x-page"], response.headers["x-per-page"]) == (201, "1", "500")
    assert error(ask(emulator, "GET", f"{ORDERS}/1")) == (404, "NotFoundError", "NOT_FOUND", "Order not found")
    refused = ask(emulator, "DELETE", ORDERS)
    assert (error(refused)[0], refused.headers["allow"]) == (405, "GET, POST")
    assert error(ask(emulator, "GET", "/api/v2/topups/orders"))[0] == 404
    assert error(ask(emulator, "GET", "/9123456"))[0] == 404


def test_a_filter_returns_the_matching_orders(emulator: Emulator) -> None:
    emulator.populate(60)
    for query, field, value in (("product_id=4219", "product_id", 4219), ("country=IND", "country_code", "IND")):
        found = ask(emulator, "GET", f"{ORDERS}?{query}&per_page=500").json()
        assert 0 < len(found) < 60
        assert {order[field] for order in found} == {value}


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "per_page=501",
        "per_page=0",
        "product_id=0",
        "status=pending",
        "country=in",
        "client_reference=",
    ],
)
def test_a_parameter_out_of_bounds_is_rejected(emulator: Emulator, query: str) -> None:
    assert error(ask(emulator, "GET", f"{ORDERS}?{query}")) == invalid(f"Invalid {query.split('=', maxsplit=1)[0]}")


def test_the_address_is_locked_once_the_order_is_final(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order(delivered_after=5.0)
    path = f"{ORDERS}/{order_id}/notification-email"
    assert ask(emulator, "PATCH", path, json={"email": "a@b"}).json()["success"] is True
    emulator.clock.advance(5)
    assert ask(emulator, "PATCH", path, json={"email": "a@b"}).status_code == 200  # the stored order is still PENDING
    ask(emulator, "GET", f"{ORDERS}/{order_id}")
    assert error(ask(emulator, "PATCH", path, json={"email": "a@b"}))[2] == "BAD_REQUEST"


def test_paging_is_in_the_headers(emulator: Emulator) -> None:
    ids = emulator.populate(7)
    response = ask(emulator, "GET", f"{ORDERS}?page=3&per_page=3")
    assert [order["id"] for order in response.json()] == [ids[0]]
    paging = {
        name: value for name, value in response.headers.items() if name.startswith("x-") and name != "x-request-id"
    }
    assert paging == {
        "x-page": "3",
        "x-per-page": "3",
        "x-total-count": "7",
        "x-total-pages": "3",
        "x-page-size": "1",
        "x-has-more": "false",
    }
    assert ask(emulator, "GET", f"{ORDERS}?page=1&per_page=3").headers["x-has-more"] == "true"
    assert ask(emulator, "GET", f"{ORDERS}?page=9").json() == []
    assert ask(Emulator(), "GET", ORDERS).headers["x-total-pages"] == "0"


def test_the_back_channel_reports_by_its_own_clock(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order(failed_after=61.0)
    states = []
    for _ in range(4):
        states.append(ask(emulator, "GET", ORDERS).json()[0]["status"])
        emulator.clock.advance(59.9)
    assert states == ["PENDING", "PENDING", "PENDING", "FAILED"]
    order = ask(emulator, "GET", f"{ORDERS}/{order_id}").json()
    assert (order["completed_at"], order["status_text"]) == ("2026-05-19T14:31:01Z", "Top-up failed")


def test_responses_conform_to_the_contract(emulator: Emulator) -> None:
    emulator.populate(40)
    emulator.add_topup_order(status="REFUNDED", extra={"fee": Decimal("0.10")})
    pending = emulator.add_topup_order(delivered_after=1.0)
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", ORDERS, {}),
        ("GET", f"{ORDERS}/{pending}", {}),
        ("GET", f"{ORDERS}/x", {}),
        ("GET", f"{ORDERS}/1", {}),
    ]
    requests += [("PATCH", f"{ORDERS}/{pending}/notification-email", {"json": {"email": e}}) for e in ("", "a@b")]
    for status in (400, 401, 403, 404, 429, 500, None):
        for method, path, options in requests:
            if status is not None:
                emulator.fail_next(status, retry_after=12 if status == 429 else None)
            response = ask(emulator, method, path, **options)
            assert (
                contract.response_violations(method, path, response.status_code, response.headers, response.content)
                == []
            )


def test_errors_are_worded_as_documented(emulator: Emulator) -> None:
    documented = {
        message
        for response in contract.DOCUMENT["components"]["responses"].values()
        for example in response["content"]["application/json"]["examples"].values()
        if "error" in example["value"] and not example["summary"].startswith("Not documented")
        for message in [example["value"]["error"]["message"]]
    }
    given = set()
    for status in (401, 403, 429):
        emulator.fail_next(status)
        given.add(error(ask(emulator, "GET", ORDERS))[3])
    order_id = emulator.add_topup_order()
    bodies: list[Any] = [{}, {"email": "x" * 255}, []]
    for body in bodies:
        given.add(error(ask(emulator, "PATCH", f"{ORDERS}/{order_id}/notification-email", json=body))[3])
    given.add(error(ask(emulator, "GET", f"{ORDERS}/x"))[3])
    given.add(error(ask(emulator, "POST", "/api/v1/topups/lookup", json={}))[3])
    emulator.add_topup_order(client_reference="ORDER-1")
    given.add(error(place(emulator, client_reference="ORDER-1"))[3])
    given.add(error(ask(emulator, "POST", "/auth/login", json={"username": "x"}))[3])
    given.add(error(ask(emulator, "POST", "/auth/login", json={"username": "x", "password": "y"}))[3])
    given.add(error(ask(emulator, "POST", "/auth/refresh", json={}))[3])
    given.add(error(ask(emulator, "POST", "/auth/logout", headers={"authorization": ""}))[3])
    assert given == documented


def test_a_page_past_the_end_is_empty_however_large_its_number(emulator: Emulator) -> None:
    response = ask(emulator, "GET", f"{ORDERS}?page={10**30}&product_id={10**30}")
    assert (response.json(), response.headers["x-page"]) == ([], str(10**30))
