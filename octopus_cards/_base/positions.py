"""Where a list can be resumed: plain data that travels as JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

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
        problem = position._problem()
        if problem is not None:
            raise ValueError(f"{rule}: {problem} is not valid")
        return position

    def _problem(self) -> str | None:
        """Return the name of a field whose value cannot be right."""
        counts = {"per_page": self.per_page, "count": self.count, "covered": self.covered}
        for name, value in counts.items():
            if type(value) is not int or not (name == "per_page") <= value < 2**63:
                return name
        ids = self.tied_ids if self.last_id is None else (*self.tied_ids, self.last_id)
        if not all(type(value) is int for value in ids) or (self.last_id is None) != (self.last_time is None):
            return "last_id"
        if type(self.operation) is not str or type(self.filters) is not dict:
            return "operation"
        for name, text in (("since", self.since), ("last_time", self.last_time)):
            if text is not None and parse_time(text) is None:
                return name
        return None

    def __repr__(self) -> str:
        return f"<ListPosition: after {self.count} items, the last {self.last_id}>"


def parse_time(text: Any) -> datetime.datetime | None:
    """Return the aware moment that `isoformat` wrote; None for anything else."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else None
