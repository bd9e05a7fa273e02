"""Topups: game credit and mobile recharges."""

from __future__ import annotations

from functools import cached_property

from octopus_cards.resources._async.base import AsyncResource
from octopus_cards.resources._async.topup_orders import AsyncTopupOrders


class AsyncTopups(AsyncResource):
    """Game credit and mobile recharges."""

    __module__ = "octopus_cards"

    @cached_property
    def orders(self) -> AsyncTopupOrders:
        """The topup orders of the account."""
        return AsyncTopupOrders(self._driver, self._session)
