"""What the cassettes show of placing topup orders; the live API is never asked to place one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.scenario_steps import Results, Scenario, raises, step
from support.scrubbing import REDACTED

# The recording redacts recipients. The order that is found agrees with the purchase only if both are redacted.
PURCHASE: Mapping[str, Any] = {
    "product_id": 4218,
    "amount": Decimal("4.99"),
    "client_reference": "PURCHASE-0001",
    "input_data": {"player_id": REDACTED, "server": REDACTED},
}
POOR_WALLET = 303
ORDERS = "/api/v1/topups/orders"


def of_the_purchase(order: Any) -> None:
    """Check that an order is that of the purchase."""
    assert order.client_reference == PURCHASE["client_reference"]
    assert order.product_id == PURCHASE["product_id"]
    assert 0 < order.amount <= PURCHASE["amount"]


def placed(*, created: bool) -> Callable[[Results], None]:
    """Check that the last step returned the order of the purchase."""

    def check(results: Results) -> None:
        placement = results[-1]
        assert (placement.created, placement.client_reference) == (created, PURCHASE["client_reference"])
        of_the_purchase(placement.order)

    return check


def one_order(results: Results) -> None:
    """Check that the second step returned the order that the first one created."""
    placed(created=False)(results)
    assert results[1].order.id == results[0].id


def same_order(results: Results) -> None:
    """Check that the order was found by its reference."""
    assert results[1].order.id == results[0].order.id
    assert results[1].created is False


def lose_an_answer(emulator: Emulator) -> None:
    """Execute the next creation, but respond with an error: a cassette cannot contain a lost connection."""
    emulator.fail_next(500, executed=True, method="POST", path=ORDERS)


def add_poor_wallet(emulator: Emulator) -> None:
    """Add a wallet that cannot pay for the order."""
    assert emulator.add_wallet("USD", "1.00") == POOR_WALLET


PLACING_SCENARIOS: dict[str, Scenario] = {
    "create": Scenario(
        "an order by one request",
        (step("create", **PURCHASE),),
        lambda results: of_the_purchase(results[0]),
        prepare=lambda emulator: None,
    ),
    "place": Scenario(
        "an order that is accepted, and found by its reference",
        (step("place", **PURCHASE), step("resolve", client_reference=PURCHASE["client_reference"])),
        same_order,
        prepare=lambda emulator: None,
    ),
    "place_duplicate": Scenario(
        "an order that an earlier process placed: duplicate, then found",
        (step("create", **PURCHASE), step("place", **PURCHASE)),
        one_order,
        prepare=lambda emulator: None,
    ),
    "place_lost_answer": Scenario(
        "an order whose response is lost: sent again, duplicate, then found",
        (step("place", **PURCHASE),),
        placed(created=True),
        prepare=lose_an_answer,
        attempts=2,
    ),
    "place_refused": Scenario(
        "an order that the wallet cannot pay for (status and text are assumed)",
        (step("place", **PURCHASE, wallet_id=POOR_WALLET),),
        raises(oc.BadRequestError, code="INSUFFICIENT_FUNDS", status_code=400),
        prepare=add_poor_wallet,
    ),
    "error_400_duplicate": Scenario(
        "a reference that is in use, as documented",
        (step("create", **PURCHASE), step("create", **PURCHASE)),
        raises(oc.DuplicateReferenceError, "Duplicate client_reference", name="BadRequestError", code="BAD_REQUEST"),
        prepare=lambda emulator: None,
    ),
}
