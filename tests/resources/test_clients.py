"""What a client offers besides its resources: other options, and requests to any endpoint."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.operation import prepare
from octopus_cards.emulator import Emulator
from octopus_cards_api.operation import Operation, Parameter, Rule
from support.client_modes import ClientMode

ORDERS = "/api/v1/topups/orders"


def logging_in(mode: ClientMode, emulator: Emulator, **options: Any) -> Any:
    """Return a client with the API key of the emulator."""
    return mode.of(emulator, api_key=emulator.api_key, api_secret=emulator.api_secret, **options)


def test_options_apply_to_the_copy_only_and_tokens_are_shared(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator)
    mode.call(client, "page")
    once = client.with_options(attempts=1)
    emulator.fail_next(503)
    with pytest.raises(oc.ServerError) as failed:
        mode.call(once, "page")
    assert failed.value.attempts == 1
    emulator.fail_next(503)
    mode.call(client, "page")
    assert [request.path for request in emulator.requests] == ["/auth/login", *[ORDERS] * 4]


def test_the_resources_of_the_copy_have_its_options_and_those_of_the_client_keep_theirs(
    mode: ClientMode, emulator: Emulator
) -> None:
    client = mode.of(emulator)
    before = client.topups
    copy = client.with_options(attempts=1)
    assert copy.topups is not before
    assert client.topups is before
    assert copy.topups.orders is not before.orders


def test_each_option_is_left_as_it_is_unless_it_is_given(emulator: Emulator) -> None:
    with emulator.client(timeout=7, deadline=9, attempts=3) as client:
        copies = [client.with_options(timeout=5), client.with_options(deadline=None), client.with_options(attempts=2)]
        sessions = [each._session for each in (client, *copies)]
        found = [(each.timeouts.read, each.deadline, each.policy.attempts) for each in sessions]
        assert found == [(7, 9, 3), (5, 9, 3), (7, None, 3), (7, 9, 2)]
        for options, argument in (
            ({"timeout": 0}, "timeout"),
            ({"deadline": -1}, "deadline"),
            ({"attempts": 0}, "attempts"),
        ):
            with pytest.raises(ValueError, match=argument):
                client.with_options(**options)


def test_any_endpoint_can_be_called(emulator: Emulator) -> None:
    order_id = emulator.add_order()
    with emulator.client() as client:
        response = client.request("get", f"{ORDERS}/{order_id}")
        assert response.json()["id"] == order_id
        client.request("GET", ORDERS, query={"page": 1, "status": ["PENDING"], "country": None})
        emulator.fail_next(200, body={})
        client.request("POST", ORDERS, json={"amount": Decimal("1.50")})
    assert emulator.requests[1].query == {"page": "1", "status": "PENDING"}
    assert emulator.requests[2].json() == {"amount": 1.5}


@pytest.mark.parametrize(
    ("method", "options", "attempts"),
    [("GET", {}, 2), ("POST", {}, 1), ("POST", {"idempotent": True}, 2), ("DELETE", {}, 1)],
)
def test_a_request_is_repeated_only_if_that_does_no_harm(
    emulator: Emulator, method: str, options: dict[str, Any], attempts: int
) -> None:
    emulator.fail_next(503, times=9)
    with emulator.client(attempts=2) as client, pytest.raises(oc.ServerError) as failed:
        client.request(method, "/api/v1/wallets", **options)
    assert failed.value.attempts == attempts == len(emulator.requests)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("G T", "/x"), "method must be the name of an HTTP method, got 'G T'"),
        (("GET", "x"), "path must start with /"),
        (("GET", "/x?y=1"), "path must start with / and have no query"),
        (("GET", "/x y"), "path must start with /"),
        (("GET", "//evil.example/x\n"), "path must start with /"),
    ],
)
def test_a_bad_request_is_refused_before_it_is_sent(
    emulator: Emulator, arguments: tuple[str, str], message: str
) -> None:
    with emulator.client() as client, pytest.raises(ValueError, match=message):
        client.request(*arguments)
    assert not emulator.requests


def test_a_path_parameter_is_one_encoded_segment() -> None:
    operation: Operation[dict[str, Any]] = Operation(
        "get_x", "GET", "/x/{a}/{b}",
        (Parameter("a", "a", "path", True, Rule("string")), Parameter("b", "b", "path", True, Rule("number"))),
        dict, True, None, None, "read", True, frozenset(), "", "inferred",
    )  # fmt: skip
    assert prepare(operation, {"a": "../{b}/?é", "b": Decimal("1E+2")}).path == "/x/..%2F%7Bb%7D%2F%3F%C3%A9/100"
    assert prepare(operation, {"a": "١٢", "b": 1}).path == "/x/%D9%A1%D9%A2/1"
