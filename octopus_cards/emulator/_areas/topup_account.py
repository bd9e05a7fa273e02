"""What the server keeps about the topups of an account."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from random import Random

from octopus_cards.emulator._areas.catalogue_samples import sample_catalogue
from octopus_cards.emulator._areas.fulfilment_plans import FulfilmentPlans
from octopus_cards.emulator._areas.references import UsedReferences
from octopus_cards.emulator._areas.topup_store import TopupStore
from octopus_cards.emulator._areas.wallets import Wallets
from octopus_cards.emulator._assumptions import Assumptions

# Plenty: no test that does not want to runs out of it.
_BALANCES = {"USD": Decimal("10000000.00"), "INR": Decimal("1000000000.00")}


class TopupAccount:
    """The catalogue, the wallets and the orders of one account.

    Args:
        random: The source of order ids and of the fields of sample orders.
        plan_random: The source of delivery times.
        now: The time of day.
        assumptions: The settings for what is not documented.

    Attributes:
        catalogue: The products.
        wallets: The wallets.
        references: The client references in use.
        orders: The orders.
        plans: How the next created orders go.
    """

    def __init__(
        self, random: Random, plan_random: Random, now: Callable[[], datetime.datetime], assumptions: Assumptions
    ) -> None:
        self.catalogue = sample_catalogue()
        self.wallets = Wallets()
        for currency, balance in _BALANCES.items():
            self.wallets.add(currency, balance)
        lifetime, case_sensitive = assumptions.reference_lifetime, assumptions.reference_case_sensitive
        self.references = UsedReferences(now, lifetime, case_sensitive=case_sensitive)
        self.orders = TopupStore(
            random, now, assumptions.back_channel_every, references=self.references, refund=self.wallets.refund
        )
        self.plans = FulfilmentPlans(plan_random)
