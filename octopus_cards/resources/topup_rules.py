"""What the documentation says about topup orders beyond the contract: statuses, finality, cadence."""

from __future__ import annotations

import math
from typing import Literal

from octopus_cards._engine.purchases import PlacingTarget
from octopus_cards._engine.wait_options import Cadence
from octopus_cards_api.models import TopupOrder, TopupStatus
from octopus_cards_api.operations import CREATE_TOPUP_ORDER, ESTIMATE_TOPUP_CHARGES, GET_TOPUP_ORDER, LIST_TOPUP_ORDERS

TopupStatusName = Literal["PENDING", "DELIVERED", "FAILED", "CANCELLED", "RECHARGED"]
TopupTypeName = Literal["GAMING", "MOBILE", "UTILITY"]
LABEL = "topup order"
PRODUCT = "topup product"
VARIANT = "topup variant"
TOPUP_ORDER_PLACING: PlacingTarget[TopupOrder] = PlacingTarget(
    CREATE_TOPUP_ORDER, LIST_TOPUP_ORDERS, GET_TOPUP_ORDER, ESTIMATE_TOPUP_CHARGES, LABEL
)
_FINAL = frozenset({TopupStatus.DELIVERED, TopupStatus.FAILED, TopupStatus.CANCELLED})

TOPUP_ORDER_CADENCE = Cadence([(60.0, 5.0), (math.inf, 30.0)])
"""Every 5 s in the first minute, then every 30 s. Source: documentation page reference/topups/orders."""


def is_final(order: TopupOrder) -> bool:
    """Return whether an order will not change any more.

    True for DELIVERED, FAILED and CANCELLED; for any other status, known or not, once `completed_at` is present.
    Source: documentation page reference/topups/orders (`completed_at` is present only when terminal).
    """
    return order.status in _FINAL or order.completed_at is not None
