"""Ways from a body to the models: from its bytes, new fields aside, with care. They may not differ in anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._io import codec as _calls
from octopus_cards._io.codec import get_order, list_orders, login
from octopus_cards.emulator._core.responses import encode
from octopus_cards_api.api.topup_orders import list_topup_orders
from octopus_cards_api.models import TopupOrder
from support.paths import EXAMPLES

# Values as they stand in a body, which mean something else to somebody.
LITERALS = [
    "1", "0", "-0", "1.0", "1e2", "1E400", "1e99999999999999999999", "-4.7405", "4.7400", "0.10",
    "12345678901234567890",
    "[" * 100_000 + "]" * 100_000,
    "9" * 40, "9" * 5000, "true", "null", "NaN", "Infinity", "[]", "[1.50]", "{}", '{"a":1.50}', '{"a":{"b":null}}',
    '""', '"x"', '"4.7405"', '"NaN"', r'"\ud800"', r'"\u0041"', '"\x7f"', '"é"', '"a\nb"', '"', "",
    '"2026-05-19"', '"2026-05-19T14:30"', '"2026-05-19T14:30Z"', '"2026-05-19T14:30:00"', '"2026-05-19t14:30:00z"',
    '"2026-05-19 14:30:00Z"', '"2026-05-19T14:30:00.123456789Z"', '"2026-05-19T14:30:00.9999999Z"',
    '"2016-12-31T23:59:60Z"', '"2026-05-19T24:00:00Z"', '"2026-05-19T20:00:00+05:30"', '"20260519T143000.000Z"',
]  # fmt: skip
AROUND = ["[ORDER]", "[ORDER,ORDER]", " [ORDER]\n", "\ufeff[ORDER]", "[ORDER]x", "[ORDER,]", "ORDER", "[[ORDER]]"]
NAMES = [*TopupOrder.__struct_fields__, "fee", "additional_properties", "status_text ", "Id", "__class__"]
EXAMPLE = EXAMPLES / "order.json"
ORDER: dict[str, Any] = json.loads(EXAMPLE.read_text("utf-8"), parse_float=Decimal)
WRITTEN = {name: encode(value) for name, value in ORDER.items()}


def body(fields: list[tuple[str, str]], around: str) -> bytes:
    written = ",".join(f'"{name}":{value}' for name, value in [*WRITTEN.items(), *fields])
    return around.replace("ORDER", f"{{{written}}}").encode("utf-8", "surrogatepass")


def outcome(read: Callable[[], Any]) -> Any:
    """What a way comes to, with all that can be told apart of it."""
    try:
        orders = read()
    except (TypeError, ValueError) as error:
        return type(error), str(error)
    return orders, [repr(order) for order in orders], [encode(order.to_dict()) for order in orders]


def with_care(answer: RawResponse) -> Any:
    return outcome(lambda: _calls._parse(list_topup_orders, list, answer.json()))


@pytest.mark.parametrize("name", NAMES)
def test_both_ways_come_to_the_same_for_each_odd_value(name: str) -> None:
    for literal in LITERALS:
        answer = RawResponse(200, {}, body([(name, literal)], "[ORDER]"))
        assert outcome(partial(list_orders().read, answer)) == with_care(answer), literal


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(LITERALS)), max_size=3),
    st.sampled_from(AROUND),
)
@example([("amount", '"4.7405"')], "[ORDER]")
@example([("fee", "0.10")], "[ORDER]")
@example([("_additional_properties", '{"a":1}')], "[ORDER]")
@example([("additional_properties", "1.50")], "[ORDER]")
@example([("created_at", '"2026-05-19T14:30:00.123456789Z"')], "[ORDER]")
@example([("input_data", '{"a":1.50}')], "[ORDER]")
@example([("input_data", "[]")], "[ORDER]")
@example([("input_data", '{"a":' * 100_000 + "1" + "}" * 100_000)], "[ORDER]")
def test_both_ways_come_to_the_same(fields: list[tuple[str, str]], around: str) -> None:
    answer = RawResponse(200, {}, body(fields, around))
    assert outcome(lambda: list_orders().read(answer)) == with_care(answer)


SCALARS = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_both_ways_come_to_the_same_for_any_json(decoded: Any) -> None:
    answer = RawResponse(200, {}, json.dumps(decoded).encode())
    assert outcome(lambda: list_orders().read(answer)) == with_care(answer)


def test_what_the_contract_knows_is_read_right_from_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_calls, "_parse", None)
    given = ORDER | {"amount": Decimal("0.10"), "input_data": {"player_id": "1", "rate": Decimal("1.50")}}
    read = get_order(1).read(RawResponse(200, {}, encode(given).encode()))
    assert read.to_dict() == given
    assert str(read.amount) == "0.10"
    assert read.input_data is not None
    assert str(read.input_data["rate"]) == "1.50"
    assert list_orders().read(RawResponse(200, {}, f"[{encode(given)}]".encode())) == [read]
    # Some rows with a field that nobody knows make none of them slow.
    newer = given | {"id": 2, "fee": Decimal("1.50"), "notes": [{"a": None}]}
    rows = list_orders().read(RawResponse(200, {}, f"[{encode(given)},{encode(newer)}]".encode()))
    assert [row.to_dict() for row in rows] == [given, newer]
    assert rows[1] == TopupOrder.from_dict(newer)
    assert hash(rows[1]) == hash(TopupOrder.from_dict(newer))
    assert rows[1].additional_properties == {"fee": Decimal("1.50"), "notes": [{"a": None}]}
    assert get_order(2).read(RawResponse(200, {}, encode(newer).encode())) == rows[1]
    with pytest.raises(TypeError):
        get_order(1).read(RawResponse(200, {}, encode(given | {"id": "1"}).encode()))


def test_what_carries_tokens_shows_nothing_to_any_printer() -> None:
    for private in (Send(get_order(1), "hunter2", "id"), login("hunter2", "hunter2")):
        assert "hunter2" not in repr(private)
        assert private.__rich_repr__() == []


def test_private_values_stay_out_of_what_other_printers_show() -> None:
    order = TopupOrder.from_dict(ORDER | {"input_data": {"player_id": "5123456789"}, "note": "hunter2"})
    shown = repr(order.__rich_repr__())
    assert "5123456789" not in shown
    assert "hunter2" not in shown
    assert "('note', <withheld>)" in shown
