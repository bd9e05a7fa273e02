"""Values that an argument can have, by the kinds of rules in the contract; no operation uses all of them."""

from __future__ import annotations

import enum
import re
from decimal import Decimal
from typing import Any

import pytest

from octopus_cards._engine.json_values import check_json, check_query_value
from octopus_cards._engine.validation import check_value
from octopus_cards_api.operation import Rule

AMOUNT = Rule(kind="number")
SMALL = Rule(kind="number", minimum=1, maximum=5)
FLAG = Rule(kind="boolean")
LIST = Rule(kind="array")
IDS = Rule(kind="array", items=Rule(kind="integer", minimum=1))
OBJECT = Rule(kind="object")
COUNT = Rule(kind="integer")
FEW = Rule(kind="integer", minimum=1, maximum=3)
JSON_ONLY = "credit must hold only JSON values (numbers as int or Decimal)"
AN_AMOUNT = "credit must be an amount: a Decimal, an int, or a str of digits"


class Currency(str, enum.Enum):  # noqa: UP042
    """A string that is an enum member, too, and prints its name."""

    USD = "usd"
    TEN = "10"


class Size(int):
    """An integer of a subclass."""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1.50"), "1.50"),
        (Decimal(-3), "-3"),
        (7, "7"),
        ("0.10", "0.10"),
        (Currency.TEN, "10"),
        ("9" * 40, "9" * 40),
        (2**128 - 1, str(2**128 - 1)),
        (Decimal("1E+40"), "1E+40"),
        (Decimal("1E-40"), "1E-40"),
    ],
)
def test_an_amount_keeps_its_digits(value: Any, expected: str) -> None:
    number = check_value("credit", AMOUNT, value)
    assert type(number) is Decimal
    assert str(number) == expected


@pytest.mark.parametrize(
    ("rule", "value", "error", "message"),
    [
        (AMOUNT, 1.5, TypeError, f"{AN_AMOUNT}, got 1.5 (float) (a float cannot hold every amount exactly)"),
        (AMOUNT, True, TypeError, f"{AN_AMOUNT}, got True (bool)"),
        (AMOUNT, None, TypeError, f"{AN_AMOUNT}, got None"),
        (AMOUNT, "much", ValueError, f"{AN_AMOUNT}, got 'much' (str)"),
        (AMOUNT, "9" * 41, ValueError, f"{AN_AMOUNT} of at most 40 digits, got '{'9' * 41}' (str)"),
        (AMOUNT, 2**128, ValueError, f"{AN_AMOUNT} of at most 40 digits, got an object of type int"),
        (AMOUNT, "NaN", ValueError, f"{AN_AMOUNT}, finite and in range, got 'NaN' (str)"),
        (AMOUNT, Decimal("Infinity"), ValueError, f"{AN_AMOUNT}, finite and in range, got 'Infinity' (str)"),
        (AMOUNT, Decimal("1E+41"), ValueError, f"{AN_AMOUNT}, finite and in range, got '1E+41' (str)"),
        (AMOUNT, Decimal("1E-41"), ValueError, f"{AN_AMOUNT}, finite and in range, got '1E-41' (str)"),
        (AMOUNT, Decimal("9" * 70), ValueError, f"{AN_AMOUNT}, finite and in range, got 70 characters (str)"),
        (SMALL, "0.99", ValueError, f"{AN_AMOUNT}, finite and in range, got '0.99' (str)"),
        (SMALL, "5.01", ValueError, f"{AN_AMOUNT}, finite and in range, got '5.01' (str)"),
        (Rule(kind="number", text="a price"), "x", ValueError, "credit must be a price, got 'x' (str)"),
        (COUNT, "x", TypeError, "credit must be an integer, got 'x' (str)"),
        (COUNT, 10**19 + 1, ValueError, "credit must be an integer, got one of 64 bits"),
        (COUNT, -(10**19) - 1, ValueError, "credit must be an integer, got one of 64 bits"),
        (FEW, 0, ValueError, "credit must be an integer from 1 to 3, got 0"),
        (FEW, 10**19, ValueError, "credit must be an integer from 1 to 3, got 10000000000000000000"),
        (FEW, -(10**19), ValueError, "credit must be an integer from 1 to 3, got -10000000000000000000"),
        (Rule(kind="string"), 5, TypeError, "credit must be a string, got 5 (int)"),
        (
            Rule(kind="string", min_length=2),
            "a",
            ValueError,
            "credit must be a string of 2 or more characters, got 'a' (str)",
        ),
        (
            Rule(kind="string", min_length=1, max_length=2),
            "",
            ValueError,
            "credit must be a string of 1 to 2 characters, got '' (str)",
        ),
        (
            Rule(kind="string", max_length=2),
            "abc",
            ValueError,
            "credit must be a string of 0 to 2 characters, got 'abc' (str)",
        ),
        (FLAG, 1, TypeError, "credit must be True or False, got 1 (int)"),
        (FLAG, "true", TypeError, "credit must be True or False, got 'true' (str)"),
        (LIST, "abc", TypeError, "credit must be a sequence, got 'abc' (str)"),
        (LIST, b"abc", TypeError, "credit must be a sequence, got an object of type bytes"),
        (LIST, {1, 2}, TypeError, "credit must be a sequence, got an object of type set"),
        (LIST, [[0.5]], TypeError, f"{JSON_ONLY}, got 0.5 (float)"),
        (LIST, [0.5], TypeError, f"{JSON_ONLY}, got 0.5 (float)"),
        (IDS, [1, 0], ValueError, "each of credit must be an integer from 1 up, got 0"),
        (OBJECT, [], TypeError, "credit must be a mapping, got an object of type list"),
        (OBJECT, {1: 2}, TypeError, "credit must have only strings for keys"),
        (OBJECT, {"a": {2: 1}}, TypeError, "credit must have only strings for keys"),
        (OBJECT, {"a": object}, TypeError, f"{JSON_ONLY}, got an object of type type"),
        (OBJECT, {"a": Decimal("NaN")}, TypeError, f"{JSON_ONLY}, got an object of type Decimal"),
    ],
)
def test_a_wrong_value_is_named(rule: Rule, value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as refused:
        check_value("credit", rule, value)
    assert str(refused.value) == message


def test_a_number_in_another_json_value_is_named_by_its_argument() -> None:
    with pytest.raises(TypeError, match=r"^body must hold only JSON values .*, got 0\.5 \(float\)$"):
        check_json("body", [[0.5]])


@pytest.mark.parametrize("value", [10**19, -(10**19)])
def test_an_integer_has_at_most_twenty_digits(value: int) -> None:
    assert check_value("credit", COUNT, value) == value


def test_a_string_without_bounds_may_be_empty() -> None:
    assert check_value("credit", Rule(kind="string"), "") == ""


@pytest.mark.parametrize("value", ["1", "5", Decimal("1.0")])
def test_the_bounds_of_an_amount_are_accepted(value: Any) -> None:
    assert check_value("credit", SMALL, value) == Decimal(value)


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (FLAG, False, False),
        (IDS, (3, 1, 3), [3, 1, 3]),
        (LIST, [None, True, "a", 2, [3], (4,)], [None, True, "a", 2, [3], [4]]),
        (OBJECT, {"a": {"b": [Decimal("1.10")]}}, {"a": {"b": [Decimal("1.10")]}}),
        (OBJECT, {Currency.USD: Currency.USD, "size": Size(3)}, {"usd": "usd", "size": 3}),
    ],
)
def test_a_json_value_is_sent_as_it_is(rule: Rule, value: Any, expected: Any) -> None:
    assert check_value("credit", rule, value) == expected
    if rule is not IDS:
        assert check_json("json", value) == expected


def test_values_of_subclasses_become_plain_values() -> None:
    [name, size] = check_value("credit", LIST, [Currency.USD, Size(3)])
    assert (type(name), type(size)) == (str, int)
    [key] = check_value("credit", OBJECT, {Currency.USD: 1})
    assert type(key) is str


def test_a_wrong_private_item_is_not_shown() -> None:
    rule = Rule(kind="array", items=Rule(kind="string", max_length=3))
    with pytest.raises(ValueError, match="each of pins must be a string of 0 to 3 characters, got 4 characters"):
        check_value("pins", rule, ["1234"], sensitive=True)


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        (None, []),
        (True, [("x", "true")]),
        (False, [("x", "false")]),
        (7, [("x", "7")]),
        ("a b", [("x", "a b")]),
        (Currency.USD, [("x", "usd")]),
        (Decimal("1E+2"), [("x", "100")]),
        (["a", None, 2], [("x", "a"), ("x", "2")]),
        ((), []),
    ],
)
def test_a_query_value_becomes_text(value: Any, pairs: list[tuple[str, str]]) -> None:
    assert check_query_value("x", value) == pairs


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (1, "a", "query must have only strings for keys, got 1 (int)"),
        ("x", {"a": 1}, "query['x'] must be a string, number, boolean or list of them"),
        ("x", 0.5, "query['x'] must hold only JSON values (numbers as int or Decimal), got 0.5 (float)"),
    ],
)
def test_a_wrong_query_value_is_named(name: Any, value: Any, message: str) -> None:
    with pytest.raises(TypeError, match="^" + re.escape(message)):
        check_query_value(name, value)
