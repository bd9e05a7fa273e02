"""Event, and what the payloads of the documented types say."""

from __future__ import annotations

import dataclasses
import datetime
from decimal import Decimal

import pytest

from octopus_cards.webhooks import KNOWN_EVENT_TYPES, Event, OrderUpdate
from support.deliveries import AT, BODY, event_body, webhook


def received(body: bytes) -> Event:
    return webhook().verify(body, webhook().sign(body, event_id="evt_1", at=AT))


def test_an_order_event_says_what_the_documentation_shows() -> None:
    order = received(BODY).order
    assert order is not None
    assert dataclasses.asdict(order) == {
        "id": 12346,
        "client_reference": "BULK_ORDER_001",
        "status": "PARTIALLY_DELIVERED",
        "product_name": "Google Play Gift Card",
        "denomination": Decimal(25),
        "quantity": 100,
        "amount": Decimal(2500),
        "delivered_quantity": 87,
        "delivered_on": datetime.datetime(2025, 1, 15, 14, 35, tzinfo=datetime.UTC),
        "created_at": datetime.datetime(2025, 1, 15, 13, tzinfo=datetime.UTC),
        "data": received(BODY).data,
    }
    assert received(BODY).wallet is None


def test_the_newer_name_of_the_reference_is_read_too() -> None:
    order = received(event_body("evt_1", client_reference="ORDER-1")).order
    assert order is not None
    assert order.client_reference == "ORDER-1"


@pytest.mark.parametrize("value", [None, True, "text", [], {}, "2025-02-30T00:00:00Z"])
def test_a_field_of_another_type_is_none_and_stays_in_the_data(value: object) -> None:
    names = [field.name for field in dataclasses.fields(OrderUpdate) if field.name != "data"]
    order = received(event_body("evt_1", **dict[str, object].fromkeys(names, value))).order
    assert order is not None
    assert order.data == dict.fromkeys(names, value)
    texts = {"client_reference", "status", "product_name"}
    for name in names:
        assert getattr(order, name) == (value if name in texts and isinstance(value, str) else None), name


def test_whole_amounts_are_decimals() -> None:
    order = received(event_body("evt_1", amount=25, denomination=0)).order
    assert order is not None
    assert (order.amount, order.denomination) == (Decimal(25), Decimal(0))


def test_a_wallet_event_has_its_change_and_whatever_data_comes() -> None:
    event = received(event_body("evt_1", "wallet.debited", amount=5))
    assert event.wallet is not None
    assert (event.wallet.change, event.wallet.data) == ("debited", {"amount": 5})
    assert event.order is None


@pytest.mark.parametrize("kind", ["topup.finished", "order", "wallet", "x"])
def test_an_unknown_type_arrives_as_it_is(kind: str) -> None:
    event = received(event_body("evt_1", kind, anything=[1, {"a": None}]))
    assert (event.type, event.data, event.order, event.wallet) == (kind, {"anything": [1, {"a": None}]}, None, None)
    assert kind not in KNOWN_EVENT_TYPES


@pytest.mark.parametrize("data", [b"null", b"[1]", b'"x"', b"7"])
def test_other_data_leaves_an_empty_mapping(data: bytes) -> None:
    assert received(b'{"id": "evt_1", "type": "order.failed", "data": ' + data + b"}").data == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"2025-01-15T14:35:00.123456789Z"', datetime.datetime(2025, 1, 15, 14, 35, 0, 123456, datetime.UTC)),
        ('"2025-01-15t14:35:00z"', AT),
        ('"2025-01-15T16:35:00+02:00"', AT),
        ('"2025-01-15T14:35:00"', None),
        ('"2025-01-15"', None),
        ('"2025-02-30T14:35:00Z"', None),
        ('"2025-01-15T14:35:00+99:00"', None),
        ("1736951700", None),
        ("null", None),
    ],
)
def test_created_at_is_aware_or_none(text: str, expected: datetime.datetime | None) -> None:
    event = received(b'{"id": "evt_1", "type": "x", "created_at": ' + text.encode() + b"}")
    assert event.created_at == expected


def test_an_event_is_frozen_hashable_and_its_repr_leaves_out_the_payload() -> None:
    event = received(BODY)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.id = "evt_2"  # type: ignore[misc]
    assert len({event, received(BODY)}) == 1
    assert "order.partially_delivered" in repr(event)
    for private in ("BULK_ORDER_001", "Google", "2500"):
        assert private not in f"{event!r} {event.order!r}"
    assert "secret" not in repr(received(event_body("evt_1", "wallet.credited", x="secret")).wallet)
