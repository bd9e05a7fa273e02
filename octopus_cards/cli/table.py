"""Tables that fit a terminal by omitting whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        title: The heading.
        priority: A narrow table omits the column with the highest number first; it always keeps one with 0.
        right: Whether the text is aligned to the right.
    """

    title: str
    priority: int
    right: bool = False

    def fit(self, text: str, width: int) -> str:
        """Pad the text to this width."""
        return text.rjust(width) if self.right else text.ljust(width)


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return the lines of a table; it omits columns by priority until it is at most `width` wide."""
    widths = [max(len(row[i]) for row in [[c.title for c in columns], *rows]) for i in range(len(columns))]
    kept = list(range(len(columns)))
    while sum(widths[i] + 2 for i in kept) - 2 > width and any(columns[i].priority for i in kept):
        kept.remove(max(kept, key=lambda i: columns[i].priority))
    lines = [[c.title for c in columns], ["-" * w for w in widths], *rows]
    return ["  ".join(columns[i].fit(line[i], widths[i]) for i in kept).rstrip() for line in lines]
