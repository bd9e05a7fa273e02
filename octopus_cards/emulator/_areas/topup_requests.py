"""The fields of a request for charges or an order, and the error for each that is wrong.

Only `VALIDATION_FAILURE` as the code is documented; the messages are assumed, worded as the documented ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from octopus_cards.emulator._areas.catalogue import Catalogue, Product, Variant
from octopus_cards.emulator._areas.wallets import Wallet, Wallets
from octopus_cards.emulator._assumptions import Assumptions
from octopus_cards.emulator._core.responses import ErrorResponse, invalid

_PRINTABLE = re.compile("[ -~]{1,255}")


def requested_product(body: Mapping[str, Any], catalogue: Catalogue, assumptions: Assumptions) -> Product:
    """Return the product of a request.

    Raises:
        ErrorResponse: `product_id` is missing or invalid, or the account has no such product.
    """
    product_id = body.get("product_id")
    if product_id is None:
        raise invalid("product_id is required")
    if not _is_id(product_id):
        raise invalid("Invalid product_id")
    product = catalogue.product(product_id)
    if product is None:
        raise ErrorResponse(assumptions.unknown_product)
    return product


def requested_variant(body: Mapping[str, Any], product: Product) -> tuple[Variant, Decimal]:
    """Return the variant that the amount and the category of a request select, and the amount.

    Raises:
        ErrorResponse: One of them is missing or invalid, or no variant is sold for them.
    """
    amount, category = body.get("amount"), body.get("category")
    if amount is None:
        raise invalid("amount is required")
    if isinstance(amount, bool) or not isinstance(amount, (int, Decimal)):
        raise invalid("amount must be a number")
    if amount <= 0:
        raise invalid("amount must be greater than 0")
    if category is not None and not isinstance(category, str):
        raise invalid("Invalid category")
    variant = product.variant_for(Decimal(amount), category)
    if variant is None:
        raise invalid("amount is not available for this product")
    return variant, Decimal(amount)


def requested_wallet(body: Mapping[str, Any], variant: Variant, wallets: Wallets, assumptions: Assumptions) -> Wallet:
    """Return the wallet of a request: the given one, else the one in the variant's currency, else the first.

    Raises:
        ErrorResponse: `wallet_id` is invalid, or the account has no such wallet.
    """
    wallet_id = body.get("wallet_id")
    if wallet_id is None:
        return wallets.for_currency(variant.currency_code)
    if not _is_id(wallet_id):
        raise invalid("Invalid wallet_id")
    wallet = wallets.get(wallet_id)
    if wallet is None:
        raise ErrorResponse(assumptions.unknown_wallet)
    return wallet


def requested_input(body: Mapping[str, Any], product: Product) -> dict[str, Any] | None:
    """Return the recipient of an order.

    Raises:
        ErrorResponse: A required field is missing or empty, a field is unknown, or a value is not text.
    """
    given = body.get("input_data")
    if given is not None and not isinstance(given, dict):
        raise invalid("Invalid input_data")
    values = cast("dict[str, Any]", given or {})
    for field in product.input_fields:
        if field.get("required") and values.get(field["name"]) in (None, ""):
            raise invalid(f"input_data.{field['name']} is required")
    known = {field["name"] for field in product.input_fields}
    for name, value in values.items():
        if name not in known:
            raise invalid(f"input_data.{name} is not allowed")
        if not isinstance(value, str):
            raise invalid(f"input_data.{name} must be a string")
    return None if given is None else values


def requested_reference(body: Mapping[str, Any]) -> str | None:
    """Return the client reference of an order.

    Raises:
        ErrorResponse: It is not 1 to 255 printable ASCII characters.
    """
    reference = body.get("client_reference")
    if reference is not None and not is_reference(reference):
        raise invalid("Invalid client_reference")
    return cast("str | None", reference)


def is_reference(value: object) -> bool:
    """Return whether this is a valid client reference."""
    return isinstance(value, str) and _PRINTABLE.fullmatch(value) is not None


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
