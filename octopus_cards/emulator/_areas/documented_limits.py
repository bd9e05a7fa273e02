"""The documented rate limits, in requests a minute. Source: documentation page best-practices/rate-limits.

The page does not list a logout, the look-up of a mobile number, or a change of an e-mail address.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

LimitsName = Literal["production", "sandbox"]

LOGIN, REFRESH, READ, TOPUP_ORDERS, TOPUP_CHARGES = "login", "refresh", "read", "topup orders", "topup charges"
_CLASSES = (LOGIN, REFRESH, READ, TOPUP_ORDERS, TOPUP_CHARGES)
_LIMITS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "production": dict(zip(_CLASSES, (10, 20, 300, 60, 120), strict=True)),
        "sandbox": dict(zip(_CLASSES, (30, 30, 600, 120, 300), strict=True)),
    }
)


def documented_limits(name: LimitsName | None) -> Mapping[str, int]:
    """Return the limits of an environment by rate class; none for None.

    Raises:
        ValueError: There is no such environment.
    """
    if name is None:
        return {}
    if name not in _LIMITS:
        raise ValueError(f"limits must be one of {', '.join(_LIMITS)} or None, got {name!r}")
    return _LIMITS[name]
