"""Times of deliveries."""

from __future__ import annotations

import datetime
import math
import re

from octopus_cards._base.plain import plain_number

_UNIX_TIME = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
# RFC 3339 with any number of decimals; Python 3.11 reads the rest.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,30})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def read_unix_time(text: str) -> float | None:
    """Return a Unix time in seconds; None where the text is none."""
    return float(text) if _UNIX_TIME.fullmatch(text) else None


def read_moment(value: object) -> datetime.datetime | None:
    """Return RFC 3339 text as an aware datetime; None where it is no such text."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        return datetime.datetime.fromisoformat(value.upper())
    except ValueError:  # February 30
        return None


def unix_time(at: datetime.datetime | float) -> float:
    """Return a moment as a Unix time.

    Raises:
        ValueError: The datetime has no UTC offset, or the number is negative or not finite.
        TypeError: It is neither a datetime nor a number.
    """
    if isinstance(at, datetime.datetime):
        if at.tzinfo is None:
            raise ValueError("at must be aware of its offset")
        return at.timestamp()
    seconds = plain_number(at)
    if not 0 <= seconds < math.inf:
        raise ValueError("at must be a datetime, or a Unix time of 0 or more")
    return seconds
