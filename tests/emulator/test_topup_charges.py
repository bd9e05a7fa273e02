"""The charges of a topup are exact and have the documented fields."""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from typing import Any

import pytest

from octopus_cards.emulator import Assumptions, Emulator
from support.emulator_requests import ask, error, invalid

CHARGES = "/api/v1/topups/charges"


def charges(emulator: Emulator, **body: Any) -> Any:
    response = ask(emulator, "POST", CHARGES, json=body)
    assert response.status_code == 200
    return json.loads(response.text, parse_float=Decimal)


def wallet_in(emulator: Emulator, currency: str) -> int:
    return next(wallet.id for wallet in emulator.wallets if wallet.currency == currency)


def test_the_documented_amount_costs_the_documented_debit(emulator: Emulator) -> None:
    assert charges(emulator, product_id=4218, amount=4.99) == {
        "non_discounted_total": Decimal("4.99"),
        "discount_amount": Decimal("0.2495"),
        "total_amount": Decimal("4.7405"),
        "discount": 5,
        "total_payable": Decimal("4.7405"),
        "charges_details": {
            "source_currency": "USD",
            "destination_currency": "USD",
            "forex_rate": None,
            "conversion_fee": None,
        },
    }


@pytest.mark.parametrize("fee", ["0.00", "0.25"])
def test_another_wallet_pays_the_converted_amount(fee: str) -> None:
    emulator = Emulator(assumptions=Assumptions(conversion_fee=Decimal(fee)))
    found = charges(emulator, product_id=4218, amount=4.99, wallet_id=wallet_in(emulator, "INR"))
    net = Decimal("395.83")  # 4.7405 * 83.5 = 395.83175
    assert found == {
        "non_discounted_total": Decimal("4.99"),
        "discount_amount": Decimal("0.2495"),
        "total_amount": Decimal("4.7405"),
        "discount": 5,
        "net_amount": net,
        "handling_fee_amount": Decimal(fee),
        "total_payable": net + Decimal(fee),
        "charges_details": {
            "source_currency": "USD",
            "destination_currency": "INR",
            "forex_rate": Decimal("83.500000"),
            "conversion_fee": Decimal(fee),
        },
    }


def test_the_arithmetic_of_the_caller_does_not_matter() -> None:
    emulator = Emulator(assumptions=Assumptions(conversion_fee=Decimal("0.0001")))
    with localcontext() as context:
        context.prec = 3
        same = charges(emulator, product_id=4218, amount=4.99)
        converted = charges(emulator, product_id=4218, amount=4.99, wallet_id=wallet_in(emulator, "INR"))
    assert (same["discount_amount"], same["total_payable"]) == (Decimal("0.2495"), Decimal("4.7405"))
    assert converted["total_payable"] == Decimal("395.8301")
    assert converted["charges_details"]["forex_rate"] == Decimal("83.5")


def test_a_converted_amount_is_rounded_half_up(emulator: Emulator) -> None:
    product_id = emulator.add_product(variants=[{"fixed_amounts": ["2.00", "0.30"]}])
    wallet_id = emulator.add_wallet("XXX", 0)
    # A currency without a rate counts as much as a US dollar.
    assert charges(emulator, product_id=product_id, amount=0.3, wallet_id=wallet_id)["net_amount"] == Decimal("0.29")
    assert charges(emulator, product_id=product_id, amount=2, wallet_id=wallet_id)["net_amount"] == Decimal("1.90")


def test_without_a_wallet_in_the_currency_the_default_one_pays(emulator: Emulator) -> None:
    product_id = emulator.add_product(currency_code="EUR")
    details = charges(emulator, product_id=product_id, amount=10)["charges_details"]
    assert (details["source_currency"], details["destination_currency"]) == ("EUR", "USD")
    assert details["forex_rate"] == Decimal("1.162791")
    emulator.add_wallet("EUR", 0)
    assert charges(emulator, product_id=product_id, amount=10)["charges_details"]["forex_rate"] is None


@pytest.mark.parametrize("category", ["Airtime", None])
def test_a_category_restricts_the_variants(emulator: Emulator, category: str | None) -> None:
    body = {"product_id": 4219, "amount": 299, "category": category}
    assert charges(emulator, **body)["total_payable"] == Decimal("284.05")
    refused = ask(emulator, "POST", CHARGES, json=body | {"amount": 298, "category": "Data"})
    assert error(refused) == invalid("amount is not available for this product")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"x", "Invalid request body"),
        (b"{}", "product_id is required"),
        (b'{"product_id": null}', "product_id is required"),
        (b'{"product_id": 0}', "Invalid product_id"),
        (b'{"product_id": "4218"}', "Invalid product_id"),
        (b'{"product_id": 4218.0}', "Invalid product_id"),
        (b'{"product_id": true}', "Invalid product_id"),
        (b'{"product_id": 4218}', "amount is required"),
        (b'{"product_id": 4218, "amount": "4.99"}', "amount must be a number"),
        (b'{"product_id": 4218, "amount": true}', "amount must be a number"),
        (b'{"product_id": 4218, "amount": 0}', "amount must be greater than 0"),
        (b'{"product_id": 4218, "amount": -4.99}', "amount must be greater than 0"),
        (b'{"product_id": 4218, "amount": 4.98}', "amount is not available for this product"),
        (
            b'{"product_id": 4218, "amount": 4.990000000000000000000000000001}',
            "amount is not available for this product",
        ),
        (b'{"product_id": 4218, "amount": 1e99999}', "amount is not available for this product"),
        (b'{"product_id": 4219, "amount": 9.9999}', "amount is not available for this product"),
        (b'{"product_id": 4219, "amount": 5000.0001}', "amount is not available for this product"),
        (b'{"product_id": 4219, "amount": 20.00001}', "amount is not available for this product"),
        (b'{"product_id": 4219, "amount": 20, "category": 5}', "Invalid category"),
        (b'{"product_id": 4219, "amount": 20, "category": "Bundle"}', "amount is not available for this product"),
        (b'{"product_id": 4219, "amount": 20, "wallet_id": "1"}', "Invalid wallet_id"),
    ],
)
def test_an_invalid_request_is_rejected(emulator: Emulator, body: bytes, message: str) -> None:
    assert error(ask(emulator, "POST", CHARGES, content=body)) == invalid(message)


def test_unknown_ids_are_404(emulator: Emulator) -> None:
    unknown = ask(emulator, "POST", CHARGES, json={"product_id": 7, "amount": 1})
    assert error(unknown) == (404, "NotFoundError", "NOT_FOUND", "Product not found")
    unknown = ask(emulator, "POST", CHARGES, json={"product_id": 4218, "amount": 0.99, "wallet_id": 7})
    assert error(unknown) == (404, "NotFoundError", "NOT_FOUND", "Wallet not found")


@pytest.mark.parametrize("amount", ["4.99", "4.990000", "499e-2", "10.000000"])
def test_the_spelling_of_an_amount_does_not_matter(emulator: Emulator, amount: str) -> None:
    product_id = emulator.add_product(variants=[{"fixed_amounts": ["4.99"]}, {"min_amount": 10, "max_amount": 10}])
    body = f'{{"product_id": {product_id}, "amount": {amount}}}'.encode()
    payable = json.loads(ask(emulator, "POST", CHARGES, content=body).text, parse_float=Decimal)["total_payable"]
    assert payable == Decimal(amount) * Decimal("0.95")
