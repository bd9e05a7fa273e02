"""What the cassettes show of the topup catalogue, of looking numbers up, and of charges."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import octopus_cards as oc
from support.scenario_steps import SCRIPTED, Results, Scenario, assert_equal, error, raises, step

PRODUCTS = step("topups.products.list", per_page=2)


def first_product(results: Results) -> Mapping[str, Any]:
    """Return the id of the product listed first."""
    return {"product_id": results[0][0].id}


def purchase(results: Results) -> Mapping[str, Any]:
    """Return the first product with an amount that one of its variants has."""
    variant = results[1][0]
    return {**first_product(results), "amount": (variant.fixed_amounts or [variant.min_amount])[0]}


def each_product_once(results: Results) -> None:
    """Check that more products than a page holds came, each once."""
    found = [product.id for product in results[0]]
    assert len(found) == len(set(found)) > 2


def of_the_type(results: Results) -> None:
    """Check that all products have the type of the filter."""
    assert {product.topup_type for product in results[0]} == {"MOBILE"}


def same_product(results: Results) -> None:
    """Check that the second step returned the product that the first one listed first, with its input fields."""
    listed, read = results[0][0], results[1]
    assert (read.id, read.name) == (listed.id, listed.name)
    assert len(read.input_fields) > 0


def same_variant(results: Results) -> None:
    """Check that the last step returned the variant that the second one listed first."""
    listed, read = results[1][0], results[2]
    assert (read.id, read.name, read.fixed_amounts) == (listed.id, listed.name, listed.fixed_amounts)
    assert listed.fixed_amounts or listed.min_amount <= listed.max_amount


def operators(results: Results) -> None:
    """Check that the best guess comes first and is the only one."""
    assert [operator.identified for operator in results[0]] == [True, False]


def priced(results: Results) -> None:
    """Check that the price fits the amount."""
    charges, asked = results[2], purchase(results)
    assert charges.non_discounted_total == Decimal(asked["amount"])
    assert 0 < charges.total_payable <= charges.non_discounted_total


CATALOGUE_SCENARIOS: dict[str, Scenario] = {
    "products_list": Scenario("the topup products, over several pages", (PRODUCTS,), each_product_once),
    "products_type": Scenario(
        "the topup products of a type", (step("topups.products.list", type="MOBILE"),), of_the_type
    ),
    "product": Scenario(
        "one product, with its input fields (their shape is assumed)",
        (PRODUCTS, ("topups.products.get", first_product)),
        same_product,
    ),
    "variants": Scenario(
        "the variants of a product, and one of them",
        (
            PRODUCTS,
            ("topups.products.variants", first_product),
            ("topups.variants.get", lambda results: {"variant_id": results[1][0].id}),
        ),
        same_variant,
    ),
    "lookup": Scenario(
        "the operators of a made-up number",
        (step("topups.lookup", mobile_number="+910000000000"),),
        operators,
        prepare=lambda emulator: None,
    ),
    "lookup_nothing": Scenario(
        "a number without an operator",
        (step("topups.lookup", mobile_number="+99900000"),),
        lambda results: assert_equal(results[0], ()),
        prepare=lambda emulator: None,
    ),
    "charges": Scenario(
        "the price of an order (the fields are assumed)",
        (PRODUCTS, ("topups.products.variants", first_product), ("topups.estimate_charges", purchase)),
        priced,
    ),
    "error_400_amount": Scenario(
        "an amount that no variant has (the text is assumed)",
        (PRODUCTS, ("topups.estimate_charges", lambda results: {**first_product(results), "amount": "0.0001"})),
        raises(oc.ValidationFailedError, code="VALIDATION_FAILURE", status_code=400),
    ),
    "error_400_lookup": Scenario(
        "no number to look up, as documented",
        (step("topups.lookup", mobile_number="+910000000000"),),
        raises(oc.ValidationFailedError, "mobile_number is required", code="VALIDATION_FAILURE"),
        error(400, message="mobile_number is required"),
        source=SCRIPTED,
    ),
}
