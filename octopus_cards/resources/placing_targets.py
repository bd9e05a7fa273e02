"""All kinds of orders that can be placed, by the name of the operation that places them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from octopus_cards._engine.purchases import PlacingTarget
from octopus_cards.resources.topup_rules import TOPUP_ORDER_PLACING

PLACING_TARGETS: Mapping[str, PlacingTarget[Any]] = MappingProxyType(
    {target.create.name: target for target in (TOPUP_ORDER_PLACING,)}
)
