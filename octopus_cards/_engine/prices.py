"""The price of an order, before it is placed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from octopus_cards._base.order_errors import DebitLimitError
from octopus_cards._engine.calls import call_operation
from octopus_cards._engine.effects import Flow
from octopus_cards._engine.exchange import Session
from octopus_cards._engine.purchases import Purchase


def check_price(
    purchase: Purchase[Any], max_debit: Decimal, session: Session, request_id: str | None
) -> Flow[str | None]:
    """Return the currency in which the order would be debited; None where the server does not state it.

    Raises:
        DebitLimitError: The order would cost more than `max_debit`, or the server states no price.
    """
    charges = yield from call_operation(purchase.target.price, purchase.price_arguments(), session, request_id)
    details = charges.charges_details
    currency: str | None = None if details is None else details.destination_currency
    payable: Decimal | None = charges.total_payable
    if payable is not None and payable <= max_debit:
        return currency
    price = "no price" if payable is None else f"a price of {payable:f} {currency or ''}".rstrip()
    label = purchase.target.label
    problem = f"the {label} was not placed: the server stated {price}, and max_debit is {max_debit:f}"
    raise DebitLimitError(problem, charges=charges, max_debit=max_debit)
