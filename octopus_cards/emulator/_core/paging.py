"""Paging: the query parameters of a list and the headers of a page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from octopus_cards.emulator._core.responses import invalid


def query_integer(
    query: Mapping[str, str], name: str, default: int, *, maximum: int | None = None, clamp: bool = False
) -> int:
    """Return the value of a query parameter that is an integer from 1.

    Args:
        query: The query parameters.
        name: The name of the parameter.
        default: The value where the parameter is missing, within bounds.
        maximum: The upper bound; None for none.
        clamp: Replace a value out of bounds by the nearest bound.

    Raises:
        ErrorResponse: The value is not an integer; or it is out of bounds, and `clamp` is false.
    """
    text = query.get(name, str(default))
    if not re.fullmatch("[+-]?[0-9]{1,4000}", text):  # Python converts at most 4,300 digits
        raise invalid(f"Invalid {name}")
    bounded = max(int(text), 1) if maximum is None else min(max(int(text), 1), maximum)
    if int(text) != bounded and not clamp:
        raise invalid(f"Invalid {name}")
    return bounded


def paging_headers(page: int, per_page: int, rows: int, total: int) -> Mapping[str, str]:
    """Return the documented headers of a page that contains this many rows of a total."""
    pages = -(-total // per_page)
    headers = {
        "x-page": page,
        "x-per-page": per_page,
        "x-total-count": total,
        "x-total-pages": pages,
        "x-page-size": rows,
        "x-has-more": "true" if page < pages else "false",
    }
    return {name: str(value) for name, value in headers.items()}
