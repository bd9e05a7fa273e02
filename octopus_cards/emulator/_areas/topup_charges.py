"""The charges of a topup before it is ordered. Source: documentation page reference/topups/charges."""

from __future__ import annotations

from collections.abc import Sequence

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._areas.documented_limits import TOPUP_CHARGES
from octopus_cards.emulator._areas.pricing import price_of
from octopus_cards.emulator._areas.topup_account import TopupAccount
from octopus_cards.emulator._areas.topup_requests import requested_product, requested_variant, requested_wallet
from octopus_cards.emulator._assumptions import Assumptions
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import json_object, json_response
from octopus_cards.emulator._core.router import Route


class TopupCharges:
    """The handler of the charges of an account."""

    def __init__(self, account: TopupAccount, assumptions: Assumptions) -> None:
        self._account = account
        self._assumptions = assumptions

    def routes(self) -> Sequence[Route]:
        """Return the operation of this area."""
        path = "/api/v1/topups/charges"
        return (Route(method="POST", path=path, handler=self._estimate, rate_class=TOPUP_CHARGES),)

    def _estimate(self, request: ReceivedRequest) -> RawResponse:
        body = json_object(request)
        product = requested_product(body, self._account.catalogue, self._assumptions)
        variant, amount = requested_variant(body, product)
        wallet = requested_wallet(body, variant, self._account.wallets, self._assumptions)
        price = price_of(variant, amount, wallet, self._assumptions.conversion_fee)
        return json_response(self._assumptions.success_status, price.to_json())
