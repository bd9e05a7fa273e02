# Made by `nox -s generate` from octopus_cards/resources/_async/topups.py: change that file.
"""Topups: game credit and mobile recharges."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from octopus_cards.resources._sync.base import Resource
from octopus_cards.resources._sync.topup_orders import TopupOrders
from octopus_cards.resources._sync.topup_products import TopupProducts, TopupVariants
from octopus_cards_api.models import Charges, TopupOperator
from octopus_cards_api.operations import ESTIMATE_TOPUP_CHARGES, LOOK_UP_TOPUP_OPERATORS


class Topups(Resource):
    """Game credit and mobile recharges."""

    __module__ = "octopus_cards"

    @cached_property
    def orders(self) -> TopupOrders:
        """The topup orders of the account."""
        return TopupOrders(self._driver, self._session)

    @cached_property
    def products(self) -> TopupProducts:
        """The topup products that the account may order."""
        return TopupProducts(self._driver, self._session)

    @cached_property
    def variants(self) -> TopupVariants:
        """The variants (price points) of topup products."""
        return TopupVariants(self._driver, self._session)

    def lookup(self, mobile_number: str, *, request_id: str | None = None) -> tuple[TopupOperator, ...]:
        """Return the mobile products that may serve a number, the best guess first: one call.

        The result is empty for an unknown number, or where the account has no product of its operator. Of the operators
        the best guess has `identified`; let the customer choose among the others. An order takes the same number as
        `phone_number` in its `input_data`.

        Args:
            mobile_number: The number in E.164 form (`+`, country code, digits), without spaces or dashes.
            request_id: The `X-Request-Id` to send; by default a new KSUID.

        Source: documentation page reference/topups/lookup, seen up to the first error.
        """
        operators = self._call(LOOK_UP_TOPUP_OPERATORS, request_id, mobile_number=mobile_number)
        return tuple(operators)

    def estimate_charges(
        self,
        product_id: int,
        amount: Decimal | int | str,
        *,
        wallet_id: int | None = None,
        category: str | None = None,
        request_id: str | None = None,
    ) -> Charges:
        """Return what an order of this amount would cost: one call.

        `total_payable` is what leaves the wallet, in the currency `charges_details.destination_currency`. With a wallet
        of another currency, `charges_details.forex_rate` is the rate. Whether the rate holds until the order is not
        documented. The documentation of the response was not seen: each of its fields may be None.

        Args:
            product_id: The id of the product.
            amount: The amount in the currency of the product: a fixed amount of a variant, or within its range.
            wallet_id: The wallet to debit; by default the one in the currency of the variant, else the one in the
                default currency of the account.
            category: Choose among the variants of this category only ("Airtime", "Data", "Bundle").
            request_id: The `X-Request-Id` to send; by default a new KSUID.

        Raises:
            ValidationFailedError: No variant has this amount (the documentation does not show this response).

        Source: documentation page reference/topups/charges (seen without the response) and guides/estimating-orders.
        """
        arguments = {"product_id": product_id, "amount": amount, "wallet_id": wallet_id, "category": category}
        return self._call(ESTIMATE_TOPUP_CHARGES, request_id, **arguments)
