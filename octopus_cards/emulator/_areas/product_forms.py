"""Products as a test describes them, with plain mappings, turned into products of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from octopus_cards.emulator._areas.catalogue import TOPUP_TYPES, Product, Variant
from octopus_cards.emulator._core.money import exact_amount

InputField = str | Mapping[str, Any]


def product_from(
    ids: tuple[int, int],
    description: Mapping[str, str],
    variants: Sequence[Mapping[str, Any]],
    input_fields: Sequence[InputField],
) -> Product:
    """Return the product with the first of these ids; its variants are numbered from the second.

    Raises:
        ValueError: The type is unknown, a variant has neither fixed amounts nor a range, or an amount is invalid.
    """
    if description["topup_type"] not in TOPUP_TYPES:
        raise ValueError(f"topup_type must be one of {', '.join(TOPUP_TYPES)}, got {description['topup_type']!r}")
    currency = description["currency_code"]
    return Product(
        id=ids[0],
        name=description["name"],
        topup_type=description["topup_type"],
        country_code=description["country_code"],
        currency_code=currency,
        image_url=description.get("image_url", ""),
        input_fields=tuple(_input_field(field) for field in input_fields),
        variants=tuple(_variant(number, currency, each) for number, each in enumerate(variants, ids[1])),
    )


def _input_field(field: InputField) -> Mapping[str, Any]:
    given = {"name": field} if isinstance(field, str) else dict(field)
    if not given.get("name"):
        raise ValueError(f"an input field must have a name, got {field!r}")
    label = str(given["name"]).replace("_", " ").capitalize()
    return {"name": given["name"], "label": label, "type": "text", "required": True} | given


def _variant(variant_id: int, currency: str, given: Mapping[str, Any]) -> Variant:
    other = dict(given)
    fixed = tuple(exact_amount("fixed_amounts", amount) for amount in other.pop("fixed_amounts", ()))
    bounds = _bounds(other.pop("min_amount", None), other.pop("max_amount", None))
    if not fixed and bounds is None:
        raise ValueError(f"a variant must have fixed_amounts, or min_amount and max_amount, got {dict(given)!r}")
    if any(amount <= 0 for amount in (*fixed, *(bounds or ()))):
        raise ValueError(f"the amounts of a variant must be above 0, got {dict(given)!r}")
    return Variant(
        id=other.pop("id", variant_id),
        name=other.pop("name", "Top-up"),
        category=other.pop("category", ""),
        currency_code=other.pop("currency_code", currency),
        fixed_amounts=fixed,
        bounds=bounds,
        other=other,
    )


def _bounds(low: Any, high: Any) -> tuple[Decimal, Decimal] | None:
    if low is None and high is None:
        return None
    if low is None or high is None:
        raise ValueError(f"a range needs min_amount and max_amount, got {low!r} and {high!r}")
    bounds = exact_amount("min_amount", low), exact_amount("max_amount", high)
    if bounds[0] > bounds[1]:
        raise ValueError(f"min_amount must not exceed max_amount, got {low!r} and {high!r}")
    return bounds
