"""The request that an operation makes of its arguments; the operations here are made up of real ones."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

import octopus_cards as oc
from octopus_cards._engine.operation import prepare
from octopus_cards.emulator import Emulator
from octopus_cards_api.operation import Operation, Parameter, Rule
from octopus_cards_api.operations import (
    CREATE_TOPUP_ORDER,
    GET_TOPUP_ORDER,
    LIST_TOPUP_ORDERS,
    SET_TOPUP_ORDER_NOTIFICATION_EMAIL,
)
from support.client_modes import ClientMode


def with_parameter(location: Any, rule: Rule, *, sensitive: bool = False) -> Operation[Any]:
    """Return an operation with one optional parameter, `option`."""
    parameter = Parameter("option", "option", location, required=False, rule=rule, sensitive=sensitive)
    return replace(LIST_TOPUP_ORDERS, parameters=(parameter,))


def test_each_argument_goes_to_its_place_in_the_request() -> None:
    call = prepare(GET_TOPUP_ORDER, {"order_id": 7, "request_id": "trace-1"})
    assert (call.method, call.path, call.query) == ("GET", "/api/v1/topups/orders/7", ())
    assert (call.headers, call.content) == ((("X-Request-Id", "trace-1"),), None)


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("boolean", True, "true"),
        ("boolean", False, "false"),
        ("integer", 7, "7"),
        ("number", Decimal("1E+2"), "100"),
        ("number", "0.10", "0.10"),
        ("string", "a b", "a b"),
    ],
)
def test_a_query_parameter_is_text(kind: Any, value: Any, text: str) -> None:
    assert prepare(with_parameter("query", Rule(kind)), {"option": value}).query == (("option", text),)


@pytest.mark.parametrize(("arguments", "body"), [({}, b"{}"), ({"option": "1.50"}, b'{"option":1.50}')])
def test_a_body_without_fields_is_an_empty_object(arguments: dict[str, Any], body: bytes) -> None:
    assert prepare(with_parameter("body", Rule("number")), arguments).content == body


@pytest.mark.parametrize("known", [{}, {"status": "PENDING"}, {"page": 1, "per_page": 5}])
def test_unknown_arguments_are_named(known: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"^list_topup_orders takes no argument colour, size$"):
        prepare(LIST_TOPUP_ORDERS, {"size": 1, "colour": None, **known})


def test_only_private_values_are_secrets() -> None:
    arguments = {"order_id": 7, "email": "a@example.com", "request_id": "trace-1"}
    assert prepare(SET_TOPUP_ORDER_NOTIFICATION_EMAIL, arguments).secrets == ("a@example.com",)
    private_number = with_parameter("query", Rule("integer"), sensitive=True)
    assert prepare(private_number, {"option": 1234567}).secrets == ("1234567",)
    data = {"player_id": 5123456789, "servers": ["asia-1", None, True], "more": {"note": "at home"}}
    call = prepare(CREATE_TOPUP_ORDER, {"product_id": 7, "amount": 1, "input_data": data})
    assert call.secrets == ("5123456789", "asia-1", "at home")
    assert call.fields == ("product_id", "amount", "input_data", "player_id", "servers", "more", "note")


def test_an_error_shows_the_arguments_that_are_not_private(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(400, message="nothing has the reference CAMPAIGN-7")
    with pytest.raises(oc.BadRequestError, match="nothing has the reference CAMPAIGN-7"):
        mode.call(mode.of(emulator), "find", "CAMPAIGN-7")


def test_a_secret_has_at_least_three_characters_and_six_within_a_word() -> None:
    call = prepare(LIST_TOPUP_ORDERS, {})
    text = "abcdefg, ghijk, (xyz) xyzw and ab"
    assert call.redact(text, "abcdef", "ghijk", "xyz", "ab") == "<withheld>g, <withheld>, (<withheld>) xyzw and ab"
    assert call.redact("ghijkl a.b.c", "ghijk", "a.b") == "ghijkl <withheld>.c"


def test_a_wrong_argument_is_named_by_its_python_name() -> None:
    option = with_parameter("query", Rule("integer", minimum=1, maximum=3))
    with pytest.raises(ValueError, match=re.escape("option must be an integer from 1 to 3, got 4")):
        prepare(option, {"option": 4})
