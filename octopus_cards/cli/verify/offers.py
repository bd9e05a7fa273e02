"""What the command orders: a product, an amount and a recipient."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from octopus_cards import Charges, OctopusCards, TopupProduct

# The recipients of the documentation's examples.
SAMPLE_INPUT: Mapping[str, str] = MappingProxyType(
    {"player_id": "5123456789", "server": "asia", "phone_number": "+918879685100"}
)
# How many products are looked at; each costs one or two requests.
MAX_PRODUCTS = 20


class NoOfferError(Exception):
    """Nothing can be ordered without other options; the message names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An order that can be placed.

    Attributes:
        product_id: The product.
        product_name: Its name.
        amount: The amount, in the currency of the product.
        currency: That currency.
        input_data: The recipient.
        wallet_id: The wallet that pays; None for the default.
        charges: What it costs, as the server states it.
    """

    product_id: int
    product_name: str
    amount: Decimal
    currency: str
    input_data: Mapping[str, str]
    wallet_id: int | None = None
    charges: Charges

    @property
    def price(self) -> str:
        """What one order costs, in words."""
        payable, details = self.charges.total_payable, self.charges.charges_details
        if payable is None:
            return "a price that the server does not state"
        return f"{payable:f} {(details and details.destination_currency) or ''}".rstrip()


def choose_offer(
    client: OctopusCards, product_id: int | None, amount: Decimal | None, given: Mapping[str, str]
) -> Offer:
    """Return the cheapest fixed amount of the first gaming product, or what the options say.

    Raises:
        NoOfferError: There is no such product or amount, or data of the recipient is missing.
    """
    product_id, name, amount, currency = _choose_amount(client, product_id, amount)
    input_data = recipient(product_id, input_names(client, product_id), given)
    charges = client.topups.estimate_charges(product_id, amount)
    return Offer(
        product_id=product_id,
        product_name=name,
        amount=amount,
        currency=currency,
        input_data=input_data,
        charges=charges,
    )


def _choose_amount(
    client: OctopusCards, product_id: int | None, amount: Decimal | None
) -> tuple[int, str, Decimal, str]:
    if product_id is not None:
        details = client.topups.products.get(product_id)
        candidates = iter([(product_id, details.name or f"product {product_id}", details.currency_code or "")])
    else:
        candidates = ((each.id, each.name, each.currency_code) for each in gaming_products(client))
    for number, name, currency in candidates:
        chosen = amount or _cheapest(client, number)
        if chosen is not None:
            return number, name, chosen, currency
    if product_id is not None:
        raise NoOfferError(f"product {product_id} has no fixed amount: pass --amount")
    raise NoOfferError("there is no gaming product with a fixed amount: pass --product-id and --amount")


def gaming_products(client: OctopusCards) -> Iterator[TopupProduct]:
    """Yield the first gaming products."""
    return itertools.islice(client.topups.products.list(type="GAMING"), MAX_PRODUCTS)


def _cheapest(client: OctopusCards, product_id: int) -> Decimal | None:
    variants = client.topups.products.variants(product_id)
    return min((amount for variant in variants for amount in variant.fixed_amounts or ()), default=None)


def input_names(client: OctopusCards, product_id: int) -> Mapping[str, bool]:
    """Return the fields of the recipient that a product takes, and whether each is required."""
    fields = client.topups.products.get(product_id).input_fields or ()
    # The documentation does not show how optional fields are marked, so an unmarked field counts as required.
    return {str(each["name"]): bool(each.get("required", True)) for each in fields if each.get("name")}


def recipient(product_id: int, names: Mapping[str, bool], given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the recipient's data: what was given, else the documentation's examples for the required fields.

    Raises:
        NoOfferError: A required field has no value.
    """
    required = [name for name, is_required in names.items() if is_required]
    known = {name: SAMPLE_INPUT[name] for name in required if name in SAMPLE_INPUT} | dict(given)
    missing = [f"--input {name}=VALUE" for name in required if name not in known]
    if missing:
        raise NoOfferError(f"product {product_id} needs data of the recipient: pass {' '.join(missing)}")
    return known
