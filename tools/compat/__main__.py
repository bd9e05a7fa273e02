"""Compare with the last release, list the changes in CHANGELOG.md, and fail if they need another version."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import baseline, changelog, contract, surface
from .changes import Change, parse_version, version_violations

ROOT = Path(__file__).parent.parent.parent
LAST_RELEASE = Path("tools", "compat", "last_release.toml")
PACKAGES = ("octopus_cards", "octopus_cards_api")


def changes_since(release: baseline.Release, root: Path) -> dict[str, Sequence[Change]]:
    """Compare the working tree with a release."""
    with tempfile.TemporaryDirectory() as scratch:
        before = Path(scratch)
        baseline.export(release, root, before)
        return {
            "The contract": contract.compare(before / baseline.CONTRACT, root / baseline.CONTRACT),
            "The Python packages": python_changes(before, root),
        }


def python_changes(before: Path, after: Path) -> list[Change]:
    """Compare the public names of both packages."""
    old, new = ([folder, folder / "generated"] for folder in (before, after))
    compared = (surface.compare(surface.load(name, *old), surface.load(name, *new)) for name in PACKAGES)
    return sorted({change for changes in compared for change in changes})


def run(root: Path, *, check: bool) -> None:
    """Compare with the last release, print the changes, and update the changelog."""
    release = baseline.load(root / LAST_RELEASE)
    version = baseline.contract_version(root)
    parse_version(version)
    if release is None:
        text = changelog.NO_RELEASE
        violations = []
    else:
        changes = changes_since(release, root)
        text = changelog.describe(release.version, changes)
        violations = version_violations(release.version, version, [one for found in changes.values() for one in found])
    print(text)
    if violations:
        sys.exit(f"breaking: {'; '.join(violations)}.")
    written = changelog.update(root / "CHANGELOG.md", text, check=check)
    print(f"\nCHANGELOG.md {'was updated' if written else 'is up to date'}.")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> None:
    """Run the comparison with the options of the command line."""
    parser = argparse.ArgumentParser(prog="breaking", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if CHANGELOG.md is out of date")
    options = parser.parse_args(arguments)
    try:
        run(root, check=options.check)
    except (baseline.BaselineError, changelog.OutOfDate, ValueError) as error:
        sys.exit(f"breaking: {error}")


if __name__ == "__main__":
    main()
