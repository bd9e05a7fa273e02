"""Sample data for topup orders: a small catalogue, and orders of the past hours."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

_PRODUCT_FIELDS = ("product_id", "product_name", "variant_name", "country_code", "amount", "currency", "input_data")
# One row for each variant; the columns are _PRODUCT_FIELDS.
CATALOGUE: tuple[tuple[int, str, str, str, Decimal, str, dict[str, str]], ...] = (
    (4218, "PUBG Mobile UC", "325 UC", "GLO", Decimal("4.7405"), "USD", {"player_id": "5123456789", "server": "asia"}),
    (4218, "PUBG Mobile UC", "60 UC", "GLO", Decimal("0.9405"), "USD", {"player_id": "5123456789", "server": "asia"}),
    (4219, "Airtel India", "Airtime", "IND", Decimal("190.00"), "INR", {"phone_number": "+910000000000"}),
    (
        4231,
        "Vi (Vodafone Idea) India",
        "1 GB / 28 days",
        "IND",
        Decimal("95.0000"),
        "INR",
        {"phone_number": "+910000000001"},
    ),
)


def random_product(random: Random) -> dict[str, Any]:
    """Return the product fields of an order for a random variant."""
    return dict(zip(_PRODUCT_FIELDS, random.choice(CATALOGUE), strict=True))


def past_orders(count: int, random: Random, now: datetime.datetime) -> Iterator[dict[str, Any]]:
    """Yield the arguments of `count` orders, seven minutes apart, ending now.

    Most become final soon after their creation, some within the next minute.
    """
    for number in range(1, count + 1):
        age = datetime.timedelta(minutes=7 * (count - number + 1))
        final_status = random.choices(("DELIVERED", "FAILED", "CANCELLED", None), (16, 2, 1, 1))[0]
        after = float(random.randint(3, 40))
        transition = (after, final_status) if final_status else (age.total_seconds() + after, "DELIVERED")
        yield {"created_at": now - age, "transitions": [transition], "client_reference": f"ORDER-{number:05}"}
