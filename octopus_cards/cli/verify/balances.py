"""An order that a wallet of the account cannot pay, found without ordering anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from octopus_cards import APIError, OctopusCards, RequestError
from octopus_cards._base.narrowing import is_list, is_mapping
from octopus_cards.cli.verify.attempts import CheckSkippedError, describe, exact
from octopus_cards.cli.verify.offers import MAX_PRODUCTS, NoOfferError, Offer, input_names, recipient

_WALLETS = "/api/v1/wallets"
# How many prices are asked for; the documented limit of the sandbox is 300 a minute.
_MAX_PRICES = 50


@dataclass(frozen=True, slots=True)
class _Wallet:
    id: int
    balance: Decimal


def unaffordable_offer(client: OctopusCards, offer: Offer) -> Offer:
    """Return an order that one wallet of the account cannot pay.

    It is the offer from a wallet with too little money; else the largest amount of a variant with a range.

    Raises:
        CheckSkippedError: There is none, or the balances are not known.
    """
    wallets = _prepaid_wallets(client)
    prices = 0
    for candidate in _candidates(client, offer):
        for wallet in wallets:
            if prices >= _MAX_PRICES:
                raise CheckSkippedError(f"none of {prices} prices exceeds the balance of its wallet")
            prices += 1
            priced = _priced(client, candidate, wallet)
            if priced is not None and (priced.charges.total_payable or 0) > wallet.balance:
                return priced
    raise CheckSkippedError("no amount of the catalogue exceeds the balance of a wallet")


def _prepaid_wallets(client: OctopusCards) -> list[_Wallet]:
    """Return the wallets whose balance must cover an order, the poorest first."""
    try:
        rows = client.request("GET", _WALLETS).json()
    except (RequestError, ValueError) as error:
        raise CheckSkippedError(f"the balances cannot be read: {describe(error)}") from error
    listed: Sequence[object] = rows if is_list(rows) else ()
    wallets = [wallet for row in listed if (wallet := _wallet(row)) is not None]
    if not wallets:
        raise CheckSkippedError("the balances cannot be read: the response shows no prepaid wallet")
    return sorted(wallets, key=lambda each: each.balance)


def _wallet(row: object) -> _Wallet | None:
    fields: Mapping[object, object] = row if is_mapping(row) else {}
    wallet_id, balance = fields.get("id"), exact(fields.get("amount"))
    if fields.get("type") != "PREPAID" or not isinstance(wallet_id, int) or balance is None:
        return None
    return _Wallet(wallet_id, balance)


def _candidates(client: OctopusCards, offer: Offer) -> Iterator[Offer]:
    """Yield the offer, and the largest amount of each range of its product and of others."""
    yield offer
    for number, product in enumerate(client.topups.products.list()):
        if number >= MAX_PRODUCTS:
            return
        highest = _highest(client, product.id)
        if highest is None:
            continue
        names = input_names(client, product.id)
        given = {name: value for name, value in offer.input_data.items() if name in names}
        try:
            input_data = recipient(product.id, names, given)
        except NoOfferError:
            continue
        yield replace(
            offer,
            product_id=product.id,
            product_name=product.name,
            amount=highest,
            currency=product.currency_code,
            input_data=input_data,
        )


def _highest(client: OctopusCards, product_id: int) -> Decimal | None:
    variants = client.topups.products.variants(product_id)
    return max((each.max_amount for each in variants if each.max_amount is not None), default=None)


def _priced(client: OctopusCards, offer: Offer, wallet: _Wallet) -> Offer | None:
    """Return the offer with its price from a wallet; None where the server states none."""
    try:
        charges = client.topups.estimate_charges(offer.product_id, offer.amount, wallet_id=wallet.id)
    except APIError:
        return None
    return replace(offer, wallet_id=wallet.id, charges=charges)
