# Made by `nox -s generate` from octopus_cards/resources/_async/topups.py: change that file.
"""Topups: game credit and mobile recharges."""

from __future__ import annotations

from functools import cached_property

from octopus_cards.resources._sync.base import Resource
from octopus_cards.resources._sync.topup_orders import TopupOrders


class Topups(Resource):
    """Game credit and mobile recharges."""

    __module__ = "octopus_cards"

    @cached_property
    def orders(self) -> TopupOrders:
        """The topup orders of the account."""
        return TopupOrders(self._driver, self._session)
