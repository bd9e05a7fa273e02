"""The scenarios that each language's smoke program runs against, and what the program must print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from octopus_cards.emulator import Scenario

PLAIN, STATUS, FIELD, MONEY = "smoke", "smoke_unknown_status", "smoke_unknown_field", "smoke_money"
HEADERS, NO_HEADERS = "smoke_headers", "smoke_without_headers"
SCENARIOS = (PLAIN, STATUS, FIELD, HEADERS, NO_HEADERS, MONEY)
REDIRECT = "redirect"  # not a scenario: the server redirects every request, and the program must stop
UNKNOWN = "?"


def transcript(name: str) -> list[str]:
    """Return the lines that a program must print in a scenario."""
    scenario = Scenario.load(name)
    listed, read, stored, refused, waited, placed = (call["ends"] for call in scenario.calls)
    newest, new = read["order"], placed["order"]
    error = refused["error"]
    return [
        *_pages(listed["orders"], **{"per_page": 3, "total_pages": UNKNOWN} | listed.get("last_page", {})),
        f"order {newest['id']}: {newest['status']}, {newest['amount']} {newest['currency']}",
        f"e-mail: {stored['confirmation']['message']}",
        f"error {error['status']} {error['code']}: {error['message']}",
        f"final {newest['id']}: {waited['order']['status']}, completed {waited['order']['completed_at']}",
        f"placed {new['client_reference']}: {new['status']}, {new['amount']} {new['currency']}",
    ]


def _pages(ids: Sequence[int], per_page: int, total_pages: int | str) -> Iterator[str]:
    for number, start in enumerate(range(0, len(ids), per_page), 1):
        yield f"page {number} of {total_pages}: {' '.join(map(str, ids[start : start + per_page]))}"


def request_count(name: str) -> int:
    """Return the number of requests that a program must send in a scenario."""
    return sum(call["requests"] for call in Scenario.load(name).calls)


def differences(name: str, printed: Sequence[str]) -> list[str]:
    """Compare printed lines with the transcript of a scenario; an empty list means that they are equal."""
    expected: list[Any] = transcript(name)
    if name == NO_HEADERS:  # the number of pages is unknown, and each program may print that in its own way
        printed = [re.sub(r"^(page \d+ of) \S+:", rf"\1 {UNKNOWN}:", line) for line in printed]
    if len(printed) != len(expected):
        return [f"{len(printed)} lines instead of {len(expected)}: {' | '.join(printed)}"]
    return [f"printed {p!r} instead of {e!r}" for p, e in zip(printed, expected, strict=True) if p != e]
