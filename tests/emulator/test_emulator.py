"""The emulator behaves as documented and is no more convenient."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import anyio
import httpx
import pytest

import octopus_cards as oc
from octopus_cards._io.in_process import in_process
from octopus_cards.emulator import Assumptions, Emulator, EmulatorClock
from support import contract

ORDERS = "/api/v1/topups/orders"


def ask(emulator: Emulator, method: str, path: str, token: str | None = "emulator-token", **options: Any) -> Any:
    """Send a request without the client and return the response."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    with httpx.Client(transport=in_process(emulator.handle), base_url="https://emulator.invalid") as client:
        return client.request(method, path, headers=headers | options.pop("headers", {}), **options)


def error(response: Any) -> tuple[int, str, str, str]:
    found = response.json()["error"]
    return response.status_code, found["name"], found["code"], found["message"]


def invalid(message: str) -> tuple[int, str, str, str]:
    return 400, "ValidationException", "VALIDATION_FAILURE", message


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
    assert (error(refused)[0], refused.headers["allow"]) == (405, "GET")
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
        for name, example in response["content"]["application/json"]["examples"].items()
        for message in [example["value"]["error"]["message"]]
        if name != "assumed"
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
    given.add(error(ask(emulator, "POST", "/auth/login", json={"username": "x"}))[3])
    given.add(error(ask(emulator, "POST", "/auth/login", json={"username": "x", "password": "y"}))[3])
    given.add(error(ask(emulator, "POST", "/auth/refresh", json={}))[3])
    given.add(error(ask(emulator, "POST", "/auth/logout", headers={"authorization": ""}))[3])
    assert given == documented


def test_a_request_id_is_echoed_or_generated(emulator: Emulator) -> None:
    assert ask(emulator, "GET", ORDERS, headers={"x-request-id": "mine"}).headers["x-request-id"] == "mine"
    assert len(ask(emulator, "GET", ORDERS).headers["x-request-id"]) == 27
    assert ask(emulator, "GET", ORDERS, headers={"x-request-id": 63 * "a"}).headers["x-request-id"] == 63 * "a"
    assert len(ask(emulator, "GET", ORDERS, headers={"x-request-id": 64 * "a"}).headers["x-request-id"]) == 27


def test_a_page_past_the_end_is_empty_however_large_its_number(emulator: Emulator) -> None:
    response = ask(emulator, "GET", f"{ORDERS}?page={10**30}&product_id={10**30}")
    assert (response.json(), response.headers["x-page"]) == ([], str(10**30))


def test_the_request_log_shows_no_secrets(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order()
    with emulator.client() as client:
        client.topups.orders.page(status="PENDING")
        client.topups.orders.set_notification_email(order_id, "jo@example.com")
    listed, patched = emulator.requests
    assert repr(listed) == "<GET /api/v1/topups/orders?page=1&per_page=50&status=PENDING at 14:30:00>"
    assert patched.json() == {"email": "jo@example.com"}
    assert "jo@" not in repr(patched)
    assert emulator.token not in repr(emulator.requests)


def test_faults_apply_in_order_to_the_requests_that_match(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order()
    emulator.fail_next(500, method="PATCH")
    emulator.fail_next(404, path=f"{ORDERS}/{order_id}", times=2)
    emulator.fail_next(403, body={"odd": 1})
    seen = [
        ask(emulator, "GET", path).status_code
        for path in (ORDERS, f"{ORDERS}/{order_id}", f"{ORDERS}/{order_id}", ORDERS)
    ]
    assert seen == [403, 404, 404, 200]
    assert ask(emulator, "PATCH", f"{ORDERS}/{order_id}/notification-email").status_code == 500


def test_a_request_with_a_lost_response_was_executed(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order(delivered_after=0.0)
    emulator.fail_next(lost=True)
    with emulator.client(attempts=1) as client:
        with pytest.raises(oc.OutcomeUnknownError):
            client.topups.orders.get(order_id)
        assert client.topups.orders.page()[0].status == "DELIVERED"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "one of status, lost and connection must be given"),
        ({"status": 500, "lost": True}, "one of status, lost and connection must be given"),
        ({"lost": True, "connection": "reset"}, "one of status, lost and connection must be given"),
        ({"connection": "tired"}, "connection must be one of refused, unknown host"),
        ({"status": "503"}, "status must be an integer from 200 to 999, got '503'"),
        ({"status": 100}, "status must be an integer from 200 to 999, got 100"),
        ({"status": 503, "times": 0}, "times must be 1 or more, got 0"),
    ],
)
def test_an_invalid_fault_is_rejected(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        emulator.fail_next(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Rate limit exceeded. Retry after 12 seconds."),
        ({"retry_after": 300}, "Rate limit exceeded. Retry after 300 seconds."),
        ({"retry_after": "0.25"}, "Rate limit exceeded. Retry after 0.25 seconds."),
        ({"headers": {"Retry-After": "7"}}, "Rate limit exceeded. Retry after 7 seconds."),
        ({"headers": {"Retry-After": "7"}, "retry_after": 8}, "Rate limit exceeded. Retry after 8 seconds."),
        ({"retry_after": "Tue, 19 May 2026 14:30:30 GMT"}, "Rate limit exceeded."),
        ({"retry_after": 300, "message": "slow down"}, "slow down"),
    ],
)
def test_the_default_message_of_a_429_agrees_with_its_header(
    emulator: Emulator, options: dict[str, Any], message: str
) -> None:
    emulator.fail_next(429, **options)
    assert error(ask(emulator, "GET", ORDERS)) == (429, "TooManyRequestsError", "TOO_MANY_REQUESTS", message)


def test_the_default_message_of_another_status_states_no_time(emulator: Emulator) -> None:
    emulator.fail_next(500, retry_after=300)
    assert error(ask(emulator, "GET", ORDERS))[3] == "Internal server error"


def test_a_request_body_is_decoded_exactly(emulator: Emulator) -> None:
    path = f"{ORDERS}/{emulator.add_topup_order()}/notification-email"
    for body in (b'{"email": "a@b", "amount": 12345678901234567.8900}', b'{"email": NaN}', b"[" * 100_000):
        ask(emulator, "PATCH", path, content=body)
    exact, constant, nested = emulator.requests
    assert str(exact.json()["amount"]) == "12345678901234567.8900"
    with pytest.raises(ValueError, match="NaN is not JSON"):
        constant.json()
    with pytest.raises(ValueError, match="the body is not JSON"):
        nested.json()


@pytest.mark.parametrize("body", [b'{"email": NaN}', b'{"email": 1e9999999999999999999}', b"[" * 100_000])
def test_a_body_that_cannot_be_decoded_is_rejected(emulator: Emulator, body: bytes) -> None:
    path = f"{ORDERS}/{emulator.add_topup_order()}/notification-email"
    assert error(ask(emulator, "PATCH", path, content=body)) == invalid("Invalid request body")


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


def test_the_clock_advances_by_the_given_time() -> None:
    clock = EmulatorClock()
    clock.advance(1.5)
    clock.sleep(2)
    assert clock.monotonic() == 3.5
    assert clock.now() == clock.start + datetime.timedelta(seconds=3.5)
    for wrong in (lambda: clock.advance(-1), lambda: EmulatorClock(speed=-1)):
        with pytest.raises(ValueError, match="must be 0 or more"):
            wrong()
    with pytest.raises(ValueError, match="must be aware"):
        EmulatorClock(datetime.datetime(2026, 5, 19))  # noqa: DTZ001


def test_concurrent_sleeps_overlap() -> None:
    clock = EmulatorClock()

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            for seconds in (3, 5, 4):
                tasks.start_soon(clock.asleep, seconds)

    anyio.run(main)
    assert clock.monotonic() == 5.0


def test_a_running_clock_runs_at_its_speed() -> None:
    clock = EmulatorClock(speed=10_000.0)
    clock.sleep(100)
    anyio.run(clock.asleep, 100)
    assert clock.monotonic() >= 200


def test_json_keeps_the_digits_of_a_decimal(emulator: Emulator) -> None:
    emulator.add_topup_order(
        amount="4.7400", product_name='"Ü\n', extra={"n": None, "t": True, "l": [Decimal("1E+2"), 0.5]}
    )
    text = ask(emulator, "GET", ORDERS).text
    assert '"amount":4.7400,' in text
    assert '"l":[100,0.5]' in text
    assert json.loads(text)[0]["product_name"] == '"Ü\n'
