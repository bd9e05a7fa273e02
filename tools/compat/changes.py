"""Changes since a release, and the version that they need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Change:
    """One change of the contract or of a Python package.

    Attributes:
        compatible: Whether existing clients keep working.
        where: The changed element; empty for the document as a whole.
        what: The change in words.
        rule: The name of the rule that detected it.
    """

    compatible: bool
    where: str
    what: str
    rule: str

    def __str__(self) -> str:
        mark = "" if self.compatible else "**breaks:** "
        return f"- {mark}{self.where}{': ' if self.where else ''}{self.what} ({self.rule})"


def count(number: int, noun: str) -> str:
    """Return a number with its noun in the singular or plural."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def parse_version(version: str) -> tuple[int, int, int]:
    """Split a version into its three numbers.

    Raises:
        ValueError: The version is not of the form 1.2.3.
    """
    if not (match := re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)):
        raise ValueError(f"a version must be like 1.2.3, got {version!r}")
    major, minor, patch = (int(part) for part in match.groups())
    return major, minor, patch


def version_violations(old: str, new: str, changes: Sequence[Change]) -> list[str]:
    """Return the reasons why these changes cannot be released as version `new`.

    A breaking change needs a new major version, before 1.0.0 too, because other teams pin the major version.
    """
    before, after = parse_version(old), parse_version(new)
    breaking = [change for change in changes if not change.compatible]
    if breaking and after[0] <= before[0]:
        reason = f"{count(len(breaking), 'breaking change')} since {old}"
        return [f"version {new} must be at least {before[0] + 1}.0.0, because of {reason}"]
    if changes and after <= before:
        return [f"version {new} must be higher than {old}, because of {count(len(changes), 'change')}"]
    return []
