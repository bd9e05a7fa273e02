"""Where a list can be resumed: plain data that travels as JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from octopus_cards._base.narrowing import is_list, is_mapping
from octopus_cards._base.redaction import describe_value

_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ListPosition:
    """How far a list was read; `orders.list(resume=position)` continues there, in this process or another.

    Attributes:
        operation: The operation of the contract that the list calls.
        per_page: The page size of the list.
        since: The `since` of the list, as ISO 8601 text; None without one.
        filters: The other arguments of the list.
        count: How many items were yielded before.
        last_id: The lowest id among them; None before the first.
        last_time: The oldest creation time among them, as ISO 8601 text; None before the first.
        tied_ids: The ids that were yielded with exactly that creation time.
        covered: How many rows of the list those items covered when they were read.
    """

    __module__ = "octopus_cards"

    operation: str
    per_page: int
    since: str | None = None
    filters: Mapping[str, str | int] = field(default_factory=dict[str, str | int])
    count: int = 0
    last_id: int | None = None
    last_time: str | None = None
    tied_ids: tuple[int, ...] = ()
    covered: int = 0

    def to_json(self) -> str:
        """Return the position as JSON text."""
        return json.dumps({"version": _VERSION, **asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the position that `to_json` wrote.

        Raises:
            ValueError: The text is not such a position.
        """
        rule = "text must be what ListPosition.to_json() returned"
        try:
            values: dict[str, Any] | list[Any] | str | float | None = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            raise ValueError(f"{rule}, got {describe_value(text)}") from None
        if not isinstance(values, dict):
            raise ValueError(f"{rule}, got a JSON {type(values).__name__}")  # noqa: TRY004
        version, names = values.pop("version", None), {each.name for each in fields(cls)}
        if version != _VERSION or values.keys() != names:
            raise ValueError(f"{rule}, version {_VERSION}, got version {describe_value(version)} with other fields")
        try:
            values["tied_ids"] = tuple(values["tied_ids"])
        except TypeError:
            raise ValueError(f"{rule}: tied_ids is not valid") from None
        position = cls(**values)
        problem = invalid_field(position)
        if problem is not None:
            raise ValueError(f"{rule}: {problem} is not valid")
        return position

    def __repr__(self) -> str:
        return f"<ListPosition: after {self.count} items, the last {self.last_id}>"


def parse_time(text: Any) -> datetime.datetime | None:
    """Return the aware moment that `isoformat` wrote; None for anything else."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None


def invalid_field(position: ListPosition) -> str | None:
    """Return the name of a field whose value cannot be right; None where all can."""
    counts = {"per_page": position.per_page, "count": position.count, "covered": position.covered}
    filters: object = position.filters
    last_id, last_time, tied_ids = position.last_id, position.last_time, position.tied_ids
    problems = {
        **{name: not (type(value) is int and (name == "per_page") <= value < 2**63) for name, value in counts.items()},
        "tied_ids": type(tied_ids) is not tuple,
        "last_id": not _are_ids(tied_ids, last_id) or (last_id is None) != (last_time is None),
        "operation": type(position.operation) is not str or not isinstance(filters, Mapping),
        "filters": not _are_filters(filters),
        "since": position.since is not None and parse_time(position.since) is None,
        "last_time": last_time is not None and parse_time(last_time) is None,
    }
    return next((name for name, is_problem in problems.items() if is_problem), None)


def _are_ids(tied_ids: object, last_id: object) -> bool:
    ids = tied_ids if is_list(tied_ids) else ()
    return all(type(value) is int for value in ids) and (last_id is None or type(last_id) is int)


def _are_filters(filters: object) -> bool:
    return is_mapping(filters) and all(
        isinstance(name, str) and isinstance(value, str | int) for name, value in filters.items()
    )
