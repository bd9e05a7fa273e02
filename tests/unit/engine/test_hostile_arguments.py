"""Numbers, times and values that no request can hold are refused by name, before anything is sent."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.json_values import check_json, check_query_value
from octopus_cards._engine.validation import check_since, check_value
from octopus_cards.emulator import Emulator
from octopus_cards_api.operation import Rule


def nested(depth: int) -> Any:
    """Return a list in lists."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def endless() -> Any:
    """Return a list that holds itself twice."""
    value: list[Any] = []
    value += [value, {"x": value}]
    return value


LARGE = (10**5000, -(10**5000), 10**41, Decimal("1e999999999"), Decimal("1e-999999999"), Decimal("1." + "0" * 300_000))
RAW: list[tuple[Any, type[Exception], str]] = [
    *((number, ValueError, "must hold only numbers of at most 40 digits") for number in LARGE),
    (nested(100_000), ValueError, "must be nested at most 100 levels deep"),
    (endless(), ValueError, "must be nested at most 100 levels deep"),
    ("\ud800", ValueError, "must be text without lone surrogates"),
    (Decimal("nan"), TypeError, "must hold only JSON values"),
    (Decimal("sNaN"), TypeError, "must hold only JSON values"),
    (float("inf"), TypeError, "must hold only JSON values"),
    (1j, TypeError, "must hold only JSON values"),
]


@pytest.mark.parametrize(("value", "kind", "problem"), RAW, ids=range(len(RAW)))
def test_a_json_value_that_cannot_be_sent_is_named(
    emulator: Emulator, value: Any, kind: type[Exception], problem: str
) -> None:
    with emulator.client() as client:
        for body in (value, {"a": [value]}):
            with pytest.raises(kind, match=f"^json {problem}"):
                client.request("POST", "/api/v1/wallets", json=body)
        with pytest.raises((TypeError, ValueError), match=r"^query\['a'\] must "):
            client.request("GET", "/api/v1/wallets", query={"a": value})
    assert not emulator.requests


def test_names_in_json_and_query_can_be_encoded() -> None:
    for name in ("\ud800", 5, None):
        with pytest.raises((TypeError, ValueError), match=r"^json must"):
            check_json("json", {name: 1})
        with pytest.raises((TypeError, ValueError), match=r"query"):
            check_query_value(name, 1)


def test_the_bounds_of_json_are_inclusive() -> None:
    assert check_json("json", nested(100)) == nested(100)
    assert check_json("json", Decimal("9" * 40)) == Decimal("9" * 40)
    assert check_json("json", 2**128 - 1) == 2**128 - 1


AMOUNTS = [*LARGE, "9" * 300_000, "1e99", "nan", Decimal("inf"), Decimal("-sNaN")]


@pytest.mark.parametrize("value", AMOUNTS, ids=range(len(AMOUNTS)))
def test_an_amount_has_at_most_40_digits(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^amount must be an amount") as refused:
        check_value("amount", Rule(kind="number"), value)
    assert len(str(refused.value)) < 250


def test_text_that_cannot_be_encoded_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^name must be text without lone surrogates"):
        check_value("name", Rule(kind="string"), "\udfff")


class Zone(datetime.tzinfo):
    """A time zone that returns or raises what a test says."""

    def __init__(self, result: Any) -> None:
        self.result = result

    def utcoffset(self, moment: datetime.datetime | None) -> Any:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    def dst(self, moment: datetime.datetime | None) -> None:
        return None

    def tzname(self, moment: datetime.datetime | None) -> str:
        return "secret@example.com"

    def __repr__(self) -> str:
        return "secret@example.com"


@pytest.mark.parametrize(
    "result", [None, 5, datetime.timedelta(days=3), ValueError("secret"), RuntimeError("secret"), OverflowError()]
)
def test_a_time_zone_without_an_offset_is_refused(emulator: Emulator, result: Any) -> None:
    with emulator.client() as client, pytest.raises(ValueError, match=r"^since must be an aware datetime") as refused:
        client.topups.orders.list(since=datetime.datetime(2026, 5, 19, tzinfo=Zone(result)))
    assert "secret" not in str(refused.value)
    assert "datetime.datetime(2026, 5, 19, 0, 0)" in str(refused.value)
    assert not emulator.requests


@pytest.mark.parametrize("hours", [14, -14])
@pytest.mark.parametrize("end", ["min", "max"])
def test_moments_at_the_ends_of_time_are_moments(emulator: Emulator, end: str, hours: int) -> None:
    numbers = [emulator.add_order() for _ in range(3)]
    moment: datetime.datetime = getattr(datetime.datetime, end)
    aware = moment.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=hours)))
    with emulator.client() as client:
        expected = numbers[::-1] if moment.year == 1 else []
        for since in (aware, aware.isoformat(), moment.replace(tzinfo=Zone(datetime.timedelta(hours=hours)))):
            assert [order.id for order in client.topups.orders.list(since=since)] == expected
            page = next(iter(client.topups.orders.list(since=aware).pages()))
            assert page.position is not None
            assert oc.ListPosition.from_json(page.position.to_json()) == page.position


def test_the_offset_of_a_zone_is_kept() -> None:
    zone = Zone(datetime.timedelta(hours=5, minutes=30))
    checked = check_since("since", datetime.datetime(2026, 5, 19, 14, 30, tzinfo=zone))
    assert checked is not None
    assert checked.isoformat() == "2026-05-19T14:30:00+05:30"
    assert type(checked.tzinfo) is datetime.timezone


POSITION: dict[str, Any] = {"operation": "list_topup_orders", "per_page": 50}
NOON = "2026-05-19T12:00:00+00:00"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"per_page": "x"}, "per_page"),
        ({"per_page": 0}, "per_page"),
        ({"count": -1}, "count"),
        ({"covered": 2**63}, "covered"),
        ({"covered": 1.5}, "covered"),
        ({"last_id": "x", "last_time": NOON}, "last_id"),
        ({"last_id": True, "last_time": NOON}, "last_id"),
        ({"last_id": 5}, "last_id"),
        ({"tied_ids": 5}, "tied_ids"),
        ({"tied_ids": ("x",)}, "last_id"),
        ({"since": "x"}, "since"),
        ({"filters": 5}, "operation"),
        ({"filters": {5: 5}}, "filters"),
        ({"filters": {"status": ["PENDING"]}}, "filters"),
    ],
)
def test_a_position_that_a_program_made_up_is_checked(emulator: Emulator, changes: dict[str, Any], field: str) -> None:
    position = oc.ListPosition(**POSITION | changes)
    with emulator.client() as client, pytest.raises(ValueError, match=f"^resume is not valid: {field}$"):
        client.topups.orders.list(resume=position)
    assert not emulator.requests


@pytest.mark.parametrize("value", [-(10**5000), -1, 0], ids=["huge", "-1", "0"])
def test_a_number_of_attempts_is_described_shortly(value: int) -> None:
    with pytest.raises(ValueError, match=r"^attempts must be 1 or more, got ") as refused:
        oc.OctopusCards("t", attempts=value)
    assert len(str(refused.value)) < 80
