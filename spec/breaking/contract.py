"""What changed in the contract, by oasdiff."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from .changes import Change

TOOLS = Path(__file__).parent.parent / "tools"
_TEXTS = {"description", "summary", "title", "example", "examples", "x-source", "x-sensitive"}
SEVERITIES = Path(__file__).parent / "severities.txt"


def compare(before: Path, after: Path) -> list[Change]:
    """Every change from one contract to another."""
    command = ["go", "tool", f"-modfile={TOOLS / 'go.mod'}", "oasdiff", "changelog", str(before), str(after)]
    command += ["--format", "json", "--severity-levels", str(SEVERITIES)]
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"oasdiff cannot compare {before} with {after}: {done.stderr.strip()}")
    found = json.loads(done.stdout or "[]") or []
    # A version that stayed is objected to by us, by our own rule.
    changes = {_change(entry) for entry in found if entry["id"] != "api-version-not-bumped"}
    old, new = (yaml.safe_load(path.read_text("utf-8")) for path in (before, after))
    return sorted({*changes, *_known_values(old, new), *_names(old, new), *_words(old, new)})


def _known_values(before: Any, after: Any) -> Iterator[Change]:
    """What oasdiff does not look at in an answer: the values of a string that may get more."""
    old, new = dict(_extensible(before)), dict(_extensible(after))
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


def _names(before: Any, after: Any) -> Iterator[Change]:
    """Schemas that are new; oasdiff tells of those that went."""
    old, new = (document.get("components", {}).get("schemas", {}).keys() for document in (before, after))
    for name in new - old:
        yield Change(True, f"`#/components/schemas/{name}`", "schema added", "schema-added")


def _words(before: Any, after: Any) -> Iterator[Change]:
    """What people read, by its kind: oasdiff leaves it out."""
    old, new = dict(_texts(before)), dict(_texts(after))
    differ = Counter(place[-1] for place in old.keys() | new.keys() if old.get(place) != new.get(place))
    for kind, count in differ.items():
        yield Change(True, "", f"`{kind}` changed in {count} place{'s' * (count > 1)}", "words-changed")


def _texts(item: Any, *place: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    parts = enumerate(item) if isinstance(item, list) else item.items() if isinstance(item, dict) else ()
    for part, value in parts:
        # Among the fields of a schema these are names of fields.
        if part in _TEXTS and place[-1:] != ("properties",):
            yield (*place, part), value
        else:
            yield from _texts(value, *place, str(part))


def _change(entry: dict[str, object]) -> Change:
    where = " ".join(str(entry[key]) for key in ("operation", "path") if key in entry)
    # What may break somebody (oasdiff's level 2) is taken as breaking.
    return Change(int(str(entry["level"])) < 2, f"`{where}`" if where else "", str(entry["text"]), str(entry["id"]))
