"""The part of the emulator's interface that prepares products, wallets, and the fulfilment of created orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from octopus_cards.emulator._areas.fulfilment_plans import DEFAULT_FAILURE, Plan, failure_of
from octopus_cards.emulator._areas.product_forms import InputField, product_from
from octopus_cards.emulator._areas.topup_account import TopupAccount
from octopus_cards.emulator._areas.topup_order import transition_times
from octopus_cards.emulator._areas.wallets import Wallet, WalletTransaction
from octopus_cards.emulator._core.money import exact_amount
from octopus_cards.emulator._core.pipeline import RequestPipeline

# What a product without variants sells.
_ANY_AMOUNT: Mapping[str, Any] = {"name": "Top-up", "min_amount": 1, "max_amount": 1000}


class AccountSetup:
    """Methods of `Emulator` that prepare the account for a test, and show what orders did to it."""

    _account: TopupAccount
    _pipeline: RequestPipeline

    def add_product(
        self,
        name: str = "Product",
        *,
        topup_type: str = "GAMING",
        country_code: str = "GLO",
        currency_code: str = "USD",
        image_url: str = "",
        variants: Sequence[Mapping[str, Any]] = (_ANY_AMOUNT,),
        input_fields: Sequence[InputField] = ("player_id",),
    ) -> int:
        """Add a topup product to the catalogue and return its id.

        Args:
            name: The name for people.
            topup_type: "GAMING", "MOBILE" or "UTILITY".
            country_code: ISO 3166-1 alpha-3, or "GLO".
            currency_code: The currency of the variants.
            image_url: The address of a picture.
            variants: The price points as the JSON objects of a response, each with `fixed_amounts`, or with
                `min_amount` and `max_amount`; all other fields are optional. By default one, from 1 to 1000.
            input_fields: What an order must say about the recipient: a name for a required field, or an object with
                a `name` and any of `label`, `type` and `required`.

        Raises:
            ValueError: The type, a variant, an amount or an input field is invalid.
            TypeError: An amount is not a Decimal, an int or text.
        """
        description = {
            "name": name,
            "topup_type": topup_type,
            "country_code": country_code,
            "currency_code": currency_code,
            "image_url": image_url,
        }
        with self._pipeline.lock:
            product = product_from(self._account.catalogue.next_ids(), description, variants, input_fields)
            self._account.catalogue.add(product)
            return product.id

    def add_wallet(self, currency: str, balance: Decimal | int | str) -> int:
        """Add a wallet and return its id. An account starts with a wallet in USD, its default, and one in INR.

        Args:
            currency: Its currency. An order without `wallet_id` pays from the first wallet in its currency.
            balance: Its money.

        Raises:
            ValueError: The balance is not a finite number.
            TypeError: The balance is not a Decimal, an int or text.
        """
        amount = exact_amount("balance", balance)
        with self._pipeline.lock:
            return self._account.wallets.add(currency, amount)

    @property
    def wallets(self) -> Sequence[Wallet]:
        """The wallets with their balances, in order of their addition."""
        with self._pipeline.lock:
            self._account.orders.receive_reports()
            return self._account.wallets.all()

    @property
    def transactions(self) -> Sequence[WalletTransaction]:
        """The debits by created orders and their refunds, in order."""
        with self._pipeline.lock:
            self._account.orders.receive_reports()
            return self._account.wallets.transactions()

    def plan_next_order(
        self,
        *,
        delivered_after: float | None = None,
        failed_after: float | None = None,
        cancelled_after: float | None = None,
        transitions: Sequence[tuple[float, str]] = (),
        failure_code: str = DEFAULT_FAILURE[0],
        failure_reason: str = DEFAULT_FAILURE[1],
        is_user_fixable: bool = DEFAULT_FAILURE[2],
        times: int = 1,
    ) -> None:
        """Decide how the next created order goes; each further call decides about the order after that.

        An order without a plan is delivered 5 to 30 seconds after its creation; the seed decides when. A rejected
        creation uses up no plan. A plan without any time leaves the order PENDING.

        Args:
            delivered_after: Seconds after its creation at which fulfilment delivers it.
            failed_after: Seconds after its creation at which it fails.
            cancelled_after: Seconds after its creation at which it is cancelled.
            transitions: Any other status changes, as (seconds after its creation, status).
            failure_code: The machine-readable cause, once it has failed; the default is not a documented one.
            failure_reason: The cause for the customer.
            is_user_fixable: Whether the customer can correct it.
            times: How many orders go this way.

        Raises:
            ValueError: A time is negative, or `times` is below 1.
        """
        if times < 1:
            raise ValueError(f"times must be 1 or more, got {times}")
        final = {"DELIVERED": delivered_after, "FAILED": failed_after, "CANCELLED": cancelled_after}
        plan = Plan(transition_times(transitions, final), failure_of(failure_code, failure_reason, is_user_fixable))
        with self._pipeline.lock:
            self._account.plans.add(plan, times)
