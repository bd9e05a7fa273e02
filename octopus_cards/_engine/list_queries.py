"""What a moving list asks for: its arguments, or those of the list that it resumes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from octopus_cards._base.positions import ListPosition, invalid_field, parse_time
from octopus_cards._base.redaction import describe_value
from octopus_cards._engine.operation import check_arguments
from octopus_cards._engine.validation import check_since
from octopus_cards._engine.walk import ListQuery
from octopus_cards_api.operation import Operation, Paging


def list_query(
    operation: Operation[Any],
    paging: Paging,
    arguments: Mapping[str, Any],
    since: datetime.datetime | datetime.date | str | None,
    resume: ListPosition | None,
) -> tuple[ListQuery, ListPosition | None]:
    """Return what the list asks for, checked; a resumed list asks for what the interrupted one did."""
    largest = max_per_page(operation, paging) or 500
    checked: dict[Any, Any] = {parameter.argument: value for parameter, value in check_arguments(operation, arguments)}
    per_page = checked.pop(paging.size, largest)
    moment = check_since("since", since)
    asked = ListQuery(operation.name, per_page, largest, moment, checked)
    if resume is None:
        return asked, None
    if not isinstance(resume, ListPosition):
        raise TypeError(f"resume must be the position of a page or of an exception, got {describe_value(resume)}")
    if (field := invalid_field(resume)) is not None:
        raise ValueError(f"resume is not valid: {field}")
    if resume.operation != operation.name:
        raise ValueError(f"resume must be a position of {operation.name}, got one of {resume.operation}")
    # The text of a position may have been edited.
    filters = {parameter.argument: value for parameter, value in check_arguments(operation, resume.filters)}
    before = ListQuery(operation.name, resume.per_page, largest, parse_time(resume.since), filters)
    _check_resume(asked, before, largest)
    return before, resume


def _check_resume(asked: ListQuery, before: ListQuery, largest: int) -> None:
    """Refuse arguments that differ from those of the interrupted list."""
    pairs: dict[str, tuple[Any, Any]] = {
        name: (value, before.filters.get(name)) for name, value in asked.filters.items()
    }
    if asked.since is not None:
        pairs["since"] = asked.since, before.since
    if asked.per_page != largest:
        pairs["per_page"] = asked.per_page, before.per_page
    for name, (value, expected) in pairs.items():
        if value != expected:
            raise ValueError(
                f"{name} must be left out with resume, or equal the one of the interrupted list, "
                f"{describe_value(expected)}; got {describe_value(value)}"
            )


def max_per_page(operation: Operation[Any], paging: Paging) -> int | None:
    """Return the largest page that the contract allows; None where it names no limit."""
    limits = [each.rule.maximum for each in operation.parameters if each.wire == paging.size]
    return limits[0] if limits else None
