"""Products, variants, operators and prices, in every client mode."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode

PRODUCTS = "/api/v1/topups/products"


def test_products_are_listed_page_by_page(mode: ClientMode, emulator: Emulator) -> None:
    client = mode.of(emulator)
    products = mode.call(client, "topups.products.list", per_page=2)
    assert [product.id for product in products] == [4218, 4219, 4231]
    assert [request.query for request in emulator.requests] == [
        {"page": "1", "per_page": "2"},
        {"page": "2", "per_page": "2"},
    ]
    assert isinstance(products[0], oc.TopupProduct)
    assert (products[0].topup_type, products[0].country_code, products[0].currency_code) == ("GAMING", "GLO", "USD")


def test_filters_of_products_are_sent_and_checked(mode: ClientMode, emulator: Emulator) -> None:
    client = mode.of(emulator)
    assert [each.id for each in mode.call(client, "topups.products.list", type="MOBILE", search="AIRTEL")] == [4219]
    assert emulator.requests[-1].query == {"page": "1", "per_page": "50", "type": "MOBILE", "search": "AIRTEL"}
    assert mode.call(client, "topups.products.list", type=oc.TopupType.UTILITY) == []
    emulator.fail_next(
        200, body=b'[{"id":1,"name":"x","topup_type":"GAMING","country_code":"GLO","currency_code":"USD"}]'
    )
    with pytest.raises(oc.InvalidResponseError, match="type was requested, and item 1 has another topup_type"):
        mode.call(client, "topups.products.list", type="MOBILE")
    with pytest.raises(ValueError, match="type must be one of GAMING, MOBILE, UTILITY"):
        mode.call(client, "topups.products.list", type="VOUCHER")


def test_a_product_tells_what_an_order_needs(mode: ClientMode, emulator: Emulator) -> None:
    product = mode.call(mode.of(emulator), "topups.products.get", 4218)
    assert (product.id, product.name) == (4218, "PUBG Mobile UC")
    assert [field["name"] for field in product.input_fields] == ["player_id", "server"]
    assert "player_id" in repr(product)
    with pytest.raises(oc.NotFoundError):
        mode.call(mode.of(emulator), "topups.products.get", 1)


@pytest.mark.parametrize("body", [b"{}", b'{"id":4218}', b'{"new":[1.50]}'])
def test_a_product_of_another_shape_is_taken(mode: ClientMode, emulator: Emulator, body: bytes) -> None:
    emulator.fail_next(200, body=body, path=f"{PRODUCTS}/4218")
    product = mode.call(mode.of(emulator), "topups.products.get", 4218)
    assert product.input_fields is None
    emulator.fail_next(200, body=b'{"id":9}', path=f"{PRODUCTS}/4218")
    with pytest.raises(oc.InvalidResponseError, match="topup product 4218 was requested, and the response is"):
        mode.call(mode.of(emulator), "topups.products.get", 4218)


def test_variants_have_exact_amounts(mode: ClientMode, emulator: Emulator) -> None:
    client = mode.of(emulator)
    variants = mode.call(client, "topups.products.variants", 4218)
    assert isinstance(variants, tuple)
    assert [(variant.name, variant.fixed_amounts) for variant in variants] == [
        ("60 UC", (Decimal("0.99"),)),
        ("325 UC", (Decimal("4.99"),)),
    ]
    assert mode.call(client, "topups.variants.get", variants[1].id) == variants[1]


VARIANTS: list[tuple[dict[str, Any], list[Any], list[Any]]] = [
    ({"fixed_amounts": ["4.99", "9.9900"]}, ["4.99", "4.990", Decimal("9.99")], [5, "4.9901", 0, -4]),
    ({"fixed_amounts": ["4"], "min_amount": 1, "max_amount": 9}, [4], [5, 1]),
    ({"min_amount": Decimal("0.5"), "max_amount": 10}, ["0.5", 10, Decimal("3.33")], ["0.49", "10.01"]),
    ({"min_amount": 5}, [5, 10**9], [4]),
    ({"max_amount": 5}, [5, "0.01"], [6, 0, -1]),
    ({}, [], [1]),
    ({"fixed_amounts": []}, [], [1]),
]


@pytest.mark.parametrize(("fields", "fitting", "others"), VARIANTS)
def test_a_variant_accepts_its_amounts(fields: dict[str, Any], fitting: list[Any], others: list[Any]) -> None:
    variant = oc.TopupVariant.from_dict({"id": 1, "name": "x", "currency_code": "USD", **fields})
    assert [variant.accepts(amount) for amount in fitting] == [True] * len(fitting)
    assert [variant.accepts(amount) for amount in others] == [False] * len(others)


@pytest.mark.parametrize(
    ("amount", "kind", "message"),
    [
        (4.99, TypeError, "got float \\(a float cannot hold every amount exactly\\)"),
        (True, TypeError, "got bool"),
        (None, TypeError, "got NoneType"),
        ("four", ValueError, "must be a finite number, got str"),
        (Decimal("NaN"), ValueError, "must be a finite number"),
        ("Infinity", ValueError, "must be a finite number"),
    ],
)
def test_a_variant_refuses_what_is_no_amount(amount: Any, kind: type[Exception], message: str) -> None:
    variant = oc.TopupVariant(id=1, name="x", currency_code="USD", min_amount=Decimal(1))
    with pytest.raises(kind, match=message):
        variant.accepts(amount)


def test_amounts_in_text_stay_text_on_the_wire() -> None:
    variant = oc.TopupVariant.from_dict({"id": 1, "name": "x", "currency_code": "USD", "fixed_amounts": ["4.990", 5]})
    assert variant.fixed_amounts == (Decimal("4.990"), Decimal(5))
    assert '"fixed_amounts":["4.990","5"]' in variant.to_json()
    assert variant.to_dict()["fixed_amounts"] == [Decimal("4.990"), Decimal(5)]
    for wrong in ("", "abc", "1e3", "NaN", " 1", "1" * 41, None, [1]):
        with pytest.raises(
            TypeError, match=r"^TopupVariant.fixed_amounts: an? (amount as decimal text|number) expected"
        ):
            oc.TopupVariant.from_dict({"id": 1, "name": "x", "currency_code": "USD", "fixed_amounts": [wrong]})


def test_operators_are_found_by_a_number_that_is_never_shown(mode: ClientMode, emulator: Emulator) -> None:
    client = mode.of(emulator)
    operators = mode.call(client, "topups.lookup", "+918879685100")
    assert [(each.product_id, each.identified) for each in operators] == [(4219, True), (4231, False)]
    assert emulator.requests[-1].json() == {"mobile_number": "+918879685100"}
    emulator.fail_next(400, message="+918879685100 is in no known range")
    with pytest.raises(oc.BadRequestError) as failed:
        mode.call(client, "topups.lookup", "+918879685100")
    assert "8879685" not in str(failed.value)


@pytest.mark.parametrize("number", ["918879685100", "+91 8879685100", "+0123456", "+12", "+1234567890123456", ""])
def test_a_number_in_another_form_is_refused_and_not_shown(mode: ClientMode, emulator: Emulator, number: str) -> None:
    with pytest.raises(ValueError, match=r"mobile_number must be a phone number in E.164 form .*, got \d+ characters"):
        mode.call(mode.of(emulator), "topups.lookup", number)
    assert emulator.requests == []


def test_a_price_in_the_currency_of_the_variant(mode: ClientMode, emulator: Emulator) -> None:
    charges = mode.call(mode.of(emulator), "topups.estimate_charges", 4218, "4.99")
    assert (charges.non_discounted_total, charges.discount_amount) == (Decimal("4.99"), Decimal("0.2495"))
    assert (charges.total_amount, charges.total_payable) == (Decimal("4.7405"), Decimal("4.7405"))
    assert charges.charges_details.forex_rate is None
    assert emulator.requests[0].json() == {"product_id": 4218, "amount": Decimal("4.99")}


def test_a_price_in_another_currency(mode: ClientMode, emulator: Emulator) -> None:
    wallet = next(each.id for each in emulator.wallets if each.currency == "INR")
    charges = mode.call(
        mode.of(emulator), "topups.estimate_charges", 4218, "4.99", wallet_id=wallet, category="In-Game Currency"
    )
    details = charges.charges_details
    assert (details.source_currency, details.destination_currency) == ("USD", "INR")
    assert isinstance(details.forex_rate, Decimal)
    assert charges.total_payable > 300
    assert emulator.requests[0].json()["wallet_id"] == wallet


def test_the_documented_answer_of_another_currency_is_taken(mode: ClientMode, emulator: Emulator) -> None:
    documented = (
        '{"non_discounted_total":250.00,"discount_amount":8.75,"total_amount":241.25,"net_amount":282.26,'
        '"handling_fee_amount":0.00,"total_payable":282.26,"charges_details":{"source_currency":"GBP",'
        '"destination_currency":"EUR","forex_rate":1.1700,"conversion_fee":0.0}}'
    )
    emulator.fail_next(200, body=documented)
    charges = mode.call(mode.of(emulator), "topups.estimate_charges", 4218, "4.99")
    assert str(charges.total_payable) == "282.26"
    assert charges.to_json() == documented


def test_an_answer_without_any_known_field_is_taken(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(200, body={"fee": "?"})
    charges = mode.call(mode.of(emulator), "topups.estimate_charges", 4218, "4.99")
    assert charges.total_payable is None
    assert charges.additional_properties == {"fee": "?"}
