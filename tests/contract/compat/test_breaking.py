"""Pairs of before and after: what breaks is told, what does not is let through, and the version follows."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

pytest.importorskip("griffe", reason="needs griffe and Go: `nox -s breaking` runs it")
if shutil.which("go") is None:
    pytest.skip("needs griffe and Go: `nox -s breaking` runs it", allow_module_level=True)

from compat import contract, surface
from compat.changes import Change, objections
from support.patches import merged

PAIRS = Path(__file__).parent
CONTRACT, PYTHON = PAIRS / "contract", PAIRS / "python"
# What anybody sees of these is nothing.
SILENT = {"nothing-changed", "private-removed", "docstring-changed", "property-became-field"}


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir() if not path.name.startswith("_"))


def judged(changes: list[Change], name: str, *, breaks: bool) -> None:
    assert any(not change.compatible for change in changes) is breaks, list(map(str, changes))
    assert bool(changes) is (name not in SILENT), list(map(str, changes))
    assert all(change.what and change.rule and str(change).isprintable() for change in changes)


def pairs(folder: Path) -> list[tuple[str, bool]]:
    return [(name, kind == "breaks") for kind in ("breaks", "goes") for name in names(folder / kind)]


@pytest.mark.parametrize(("name", "breaks"), pairs(CONTRACT))
def test_a_contract_that_breaks_is_told_and_one_that_does_not_goes(tmp_path: Path, name: str, *, breaks: bool) -> None:
    patch = CONTRACT / ("breaks" if breaks else "goes") / f"{name}.yaml"
    before, change = (yaml.safe_load(path.read_text("utf-8")) for path in (CONTRACT / "before.yaml", patch))
    after = tmp_path / "after.yaml"
    after.write_text(yaml.safe_dump(merged(before, change), sort_keys=False), "utf-8")
    judged(contract.compare(CONTRACT / "before.yaml", after), name, breaks=breaks)


@pytest.mark.parametrize(("name", "breaks"), pairs(PYTHON))
def test_a_python_surface_likewise(tmp_path: Path, name: str, *, breaks: bool) -> None:
    package = (PYTHON / "before.py").read_text("utf-8")
    pair = tomllib.loads((PYTHON / ("breaks" if breaks else "goes") / f"{name}.toml").read_text("utf-8"))
    assert not pair["old"] or package.count(pair["old"]) == 1
    for folder, text in (("before", package), ("after", package.replace(pair["old"], pair["new"]))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "package.py").write_text(text, "utf-8")
    before, after = (surface.load("package", tmp_path / folder) for folder in ("before", "after"))
    changes = surface.compare(before, after)
    judged(changes, name, breaks=breaks)
    if "told" in pair:
        assert f"- {'**breaks:** ' if breaks else ''}{pair['told']}" in map(str, changes)


BREAKS, GOES = Change(False, "", "x", "r"), Change(True, "", "y", "r")


@pytest.mark.parametrize(
    ("old", "new", "changes", "objected"),
    [
        ("0.1.0", "0.1.0", [], None),
        ("0.1.0", "0.1.0", [GOES], "1 changes since 0.1.0: they need a version above it, not 0.1.0"),
        ("0.1.0", "0.0.9", [GOES], "1 changes since 0.1.0: they need a version above it, not 0.0.9"),
        ("0.1.0", "0.1.1", [GOES], None),
        ("0.1.0", "0.2.0", [BREAKS, GOES], "1 changes break since 0.1.0: they need version 1.0.0, not 0.2.0"),
        ("0.1.0", "1.0.0", [BREAKS], None),
        ("1.9.0", "1.10.0", [BREAKS], "1 changes break since 1.9.0: they need version 2.0.0, not 1.10.0"),
        ("9.0.0", "10.0.0", [BREAKS], None),
    ],
)
def test_a_version_allows_what_it_says(old: str, new: str, changes: list[Change], objected: str | None) -> None:
    assert objections(old, new, changes) == ([objected] if objected else [])


def test_a_version_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a version must be like 1\.2\.3, got '1\.2'"):
        objections("1.2", "1.2.3", [])
