"""The catalogue, its search, and the look-up of a mobile number behave as documented."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from octopus_cards.emulator import Assumptions, Emulator
from octopus_cards.emulator._areas.catalogue_samples import sample_catalogue
from octopus_cards.emulator._areas.pricing import price_of
from octopus_cards.emulator._areas.topup_samples import CATALOGUE
from octopus_cards.emulator._areas.wallets import Wallet
from support.emulator_requests import ask, error, invalid

TOPUPS = "/api/v1/topups"
PRODUCTS, LOOKUP = f"{TOPUPS}/products", f"{TOPUPS}/lookup"


def names(emulator: Emulator, query: str) -> list[str]:
    return [product["name"] for product in ask(emulator, "GET", f"{PRODUCTS}?{query}").json()]


def test_the_first_products_are_the_documented_ones(emulator: Emulator) -> None:
    response = ask(emulator, "GET", PRODUCTS)
    assert response.json()[:2] == [
        {
            "id": 4218,
            "name": "PUBG Mobile UC",
            "topup_type": "GAMING",
            "country_code": "GLO",
            "currency_code": "USD",
            "image_url": "https://cdn.example.com/pubg-mobile.png",
        },
        {
            "id": 4219,
            "name": "Airtel India",
            "topup_type": "MOBILE",
            "country_code": "IND",
            "currency_code": "INR",
            "image_url": "https://cdn.example.com/airtel.png",
        },
    ]
    headers = [response.headers[f"x-{name}"] for name in ("page", "per-page", "total-count", "total-pages", "has-more")]
    assert headers == ["1", "50", "3", "1", "false"]


def test_the_variants_are_the_documented_ones(emulator: Emulator) -> None:
    common = {
        "category": "In-Game Currency",
        "currency_code": "USD",
        "available_in": [{"code": "GLO", "name": "Global"}],
    }
    fields = {"par_value": "60 UC", "delivery_time": "Instant", "validity_days": "365"}
    expected = [
        {"id": 88412, "name": "60 UC", "fixed_amounts": ["0.99"], "fields": fields} | common,
        {
            "id": 88413,
            "name": "325 UC",
            "fixed_amounts": ["4.99"],
            "fields": {"par_value": "325 UC", "delivery_time": "Instant"},
        }
        | common,
    ]
    assert ask(emulator, "GET", f"{PRODUCTS}/4218/variants").json() == expected
    assert ask(emulator, "GET", f"{TOPUPS}/variants/88413").json() == expected[1]


def test_a_range_has_bounds_and_no_fixed_amounts(emulator: Emulator) -> None:
    airtime, data = ask(emulator, "GET", f"{PRODUCTS}/4219/variants").json()
    assert (airtime["category"], airtime["min_amount"], airtime["max_amount"]) == ("Airtime", 10, 5000)
    assert "fixed_amounts" not in airtime
    assert (data["category"], data["fixed_amounts"]) == ("Data", ["299"])
    assert not {"min_amount", "max_amount"} & set(data)


def test_a_single_product_has_its_input_fields(emulator: Emulator) -> None:
    product = ask(emulator, "GET", f"{PRODUCTS}/4218").json()
    assert [(field["name"], field["required"]) for field in product.pop("input_fields")] == [
        ("player_id", True),
        ("server", False),
    ]
    assert product == ask(emulator, "GET", PRODUCTS).json()[0]


def test_products_are_filtered_by_type_and_name_and_paged(emulator: Emulator) -> None:
    assert names(emulator, "type=MOBILE") == ["Airtel India", "Vi (Vodafone Idea) India"]
    assert names(emulator, "type=UTILITY") == []
    assert names(emulator, "search=pubg") == ["PUBG Mobile UC"]
    assert names(emulator, "type=MOBILE&search=INDIA&page=2&per_page=1") == ["Vi (Vodafone Idea) India"]
    page = ask(emulator, "GET", f"{PRODUCTS}?type=MOBILE&per_page=1")
    assert (page.headers["x-total-count"], page.headers["x-has-more"]) == ("2", "true")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("products?type=gaming", invalid("Invalid type")),
        ("products?page=0", invalid("Invalid page")),
        ("products?per_page=501", invalid("Invalid per_page")),
        ("products/x", invalid("Invalid product ID")),
        ("products/x/variants", invalid("Invalid product ID")),
        ("variants/x", invalid("Invalid variant ID")),
        ("products/7", (404, "NotFoundError", "NOT_FOUND", "Product not found")),
        ("products/7/variants", (404, "NotFoundError", "NOT_FOUND", "Product not found")),
        ("variants/7", (404, "NotFoundError", "NOT_FOUND", "Variant not found")),
    ],
)
def test_an_invalid_request_is_rejected(emulator: Emulator, target: str, expected: tuple[int, str, str, str]) -> None:
    assert error(ask(emulator, "GET", f"{TOPUPS}/{target}")) == expected


def test_a_page_out_of_range_is_a_setting() -> None:
    emulator = Emulator(assumptions=Assumptions(out_of_range="clamp"))
    assert ask(emulator, "GET", f"{PRODUCTS}?page=0&per_page=501").headers["x-per-page"] == "500"


def test_a_number_is_looked_up_with_the_best_guess_first(emulator: Emulator) -> None:
    assert ask(emulator, "POST", LOOKUP, json={"mobile_number": "+918879685100"}).json() == [
        {"product_id": 4219, "name": "Airtel India", "country_code": "IND", "identified": True},
        {"product_id": 4231, "name": "Vi (Vodafone Idea) India", "country_code": "IND", "identified": False},
    ]
    assert ask(emulator, "POST", LOOKUP, json={"mobile_number": "+4915112345678"}).json() == []
    assert ask(emulator, "POST", LOOKUP, json={"mobile_number": "+999123456789"}).json() == []
    emulator.add_product("Gifts", country_code="DEU")
    added = emulator.add_product("Telekom", topup_type="MOBILE", country_code="DEU", currency_code="EUR")
    found = ask(emulator, "POST", LOOKUP, json={"mobile_number": "+4915112345678"}).json()
    assert [row["product_id"] for row in found] == [added]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "mobile_number is required"),
        ({"mobile_number": ""}, "mobile_number is required"),
        ({"mobile_number": None}, "mobile_number is required"),
        ({"mobile_number": "+91 88796 85100"}, "Invalid mobile_number"),
        ({"mobile_number": 918879685100}, "Invalid mobile_number"),
        ([], "Invalid request body"),
    ],
)
def test_a_number_is_rejected_as_documented(emulator: Emulator, body: Any, message: str) -> None:
    assert error(ask(emulator, "POST", LOOKUP, json=body)) == invalid(message)


def test_an_added_product_is_served_as_described(emulator: Emulator) -> None:
    product_id = emulator.add_product(
        "Gems",
        currency_code="EUR",
        image_url="https://cdn.example.com/gems.png",
        variants=[
            {"name": "80 gems", "category": "Bundle", "fixed_amounts": ["1.10", Decimal("2.20"), 3]},
            {"min_amount": "0.50", "max_amount": 9, "fields": {"delivery_time": "Instant"}},
        ],
        input_fields=["user_id", {"name": "zone", "required": False, "options": ["eu"]}],
    )
    shown = ask(emulator, "GET", f"{PRODUCTS}/{product_id}").json()
    assert (shown["name"], shown["currency_code"], shown["topup_type"]) == ("Gems", "EUR", "GAMING")
    assert shown["input_fields"] == [
        {"name": "user_id", "label": "User id", "type": "text", "required": True},
        {"name": "zone", "label": "Zone", "type": "text", "required": False, "options": ["eu"]},
    ]
    fixed, ranged = ask(emulator, "GET", f"{PRODUCTS}/{product_id}/variants").json()
    assert (fixed["fixed_amounts"], fixed["currency_code"]) == (["1.10", "2.20", "3"], "EUR")
    assert (ranged["min_amount"], ranged["max_amount"], ranged["fields"]) == (0.5, 9, {"delivery_time": "Instant"})
    assert ask(emulator, "GET", f"{TOPUPS}/variants/{ranged['id']}").json() == ranged
    assert emulator.add_product("More") > product_id


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"topup_type": "OTHER"}, "topup_type must be one of GAMING, MOBILE, UTILITY"),
        ({"variants": [{"name": "x"}]}, "a variant must have fixed_amounts, or min_amount and max_amount"),
        ({"variants": [{"min_amount": 1}]}, "a range needs min_amount and max_amount"),
        ({"variants": [{"min_amount": 2, "max_amount": 1}]}, "min_amount must not exceed max_amount"),
        ({"variants": [{"fixed_amounts": [0]}]}, "the amounts of a variant must be above 0"),
        ({"variants": [{"fixed_amounts": ["NaN"]}]}, "fixed_amounts must have at most 20 digits"),
        ({"variants": [{"fixed_amounts": ["1,0"]}]}, "fixed_amounts must be a number"),
        ({"variants": [{"fixed_amounts": ["1e20"]}]}, "fixed_amounts must have at most 20 digits"),
        ({"variants": [{"fixed_amounts": ["1e-11"]}]}, "fixed_amounts must have at most 20 digits"),
        ({"input_fields": [{"label": "x"}]}, "an input field must have a name"),
    ],
)
def test_an_invalid_product_is_rejected(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        emulator.add_product(**options)


def test_a_float_is_no_amount(emulator: Emulator) -> None:
    with pytest.raises(TypeError, match="fixed_amounts must be a Decimal, an int or a str, got 4"):
        emulator.add_product(variants=[{"fixed_amounts": [4.99]}])
    with pytest.raises(TypeError, match="balance must be a Decimal, an int or a str, got True"):
        emulator.add_wallet("USD", True)


def test_the_sample_orders_agree_with_the_catalogue() -> None:
    catalogue = sample_catalogue()
    for product_id, name, variant_name, country, debit, currency, input_data in CATALOGUE:
        product = catalogue.product(product_id)
        assert product is not None
        assert (product.name, product.country_code, product.currency_code) == (name, country, currency)
        assert set(input_data) <= {field["name"] for field in product.input_fields}
        variant = next(each for each in product.variants if each.name == variant_name)
        amounts = variant.fixed_amounts or (Decimal(200),)
        wallet = Wallet(id=1, currency=currency, balance=Decimal(0))
        assert debit in {price_of(variant, amount, wallet, Decimal(0)).payable for amount in amounts}
