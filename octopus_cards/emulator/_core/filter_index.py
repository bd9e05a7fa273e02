"""Ids sorted by every combination of filter values, so that a page of a long list costs as little as of a short one."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import product


class FilterIndex:
    """The ids of stored items by the values that a list can be filtered by.

    An item with n filter values is entered under all 2^n combinations of them, where None in place of a value
    means any value. Adding, removing and selecting are binary searches.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[object, ...], list[int]] = {}

    def add(self, item_id: int, values: Sequence[object]) -> None:
        """Enter an item under its values."""
        for key in _keys(values):
            insort(self._ids.setdefault(key, []), item_id)

    def remove(self, item_id: int, values: Sequence[object]) -> None:
        """Remove an item that was entered under these values."""
        for key in _keys(values):
            ids = self._ids[key]
            del ids[bisect_left(ids, item_id)]

    def count(self, values: Sequence[object]) -> int:
        """Return how many items have these values; None means any value."""
        return len(self._ids.get(tuple(values), ()))

    def newest_first(self, values: Sequence[object], offset: int, limit: int) -> list[int]:
        """Return a slice of the ids of the items with these values, in descending order."""
        ids = self._ids.get(tuple(values), [])
        end = max(len(ids) - offset, 0)
        return ids[max(end - limit, 0) : end][::-1]


def _keys(values: Sequence[object]) -> set[tuple[object, ...]]:
    # A scripted item may have a list or an object as a value, which no filter matches.
    return set(product(*((None if isinstance(value, (list, dict)) else value, None) for value in values)))
