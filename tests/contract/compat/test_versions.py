"""The version that a set of changes needs."""

from __future__ import annotations

import pytest

from compat.changes import Change, version_violations

BREAKING, COMPATIBLE = Change(False, "", "x", "r"), Change(True, "", "y", "r")


@pytest.mark.parametrize(
    ("old", "new", "changes", "violation"),
    [
        ("0.1.0", "0.1.0", [], None),
        ("0.1.0", "0.1.0", [COMPATIBLE], "1 changes since 0.1.0 need a higher version, not 0.1.0"),
        ("0.1.0", "0.0.9", [COMPATIBLE], "1 changes since 0.1.0 need a higher version, not 0.0.9"),
        ("0.1.0", "0.1.1", [COMPATIBLE], None),
        ("0.1.0", "0.2.0", [BREAKING, COMPATIBLE], "1 breaking changes since 0.1.0 need version 1.0.0, not 0.2.0"),
        ("0.1.0", "1.0.0", [BREAKING], None),
        ("1.9.0", "1.10.0", [BREAKING], "1 breaking changes since 1.9.0 need version 2.0.0, not 1.10.0"),
        ("9.0.0", "10.0.0", [BREAKING], None),
    ],
)
def test_changes_need_a_higher_version(old: str, new: str, changes: list[Change], violation: str | None) -> None:
    assert version_violations(old, new, changes) == ([violation] if violation else [])


def test_a_version_of_another_form_is_rejected() -> None:
    with pytest.raises(ValueError, match=r"a version must be like 1\.2\.3, got '1\.2'"):
        version_violations("1.2", "1.2.3", [])
