"""Pairs of before and after: the comparison reports every breaking change, and only those, as breaking."""

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
from compat.changes import Change
from support.patches import merged

PAIRS = Path(__file__).parent
CONTRACT, PYTHON = PAIRS / "contract", PAIRS / "python"
# No user can observe these changes, so the comparison reports none.
SILENT = {"nothing-changed", "private-removed", "docstring-changed", "property-became-field"}


def pairs(folder: Path) -> list[tuple[str, bool]]:
    kinds = ("breaking", "compatible")
    return [(path.stem, kind == "breaking") for kind in kinds for path in sorted((folder / kind).iterdir())]


def patch_file(folder: Path, name: str, suffix: str, *, breaking: bool) -> str:
    return (folder / ("breaking" if breaking else "compatible") / f"{name}{suffix}").read_text("utf-8")


def check(changes: list[Change], name: str, *, breaking: bool) -> None:
    assert any(not change.compatible for change in changes) is breaking, list(map(str, changes))
    assert bool(changes) is (name not in SILENT), list(map(str, changes))
    assert all(change.what and change.rule and str(change).isprintable() for change in changes)


@pytest.mark.parametrize(("name", "breaking"), pairs(CONTRACT))
def test_a_contract_change_is_reported_as_breaking_or_compatible(tmp_path: Path, name: str, *, breaking: bool) -> None:
    before = yaml.safe_load((CONTRACT / "before.yaml").read_text("utf-8"))
    change = yaml.safe_load(patch_file(CONTRACT, name, ".yaml", breaking=breaking))
    after = tmp_path / "after.yaml"
    after.write_text(yaml.safe_dump(merged(before, change), sort_keys=False), "utf-8")
    check(contract.compare(CONTRACT / "before.yaml", after), name, breaking=breaking)


@pytest.mark.parametrize(("name", "breaking"), pairs(PYTHON))
def test_a_python_change_is_reported_as_breaking_or_compatible(tmp_path: Path, name: str, *, breaking: bool) -> None:
    package = (PYTHON / "before.py").read_text("utf-8")
    pair = tomllib.loads(patch_file(PYTHON, name, ".toml", breaking=breaking))
    assert not pair["old"] or package.count(pair["old"]) == 1
    for folder, text in (("before", package), ("after", package.replace(pair["old"], pair["new"]))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "package.py").write_text(text, "utf-8")
    before, after = (surface.load("package", tmp_path / folder) for folder in ("before", "after"))
    changes = surface.compare(before, after)
    check(changes, name, breaking=breaking)
    if "reported" in pair:
        assert f"- {'**breaks:** ' if breaking else ''}{pair['reported']}" in map(str, changes)
