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

TOOLS = Path(__file__).parent.parent / "external"
_TEXTS = {"description", "summary", "title", "example", "examples", "x-source", "x-sensitive"}
_UNSEEN = {"additionalProperties", "style", "explode", "allowReserved", "collectionFormat", "bearerFormat"}
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
    return sorted({*changes, *_known_values(old, new), *_names(old, new), *_unseen(old, new), *_words(old, new)})


def _known_values(before: Any, after: Any) -> Iterator[Change]:
    """What oasdiff does not look at in an answer: the values of a string that may get more."""
    old, new = dict(_extensible(before)), dict(_extensible(after))
    for where, values in old.items():
        if added := new.get(where, set()) - values:
            yield Change(True, f"`{where}`", f"known values added: {', '.join(sorted(added))}", "known-value-added")
        if removed := values - new.get(where, set()):
            yield Change(
                False, f"`{where}`", f"known values removed: {', '.join(sorted(removed))}", "known-value-removed"
            )


def _extensible(item: Any, where: str = "#") -> Iterator[tuple[str, set[str]]]:
    if isinstance(item, dict):
        if "x-extensible-enum" in item:
            yield where, set(item["x-extensible-enum"])
        for name, value in item.items():
            yield from _extensible(value, f"{where}/{name}")
    elif isinstance(item, list):
        for index, value in enumerate(item):
            yield from _extensible(value, f"{where}/{index}")


def _names(before: Any, after: Any) -> Iterator[Change]:
    """Schemas that are new; oasdiff tells of those that went."""
    old, new = (document.get("components", {}).get("schemas", {}).keys() for document in (before, after))
    for name in new - old:
        yield Change(True, f"`#/components/schemas/{name}`", "schema added", "schema-added")


def _unseen(before: Any, after: Any) -> Iterator[Change]:
    """What oasdiff does not look at: where the servers are, what closes an object, how a parameter is written."""
    urls, others = ({server["url"] for server in document.get("servers", [])} for document in (before, after))
    for url in urls ^ others:
        yield Change(url in others, f"`{url}`", f"server {'added' if url in others else 'removed'}", "servers-changed")
    old, new = dict(_parts(before, _UNSEEN)), dict(_parts(after, _UNSEEN))
    for place in old.keys() | new.keys():
        # What came or went as a whole is told as such.
        if old.get(place) != new.get(place) and _at(before, place[:-1]) and _at(after, place[:-1]):
            yield Change(False, f"`#/{'/'.join(place)}`", "changed", "part-changed")


def _at(document: Any, place: tuple[str, ...]) -> bool:
    for part in place:
        parts = dict(enumerate(document)) if isinstance(document, list) else document
        key = int(part) if isinstance(document, list) else part
        if key not in parts:
            return False
        document = parts[key]
    return True


def _words(before: Any, after: Any) -> Iterator[Change]:
    """What people read, by its kind: oasdiff leaves it out."""
    old, new = dict(_parts(before, _TEXTS)), dict(_parts(after, _TEXTS))
    differ = Counter(place[-1] for place in old.keys() | new.keys() if old.get(place) != new.get(place))
    for kind, count in differ.items():
        yield Change(True, "", f"`{kind}` changed in {count} place{'s' * (count > 1)}", "words-changed")


def _parts(item: Any, named: set[str], *place: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    parts = enumerate(item) if isinstance(item, list) else item.items() if isinstance(item, dict) else ()
    for part, value in parts:
        # Among the fields of a schema these are names of fields.
        if part in named and place[-1:] != ("properties",):
            yield (*place, part), value
        else:
            yield from _parts(value, named, *place, str(part))


def _change(entry: dict[str, object]) -> Change:
    where = " ".join(str(entry[key]) for key in ("operation", "path") if key in entry)
    # What may break somebody (oasdiff's level 2) is taken as breaking.
    return Change(int(str(entry["level"])) < 2, f"`{where}`" if where else "", str(entry["text"]), str(entry["id"]))
