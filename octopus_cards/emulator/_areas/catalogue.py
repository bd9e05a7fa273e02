"""The topup products of an account and their variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from octopus_cards.emulator._core.money import is_whole_number_of

TOPUP_TYPES = ("GAMING", "MOBILE", "UTILITY")
# No page states it for a range; no sample shows more.
_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A price point of a product: fixed amounts, or a range that the customer chooses from.

    Attributes:
        id: The variant's id, which orders do not contain.
        name: The name, e.g. "325 UC".
        category: The category, e.g. "Airtime"; may be empty.
        currency_code: The currency of its amounts.
        fixed_amounts: The amounts that it is sold for; empty for a range.
        bounds: The smallest and the largest amount of a range.
        other: Further fields of a response.
    """

    id: int
    name: str
    category: str
    currency_code: str
    fixed_amounts: tuple[Decimal, ...]
    bounds: tuple[Decimal, Decimal] | None
    other: Mapping[str, Any]

    def accepts(self, amount: Decimal) -> bool:
        """Return whether the variant is sold for this amount."""
        if amount in self.fixed_amounts:
            return True
        return (
            self.bounds is not None and self.bounds[0] <= amount <= self.bounds[1] and is_whole_number_of(_STEP, amount)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of a response. The fixed amounts are strings, as documented."""
        shown: dict[str, Any] = {"id": self.id, "name": self.name, "category": self.category}
        shown["currency_code"] = self.currency_code
        if self.bounds is not None:
            shown |= dict(zip(("min_amount", "max_amount"), self.bounds, strict=True))
        if self.fixed_amounts:
            shown["fixed_amounts"] = [format(amount, "f") for amount in self.fixed_amounts]
        return shown | dict(self.other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A topup product.

    Attributes:
        id: The product's id.
        name: The name for people.
        topup_type: GAMING, MOBILE or UTILITY.
        country_code: ISO 3166-1 alpha-3, or GLO.
        currency_code: The currency of its variants.
        image_url: The address of a picture; may be empty.
        input_fields: What an order must say about the recipient.
        variants: The price points.
    """

    id: int
    name: str
    topup_type: str
    country_code: str
    currency_code: str
    image_url: str
    input_fields: tuple[Mapping[str, Any], ...]
    variants: tuple[Variant, ...]

    def variant_for(self, amount: Decimal, category: str | None) -> Variant | None:
        """Return the variant that is sold for this amount; a fixed amount takes precedence over a range."""
        found = [each for each in self.variants if category in (None, each.category) and each.accepts(amount)]
        return min(found, key=lambda variant: amount not in variant.fixed_amounts, default=None)

    def to_json(self, *, detail: bool) -> dict[str, Any]:
        """Return the JSON object of a response; only that of a single product (`detail`) has the input fields."""
        names = ("id", "name", "topup_type", "country_code", "currency_code", "image_url")
        shown = {name: getattr(self, name) for name in names}
        return shown | ({"input_fields": [dict(each) for each in self.input_fields]} if detail else {})


class Catalogue:
    """The products that the account can order, by id."""

    def __init__(self) -> None:
        self._products: dict[int, Product] = {}
        self._variants: dict[int, Variant] = {}

    def add(self, product: Product) -> None:
        """Add a product with its variants."""
        self._products[product.id] = product
        self._variants |= {variant.id: variant for variant in product.variants}

    def next_ids(self) -> tuple[int, int]:
        """Return the first free id of a product and of a variant."""
        return max(self._products, default=4000) + 1, max(self._variants, default=88_000) + 1

    def product(self, product_id: int) -> Product | None:
        """Return the product with this id."""
        return self._products.get(product_id)

    def variant(self, variant_id: int) -> Variant | None:
        """Return the variant with this id."""
        return self._variants.get(variant_id)

    def select(self, topup_type: str | None = None, search: str = "", country: str | None = None) -> Sequence[Product]:
        """Return the products of this type and country whose name contains this text, in order of their addition."""
        return [
            product
            for product in self._products.values()
            if topup_type in (None, product.topup_type)
            and country in (None, product.country_code)
            and search.casefold() in product.name.casefold()
        ]
