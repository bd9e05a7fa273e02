"""Arguments as the plain built-in values that they hold.

A subclass, an enum member for example, may have a text, an order or a conversion of its own. What is sent and compared
is the value.
"""

from __future__ import annotations

import math
from operator import index
from typing import Any, SupportsIndex, cast


def plain_text(value: str) -> str:
    """Return a string of any subclass as a str."""
    return str.__str__(value)


def plain_integer(value: object) -> int:
    """Return an integer, one of numpy for example, as an int.

    Raises:
        TypeError: The value is no integer; a bool is none either.
    """
    if isinstance(value, bool):
        raise TypeError("an integer expected, got a bool")
    return index(cast("SupportsIndex", value))


def plain_number(value: object) -> float:
    """Return a real number as a float; one that no float can hold becomes infinite.

    Raises:
        TypeError: The value is no number.
    """
    if isinstance(value, float):
        return float.__float__(value)
    number: Any = plain_integer(value) if isinstance(value, int) or not _is_real(value) else value
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
    except ValueError:  # a Decimal that signals
        return math.nan


def _is_real(value: object) -> bool:
    from decimal import Decimal  # slow to import, and few callers pass such numbers
    from numbers import Real

    return isinstance(value, Decimal | Real)
