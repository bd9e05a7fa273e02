"""A change, whatever changed, and what follows from several for the version."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Change:
    """One change: whether it breaks, where, what; the rule that says so."""

    compatible: bool
    where: str
    what: str
    rule: str

    def __str__(self) -> str:
        mark = "" if self.compatible else "**breaks:** "
        return f"- {mark}{self.where}{': ' if self.where else ''}{self.what} ({self.rule})"


def numbers(version: str) -> tuple[int, int, int]:
    """The parts of a version.

    Raises:
        ValueError: It is not of the form 1.2.3.
    """
    if not (match := re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)):
        raise ValueError(f"a version must be like 1.2.3, got {version!r}")
    major, minor, patch = (int(part) for part in match.groups())
    return major, minor, patch


def objections(old: str, new: str, changes: Sequence[Change]) -> list[str]:
    """Why these changes cannot go by this version: none where they can.

    What breaks needs a new major version, before 1.0.0 too: other teams pin by it.
    """
    before, after = numbers(old), numbers(new)
    breaking = [change for change in changes if not change.compatible]
    if breaking and after[0] <= before[0]:
        return [f"{len(breaking)} changes break since {old}: they need version {before[0] + 1}.0.0, not {new}"]
    if changes and after <= before:
        return [f"{len(changes)} changes since {old}: they need a version above it, not {new}"]
    return []
