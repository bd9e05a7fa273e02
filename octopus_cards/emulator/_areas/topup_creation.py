"""The creation of topup orders.

Source: documentation pages reference/topups/create-order and best-practices/idempotency.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._areas.catalogue import Product
from octopus_cards.emulator._areas.documented_limits import TOPUP_ORDERS
from octopus_cards.emulator._areas.pricing import Price, price_of
from octopus_cards.emulator._areas.topup_account import TopupAccount
from octopus_cards.emulator._areas.topup_order import StoredTopupOrder
from octopus_cards.emulator._areas.topup_requests import (
    is_reference,
    requested_input,
    requested_product,
    requested_reference,
    requested_variant,
    requested_wallet,
)
from octopus_cards.emulator._assumptions import Assumptions
from octopus_cards.emulator._core.money import EXACT
from octopus_cards.emulator._core.problems import Problem
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import ErrorResponse, json_object, json_response
from octopus_cards.emulator._core.router import Route

DUPLICATE_REFERENCE = Problem(400, "BadRequestError", "BAD_REQUEST", "Duplicate client_reference")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Purchase:
    """A request that may become an order."""

    product: Product
    price: Price
    debit: Decimal
    input_data: dict[str, Any] | None
    reference: str | None


class TopupCreation:
    """The handler that creates the orders of an account."""

    def __init__(self, account: TopupAccount, now: Callable[[], datetime.datetime], assumptions: Assumptions) -> None:
        self._account = account
        self._now = now
        self._assumptions = assumptions

    def routes(self) -> Sequence[Route]:
        """Return the operation of this area."""
        path = "/api/v1/topups/orders"
        return (Route(method="POST", path=path, handler=self._create, rate_class=TOPUP_ORDERS),)

    def _create(self, request: ReceivedRequest) -> RawResponse:
        body = json_object(request)
        try:
            purchase = self._checked(body)
        except ErrorResponse:
            self._use_up_rejected(body)
            raise
        order = self._accept(purchase)
        self._account.orders.hold(order, self._assumptions.create_waits)
        return json_response(self._assumptions.create_status, order.to_json(detail=True))

    def _checked(self, body: Mapping[str, Any]) -> _Purchase:
        """Check a request in the order that `Assumptions` states.

        Raises:
            ErrorResponse: A field is wrong, the reference is in use, or the wallet has too little money.
        """
        purchase = self._parse(body)
        checks = [self._check_reference, self._check_balance]
        if self._assumptions.duplicate_check == "after balance":
            checks.reverse()
        for check in checks:
            check(purchase)
        return purchase

    def _parse(self, body: Mapping[str, Any]) -> _Purchase:
        product = requested_product(body, self._account.catalogue, self._assumptions)
        variant, amount = requested_variant(body, product)
        input_data = requested_input(body, product)
        reference = requested_reference(body)
        wallet = requested_wallet(body, variant, self._account.wallets, self._assumptions)
        price = price_of(variant, amount, wallet, self._assumptions.conversion_fee)
        debit = price.payable if self._assumptions.charges_are_exact else EXACT.add(price.payable, _CENT)
        return _Purchase(product=product, price=price, debit=debit, input_data=input_data, reference=reference)

    def _check_reference(self, purchase: _Purchase) -> None:
        if purchase.reference is not None and self._account.references.is_used(purchase.reference):
            raise ErrorResponse(DUPLICATE_REFERENCE)

    def _check_balance(self, purchase: _Purchase) -> None:
        self._account.orders.receive_reports()  # a refund that is due counts
        wallet = self._account.wallets.get(purchase.price.wallet.id)
        if wallet is None or wallet.balance < purchase.debit:
            raise ErrorResponse(self._assumptions.insufficient_funds)

    def _use_up_rejected(self, body: Mapping[str, Any]) -> None:
        reference = body.get("client_reference")
        if self._assumptions.rejected_uses_reference and is_reference(reference):
            self._account.references.use(str(reference))

    def _accept(self, purchase: _Purchase) -> StoredTopupOrder:
        """Store the order and take the money."""
        plan = self._account.plans.take()
        wallet = purchase.price.wallet
        given = {
            "status": "PENDING",
            "client_reference": purchase.reference,
            "product_id": purchase.product.id,
            "product_name": purchase.product.name,
            "variant_name": purchase.price.variant.name,
            "country_code": purchase.product.country_code,
            "amount": purchase.debit,
            "currency": wallet.currency,
            "input_data": purchase.input_data,
        }
        order = self._account.orders.create(given, plan.transitions, plan.failure, self._assumptions.list_delay)
        self._account.wallets.debit(
            wallet.id, purchase.debit, order_id=order.id, transaction_id=order.transaction_id, at=self._now()
        )
        return order
