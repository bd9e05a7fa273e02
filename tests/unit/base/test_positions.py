"""A position as text: what is written is read again, and anything else is refused by name."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import octopus_cards as oc

RULE = "text must be what ListPosition.to_json() returned"
VALID: dict[str, Any] = {
    "version": 1,
    "operation": "list_topup_orders",
    "per_page": 1,
    "since": "2026-05-19T12:00:00+00:00",
    "filters": {"status": "PENDING"},
    "count": 0,
    "last_id": 7,
    "last_time": "2026-05-19T12:00:00+00:00",
    "tied_ids": [7, 8],
    "covered": 2**63 - 1,
}


def test_a_position_is_read_as_it_was_written() -> None:
    position = oc.ListPosition.from_json(json.dumps(VALID))
    assert json.loads(position.to_json()) == VALID
    assert position.tied_ids == (7, 8)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"per_page": 0}, "per_page"),
        ({"per_page": True}, "per_page"),
        ({"count": -1}, "count"),
        ({"covered": 2**63}, "covered"),
        ({"covered": 0.5}, "covered"),
        ({"tied_ids": 5}, "tied_ids"),
        ({"tied_ids": ["7"]}, "last_id"),
        ({"last_id": "7"}, "last_id"),
        ({"last_id": None}, "last_id"),
        ({"last_time": None}, "last_id"),
        ({"operation": 5}, "operation"),
        ({"filters": []}, "operation"),
        ({"since": "noon"}, "since"),
        ({"since": "2026-05-19T12:00:00"}, "since"),
        ({"last_time": 5}, "last_time"),
    ],
)
def test_a_field_that_cannot_be_right_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(RULE)}: {field} is not valid$"):
        oc.ListPosition.from_json(json.dumps(VALID | changes))


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("nothing", "got 'nothing' (str)"),
        (None, "got None"),
        ("[1]", "got a JSON list"),
        (json.dumps(VALID | {"version": 2}), "version 1, got version 2 (int) with other fields"),
        (json.dumps(VALID | {"more": 2}), "version 1, got version 1 (int) with other fields"),
    ],
)
def test_a_text_of_another_kind_is_refused(text: Any, came: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(RULE)}, {re.escape(came)}$"):
        oc.ListPosition.from_json(text)
