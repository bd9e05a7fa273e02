"""Whatever arrives, verify returns an event that was signed or raises its one error."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from octopus_cards.webhooks import Event, OrderUpdate, WalletUpdate, WebhookVerificationError
from support.deliveries import AT, BODY, webhook

NAMES = ("X-Signature", "x-timestamp", "X-Event-ID", "HTTP_X_SIGNATURE", "x-event-type", "Other")
TEXTS = st.text(max_size=80) | st.sampled_from(["", "1736951700", "0" * 64, "é", "evt_1", "nan"])
VALUES = TEXTS | st.binary(max_size=80) | st.none() | st.integers() | st.lists(TEXTS, max_size=3)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=9), VALUES) | st.tuples(TEXTS) | VALUES)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("id", "type", "created_at", "data", "status", "amount", "reference_code", "quantity", "delivered_on")
ENVELOPES = st.dictionaries(
    st.sampled_from(FIELDS), JSON | st.dictionaries(st.sampled_from(FIELDS), JSON) | st.just("order.delivered")
)


def outcome(body: bytes, headers: Any) -> Event | str:
    try:
        return webhook().verify(body, headers)
    except WebhookVerificationError as error:
        assert error.__context__ is None
        return error.reason


@given(st.binary(max_size=200) | st.just(BODY), PAIRS | st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_forged_headers_never_give_an_event(body: bytes, headers: Any) -> None:
    assert outcome(body, headers) in {"missing signature", "bad signature"}


@given(PAIRS)
def test_other_headers_do_not_break_a_signed_delivery(pairs: Any) -> None:
    signed = webhook().sign(BODY, event_id="evt_1", at=AT)
    result = outcome(BODY, [*signed.items(), *pairs])
    assert result == "bad timestamp" or isinstance(result, Event)


@given(st.binary(max_size=200) | ENVELOPES.map(lambda value: json.dumps(value).encode()))
@example(b'{"id": "\xed\xa0\x80"}')
@example(b'{"id": "evt_1", "type": "order.x", "data": {"amount": 1e400, "delivered_on": "0000-00-00T00:00:00Z"}}')
def test_any_signed_body_is_an_event_or_refused(body: bytes) -> None:
    result = outcome(body, webhook().sign(body, event_id="evt_1", at=AT))
    if isinstance(result, str):
        assert result in {"not JSON", "not an object", "no event id", "no event type"}
        return
    assert isinstance(result.order, OrderUpdate | None)
    assert isinstance(result.wallet, WalletUpdate | None)
    assert repr(result)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_no_byte_of_the_body_can_change(position: int, change: int) -> None:
    signed = webhook().sign(BODY, event_id="evt_1", at=AT)
    forged = bytearray(BODY)
    forged[position] ^= change
    assert outcome(bytes(forged), signed) == "bad signature"
