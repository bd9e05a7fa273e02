"""Compares with the last release, writes what changed into CHANGELOG.md, and fails where the version forbids it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import yaml

from . import contract, surface
from .changes import Change, objections

ROOT = Path(__file__).parent.parent.parent
BEGIN, END = "<!-- made by nox -s breaking: begin -->", "<!-- end -->"
PACKAGES = ("octopus_cards", "octopus_cards_api")


def released(commit: str, folder: Path) -> None:
    """Lays the tree of a commit into a folder."""
    wanted = ["spec/openapi.yaml", "octopus_cards", "generated"]
    done = subprocess.run(["git", "archive", commit, *wanted], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        sys.exit(
            f"breaking: the last release, commit {commit}, is not in this clone; a shallow one lacks it:\n"
            f"git fetch --unshallow. Git says: {done.stderr.decode().strip()}"
        )
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def python_changes(before: Path, after: Path) -> list[Change]:
    """What changed in what Python users import."""
    old, new = ([folder, folder / "generated"] for folder in (before, after))
    return sorted(
        {
            change
            for package in PACKAGES
            for change in surface.compare(surface.load(package, *old), surface.load(package, *new))
        }
    )


def block(version: str, changes: dict[str, Sequence[Change]]) -> str:
    """What the changelog says of the changes since a version."""
    lines = [BEGIN]
    for what, found in changes.items():
        breaking = sum(not change.compatible for change in found)
        verdict = f"{breaking} of {len(found)} changes break" if breaking else f"{len(found)} changes, none breaks"
        lines += ["", f"### {what}, since {version}: {verdict}", "", *map(str, found)]
    return "\n".join([*lines, "", END]).replace("\n\n\n", "\n\n")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="breaking", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing: fail where CHANGELOG.md lacks a change")
    options = parser.parse_args()
    last = tomllib.loads((Path(__file__).parent / "released.toml").read_text("utf-8"))
    specification = ROOT / "spec" / "openapi.yaml"
    version = yaml.safe_load(specification.read_text("utf-8"))["info"]["version"]
    with tempfile.TemporaryDirectory() as scratch:
        before = Path(scratch)
        released(last["commit"], before)
        was = yaml.safe_load((before / "spec" / "openapi.yaml").read_text("utf-8"))["info"]["version"]
        if was != last["version"]:
            sys.exit(f"breaking: released.toml says {last['version']}, and the contract of its commit is {was}")
        changes: dict[str, Sequence[Change]] = {
            "The contract": contract.compare(before / "spec" / "openapi.yaml", specification),
            "The Python packages": python_changes(before, ROOT),
        }
    made = block(last["version"], changes)
    print(made.replace(BEGIN, "").replace(END, "").strip())
    objected = objections(last["version"], version, [change for found in changes.values() for change in found])
    if objected:
        sys.exit(f"breaking: {'; '.join(objected)}.")
    _write(made, check=options.check)


def _write(made: str, *, check: bool) -> None:
    changelog = ROOT / "CHANGELOG.md"
    text = changelog.read_text("utf-8")
    updated = text[: text.index(BEGIN)] + made + text[text.index(END) + len(END) :]
    if updated == text:
        print("\nCHANGELOG.md says so.")
    elif check:
        sys.exit("breaking: CHANGELOG.md does not say so yet. Run `nox -s breaking` and commit what it writes.")
    else:
        changelog.write_text(updated, "utf-8")
        print("\nCHANGELOG.md was brought up to date.")


if __name__ == "__main__":
    main()
