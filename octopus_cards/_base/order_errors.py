"""The exceptions of placing an order that are not about one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octopus_cards._base.exceptions import OctopusCardsError

if TYPE_CHECKING:
    from decimal import Decimal  # slow to import, and every program imports the exceptions


class ReferenceConflictError(OctopusCardsError):
    """The client_reference belongs to an order for another purchase, or to more than one order.

    Attributes:
        client_reference: The reference.
        order: An order that has it; None where only the journal knows another request with this reference.
    """

    client_reference: str
    order: Any

    def __init__(self, problem: str, *, client_reference: str, order: Any = None) -> None:
        super().__init__(problem)
        self.client_reference = client_reference
        self.order = order


class DebitLimitError(OctopusCardsError):
    """An order would cost more than `max_debit`, or its price is not known; nothing was ordered.

    Attributes:
        charges: The price that the server stated.
        max_debit: The most that the caller allows.
    """

    charges: Any
    max_debit: Decimal

    def __init__(self, problem: str, *, charges: Any, max_debit: Decimal) -> None:
        super().__init__(problem)
        self.charges = charges
        self.max_debit = max_debit
