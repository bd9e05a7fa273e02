"""What changed in the contract, by oasdiff."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from .changes import Change

TOOLS = Path(__file__).parent.parent / "tools"
SEVERITIES = Path(__file__).parent / "severities.txt"


def compare(before: Path, after: Path) -> list[Change]:
    """Every change from one contract to another; nothing where only descriptions and examples differ."""
    command = ["go", "tool", f"-modfile={TOOLS / 'go.mod'}", "oasdiff", "changelog", str(before), str(after)]
    command += ["--format", "json", "--severity-levels", str(SEVERITIES)]
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"oasdiff cannot compare {before} with {after}: {done.stderr.strip()}")
    found = json.loads(done.stdout or "[]") or []
    # A version that stayed is objected to by us, by our own rule.
    changes = {_change(entry) for entry in found if entry["id"] != "api-version-not-bumped"}
    return sorted(changes | set(_known_values(before, after)))


def _known_values(before: Path, after: Path) -> Iterator[Change]:
    """What oasdiff does not look at in an answer: the values of a string that may get more."""
    old, new = (dict(_extensible(yaml.safe_load(path.read_text("utf-8")))) for path in (before, after))
    for where in old.keys() & new.keys():
        if added := new[where] - old[where]:
            yield Change(True, f"`{where}`", f"known values added: {', '.join(sorted(added))}", "known-value-added")
        if removed := old[where] - new[where]:
            yield Change(
                False, f"`{where}`", f"known values removed: {', '.join(sorted(removed))}", "known-value-removed"
            )


def _extensible(item: Any, where: str = "#") -> Iterator[tuple[str, set[str]]]:
    if isinstance(item, dict):
        if "x-extensible-enum" in item:
            yield where, set(item["x-extensible-enum"])
        for name, value in item.items():
            yield from _extensible(value, f"{where}/{name}")


def _change(entry: dict[str, object]) -> Change:
    where = " ".join(str(entry[key]) for key in ("operation", "path") if key in entry)
    # What may break somebody (oasdiff's level 2) is taken as breaking.
    return Change(int(str(entry["level"])) < 2, f"`{where}`" if where else "", str(entry["text"]), str(entry["id"]))
