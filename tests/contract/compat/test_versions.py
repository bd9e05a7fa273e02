"""The version that a set of changes needs."""

from __future__ import annotations

import pytest

from compat.changes import Change, version_violations

BREAKING, COMPATIBLE = Change(False, "", "x", "r"), Change(True, "", "y", "r")


@pytest.mark.parametrize(
    ("old", "new", "changes", "violation"),
    [
        ("0.1.0", "0.1.0", [], None),
        ("0.1.0", "0.1.0", [COMPATIBLE], "version 0.1.0 must be higher than 0.1.0, because of 1 change"),
        ("0.1.0", "0.0.9", 2 * [COMPATIBLE], "version 0.0.9 must be higher than 0.1.0, because of 2 changes"),
        ("0.1.0", "0.1.1", [COMPATIBLE], None),
        (
            "0.1.0",
            "0.2.0",
            [BREAKING, COMPATIBLE],
            "version 0.2.0 must be at least 1.0.0, because of 1 breaking change since 0.1.0",
        ),
        ("0.1.0", "1.0.0", [BREAKING], None),
        (
            "1.9.0",
            "1.10.0",
            2 * [BREAKING],
            "version 1.10.0 must be at least 2.0.0, because of 2 breaking changes since 1.9.0",
        ),
        ("9.0.0", "10.0.0", [BREAKING], None),
    ],
)
def test_changes_need_a_higher_version(old: str, new: str, changes: list[Change], violation: str | None) -> None:
    assert version_violations(old, new, changes) == ([violation] if violation else [])


def test_a_version_of_another_form_is_rejected() -> None:
    with pytest.raises(ValueError, match=r"a version must be like 1\.2\.3, got '1\.2'"):
        version_violations("1.2", "1.2.3", [])
