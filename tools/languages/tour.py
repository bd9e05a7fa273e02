"""The tour that the program of each language makes, and what it must print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from octopus_cards.emulator import Scenario

PLAIN, STATUS, FIELD, MONEY = "tour", "tour_unknown_status", "tour_unknown_field", "tour_money"
UNKNOWN = "?"
HEADERS, WITHOUT = "tour_headers", "tour_without_headers"
REDIRECT = "redirect"  # which is no tour: the program must stop
SCENARIOS = (PLAIN, STATUS, FIELD, HEADERS, WITHOUT, MONEY)


def transcript(name: str) -> list[str]:
    """The lines that the tour through a scenario prints, as the scenario has it."""
    scenario = Scenario.load(name)
    listed, read, stored, refused, waited = (call["ends"] for call in scenario.calls)
    newest = read["order"]
    error = refused["error"]
    return [
        *_pages(listed["orders"], **{"per_page": 3, "total_pages": UNKNOWN} | listed.get("last_page", {})),
        f"order {newest['id']}: {newest['status']}, {newest['amount']} {newest['currency']}",
        f"e-mail: {stored['confirmation']['message']}",
        f"error {error['status']} {error['code']}: {error['message']}",
        f"final {newest['id']}: {waited['order']['status']}, completed {waited['order']['completed_at']}",
    ]


def _pages(ids: Sequence[int], per_page: int, total_pages: int | str) -> Iterator[str]:
    for number, start in enumerate(range(0, len(ids), per_page), 1):
        yield f"page {number} of {total_pages}: {' '.join(map(str, ids[start : start + per_page]))}"


def requests(name: str) -> int:
    """How many requests it takes."""
    return sum(call["requests"] for call in Scenario.load(name).calls)


def differences(name: str, printed: Sequence[str]) -> list[str]:
    """Where a printed tour is another than the scenario's; an empty list where it is not."""
    wanted: list[Any] = transcript(name)
    if name == WITHOUT:  # where nobody knows how many pages there are, each may say so in its way
        printed = [re.sub(r"^(page \d+ of) \S+:", rf"\1 {UNKNOWN}:", line) for line in printed]
    if len(printed) != len(wanted):
        return [f"{len(printed)} lines instead of {len(wanted)}: {' | '.join(printed)}"]
    return [f"printed {p!r} instead of {w!r}" for p, w in zip(printed, wanted, strict=True) if p != w]
