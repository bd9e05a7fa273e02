"""What an amount costs: the discount, and the conversion into the currency of the wallet.

The discount, the exchange rates and the place of rounding are assumed; the discount follows the documented order,
which debits 4.7405 for 4.99.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from octopus_cards.emulator._areas.catalogue import Variant
from octopus_cards.emulator._areas.wallets import Wallet
from octopus_cards.emulator._core.money import EXACT, round_to_cents, rounded_quotient

DISCOUNT_PERCENT = Decimal(5)
# The value of one US dollar. A currency that is not listed counts as much as a US dollar.
_PER_DOLLAR: Mapping[str, Decimal] = MappingProxyType(
    {
        "EUR": Decimal("0.8600"),
        "GBP": Decimal("0.7500"),
        "INR": Decimal("83.5000"),
        "JPY": Decimal("150.0000"),
        "KWD": Decimal("0.3050"),
    }
)
_RATE_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of a variant for one wallet.

    Attributes:
        variant: The variant.
        wallet: The wallet that pays.
        face_value: The amount that was asked for, in the variant's currency.
        discount: The discount on it, absolute.
        total: The amount after the discount.
        rate: The exchange rate; None where no conversion is needed.
        net: The converted total, in the wallet's currency.
        fee: The fee for the conversion, in the wallet's currency.
    """

    variant: Variant
    wallet: Wallet
    face_value: Decimal
    discount: Decimal
    total: Decimal
    rate: Decimal | None
    net: Decimal
    fee: Decimal

    @property
    def payable(self) -> Decimal:
        """What leaves the wallet."""
        return EXACT.add(self.net, self.fee)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of the charges. `net_amount` and its fee appear only with a conversion."""
        shown: dict[str, Any] = {
            "non_discounted_total": self.face_value,
            "discount_amount": self.discount,
            "total_amount": self.total,
            "discount": DISCOUNT_PERCENT,
        }
        if self.rate is not None:
            shown |= {"net_amount": self.net, "handling_fee_amount": self.fee}
        details = {
            "source_currency": self.variant.currency_code,
            "destination_currency": self.wallet.currency,
            "forex_rate": self.rate,
            "conversion_fee": None if self.rate is None else self.fee,
        }
        return shown | {"total_payable": self.payable, "charges_details": details}


def price_of(variant: Variant, amount: Decimal, wallet: Wallet, conversion_fee: Decimal) -> Price:
    """Return the price of this amount for this wallet; the fee applies only to a conversion."""
    discount = EXACT.multiply(amount, EXACT.scaleb(DISCOUNT_PERCENT, -2))
    total = EXACT.subtract(amount, discount)
    is_converted = variant.currency_code != wallet.currency
    rate = _rate(variant.currency_code, wallet.currency) if is_converted else None
    return Price(
        variant=variant,
        wallet=wallet,
        face_value=amount,
        discount=discount,
        total=total,
        rate=rate,
        net=total if rate is None else round_to_cents(EXACT.multiply(total, rate)),
        fee=Decimal(0) if rate is None else conversion_fee,
    )


def _rate(source: str, destination: str) -> Decimal:
    one = Decimal(1)
    return rounded_quotient(_PER_DOLLAR.get(destination, one), _PER_DOLLAR.get(source, one), _RATE_STEP)
