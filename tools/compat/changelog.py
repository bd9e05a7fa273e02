"""The generated block of CHANGELOG.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from .changes import Change, count

BEGIN, END = "<!-- made by nox -s breaking: begin -->", "<!-- end -->"
NO_RELEASE = "No version has been released yet, so there is no baseline to compare with."


class OutOfDate(Exception):
    """The changelog lacks the generated block, or the block is out of date."""


def describe(version: str, changes: Mapping[str, Sequence[Change]]) -> str:
    """Return the changes since a version as Markdown, with one section for each part."""
    lines: list[str] = []
    for part, found in changes.items():
        breaking = sum(not change.compatible for change in found)
        summary = f"{count(len(found), 'change')}, {breaking or 'none'} breaking"
        lines += [f"### {part}, since {version}: {summary}", "", *map(str, found), ""]
    return "\n".join(lines).replace("\n\n\n", "\n\n").strip()


def update(changelog: Path, text: str, *, check: bool) -> bool:
    """Write a text into the generated block and return whether the file changed.

    Raises:
        OutOfDate: The file has no such block, or with `check`, the block has another text.
    """
    before = changelog.read_text("utf-8")
    if not (0 <= before.find(BEGIN) < before.find(END)):
        raise OutOfDate(f"{changelog.name} has no lines {BEGIN} and {END} to write between")
    after = before[: before.index(BEGIN)] + f"{BEGIN}\n\n{text}\n\n{END}" + before[before.index(END) + len(END) :]
    if after == before:
        return False
    if check:
        raise OutOfDate(f"{changelog.name} is out of date. Run `nox -s breaking` and commit what it writes.")
    changelog.write_text(after, "utf-8")
    return True
