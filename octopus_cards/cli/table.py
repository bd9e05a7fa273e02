"""Tables for people: as wide as the terminal, whole columns or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, how dear it is (0 is never left out), and on which side its text stands."""

    title: str
    cost: int
    right: bool = False

    def fit(self, text: str, width: int) -> str:
        """The text at this width."""
        return text.rjust(width) if self.right else text.ljust(width)


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of a table that is at most `width` wide, without the dearest columns where it must be."""
    widths = [max(len(row[i]) for row in [[c.title for c in columns], *rows]) for i in range(len(columns))]
    kept = list(range(len(columns)))
    while sum(widths[i] + 2 for i in kept) - 2 > width and any(columns[i].cost for i in kept):
        kept.remove(max(kept, key=lambda i: columns[i].cost))
    lines = [[c.title for c in columns], ["-" * w for w in widths], *rows]
    return ["  ".join(columns[i].fit(line[i], widths[i]) for i in kept).rstrip() for line in lines]
