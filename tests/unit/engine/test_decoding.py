"""The three decoders of a body must not differ in anything: strict, with extra fields, and careful."""

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
from octopus_cards._base.timeouts import DEFAULT_TIMEOUTS
from octopus_cards._engine import decoding
from octopus_cards._engine.decoding import decode
from octopus_cards._engine.effects import Send
from octopus_cards._engine.operation import prepare
from octopus_cards.emulator._core.responses import encode
from octopus_cards_api.models import TopupOrder
from octopus_cards_api.operations import GET_TOPUP_ORDER, LOGIN
from support.paths import EXAMPLES

ORDERS = list[TopupOrder]

# JSON values that another decoder may read differently.
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
    """Return everything that can be compared of a decoder's result, or its error."""
    try:
        orders = read()
    except (TypeError, ValueError) as error:
        return type(error), str(error)
    return orders, [repr(order) for order in orders], [encode(order.to_wire(private=True)) for order in orders]


def carefully(response: RawResponse) -> Any:
    return outcome(lambda: decoding._decode_carefully(ORDERS, response.json()))


@pytest.mark.parametrize("name", NAMES)
def test_all_decoders_agree_on_each_odd_value(name: str) -> None:
    for literal in LITERALS:
        answer = RawResponse(200, {}, body([(name, literal)], "[ORDER]"))
        assert outcome(partial(decode, ORDERS, answer)) == carefully(answer), literal


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
def test_all_decoders_agree(fields: list[tuple[str, str]], around: str) -> None:
    answer = RawResponse(200, {}, body(fields, around))
    assert outcome(lambda: decode(ORDERS, answer)) == carefully(answer)


SCALARS = st.none() | st.booleans() | st.integers() | st.text()


@given(st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_all_decoders_agree_on_any_json(decoded: Any) -> None:
    answer = RawResponse(200, {}, json.dumps(decoded).encode())
    assert outcome(lambda: decode(ORDERS, answer)) == carefully(answer)


def test_the_fast_decoders_read_what_the_contract_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_decode_carefully", None)
    given = ORDER | {"amount": Decimal("0.10"), "input_data": {"player_id": "1", "rate": Decimal("1.50")}}
    read = decode(TopupOrder, RawResponse(200, {}, encode(given).encode()))
    assert read.to_wire(private=True) == given
    assert str(read.amount) == "0.10"
    assert read.input_data is not None
    assert str(read.input_data["rate"]) == "1.50"
    assert decode(ORDERS, RawResponse(200, {}, f"[{encode(given)}]".encode())) == [read]
    # Rows with an unknown field do not slow the others down.
    newer = given | {"id": 2, "fee": Decimal("1.50"), "notes": [{"a": None}]}
    rows = decode(ORDERS, RawResponse(200, {}, f"[{encode(given)},{encode(newer)}]".encode()))
    assert [row.to_wire(private=True) for row in rows] == [given, newer]
    assert rows[1] == TopupOrder.from_dict(newer)
    assert hash(rows[1]) == hash(TopupOrder.from_dict(newer))
    assert rows[1].additional_properties == {"fee": Decimal("1.50"), "notes": [{"a": None}]}
    assert decode(TopupOrder, RawResponse(200, {}, encode(newer).encode())) == rows[1]
    with pytest.raises(TypeError):
        decode(TopupOrder, RawResponse(200, {}, encode(given | {"id": "1"}).encode()))


def test_records_with_tokens_hide_their_content_from_every_printer() -> None:
    order = prepare(GET_TOPUP_ORDER, {"order_id": 1})
    login = prepare(LOGIN, {"username": "hunter2", "password": "hunter2"})
    for private in (Send(order, "hunter2", "id", DEFAULT_TIMEOUTS), login):
        assert "hunter2" not in repr(private)
        assert private.__rich_repr__() == []


def test_private_values_are_hidden_from_rich() -> None:
    order = TopupOrder.from_dict(ORDER | {"input_data": {"player_id": "5123456789"}, "note": "hunter2"})
    shown = repr(order.__rich_repr__())
    assert "5123456789" not in shown
    assert "hunter2" not in shown
    assert "('note', <withheld>)" in shown
