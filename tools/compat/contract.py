"""Changes of the contract: those that oasdiff reports, and those that it does not check."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from .changes import Change, count

TOOLS = Path(__file__).parent.parent / "external"
SEVERITIES = Path(__file__).parent / "severities.txt"
# Annotations do not change what is sent.
ANNOTATIONS = {"description", "summary", "title", "example", "examples", "x-source", "x-sensitive"}
ANNOTATIONS |= {"x-filters", "x-format", "x-free-text", "x-idempotent", "x-minimum", "x-paging"}
ANNOTATIONS |= {"x-rate-class", "x-rule", "x-timeout"}
_KEYWORDS = {"additionalProperties", "style", "explode", "allowReserved", "collectionFormat", "bearerFormat"}


def compare(before: Path, after: Path) -> list[Change]:
    """Return every change from one contract to another."""
    # version_violations checks the version.
    changes = {_change(entry) for entry in _oasdiff(before, after) if entry["id"] != "api-version-not-bumped"}
    old, new = (yaml.safe_load(path.read_text("utf-8")) for path in (before, after))
    for differences in (_known_values, _new_schemas, _servers, _keywords, _annotations):
        changes.update(differences(old, new))
    return sorted(changes)


def _oasdiff(before: Path, after: Path) -> list[dict[str, object]]:
    command = ["go", "tool", f"-modfile={TOOLS / 'go.mod'}", "oasdiff", "changelog", str(before), str(after)]
    command += ["--format", "json", "--severity-levels", str(SEVERITIES)]
    done = subprocess.run(command, cwd=TOOLS, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"oasdiff cannot compare {before} with {after}: {done.stderr.strip()}")
    return json.loads(done.stdout or "[]") or []


def _change(entry: dict[str, object]) -> Change:
    where = " ".join(str(entry[key]) for key in ("operation", "path") if key in entry)
    # Level 2 of oasdiff, "may break", counts as breaking.
    return Change(int(str(entry["level"])) < 2, f"`{where}`" if where else "", str(entry["text"]), str(entry["id"]))


def _known_values(before: Any, after: Any) -> Iterator[Change]:
    """Compare the values of x-extensible-enum."""
    old, new = dict(_extensible(before)), dict(_extensible(after))
    for where, values in old.items():
        if added := new.get(where, set()) - values:
            yield Change(True, f"`{where}`", f"known values added: {', '.join(sorted(added))}", "known-value-added")
        if removed := values - new.get(where, set()):
            what = f"known values removed: {', '.join(sorted(removed))}"
            yield Change(False, f"`{where}`", what, "known-value-removed")


def _extensible(item: Any, where: str = "#") -> Iterator[tuple[str, set[str]]]:
    if isinstance(item, dict):
        if "x-extensible-enum" in item:
            yield where, set(item["x-extensible-enum"])
        for name, value in item.items():
            yield from _extensible(value, f"{where}/{name}")
    elif isinstance(item, list):
        for index, value in enumerate(item):
            yield from _extensible(value, f"{where}/{index}")


def _new_schemas(before: Any, after: Any) -> Iterator[Change]:
    """Find new schemas; oasdiff reports removed ones."""
    old, new = (document.get("components", {}).get("schemas", {}).keys() for document in (before, after))
    for name in new - old:
        yield Change(True, f"`#/components/schemas/{name}`", "schema added", "schema-added")


def _servers(before: Any, after: Any) -> Iterator[Change]:
    old, new = ({server["url"] for server in document.get("servers", [])} for document in (before, after))
    for url in old ^ new:
        yield Change(url in new, f"`{url}`", f"server {'added' if url in new else 'removed'}", "servers-changed")


def _keywords(before: Any, after: Any) -> Iterator[Change]:
    """Compare the keywords that close an object or determine how a parameter is serialized."""
    old, new = dict(_values(before, _KEYWORDS)), dict(_values(after, _KEYWORDS))
    for place in old.keys() | new.keys():
        # Other rules report the removal or addition of the element as a whole.
        if old.get(place) != new.get(place) and _exists(before, place[:-1]) and _exists(after, place[:-1]):
            yield Change(False, f"`#/{'/'.join(place)}`", "changed", "keyword-changed")


def _exists(document: Any, place: tuple[str, ...]) -> bool:
    for part in place:
        parts = dict(enumerate(document)) if isinstance(document, list) else document
        key = int(part) if isinstance(document, list) else part
        if key not in parts:
            return False
        document = parts[key]
    return True


def _annotations(before: Any, after: Any) -> Iterator[Change]:
    """Count the changed annotations of each kind."""
    old, new = dict(_values(before, ANNOTATIONS)), dict(_values(after, ANNOTATIONS))
    differ = Counter(place[-1] for place in old.keys() | new.keys() if old.get(place) != new.get(place))
    for kind, places in differ.items():
        yield Change(True, "", f"`{kind}` changed in {count(places, 'place')}", "annotation-changed")


def _values(item: Any, names: set[str], *place: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    parts = enumerate(item) if isinstance(item, list) else item.items() if isinstance(item, dict) else ()
    for part, value in parts:
        # Below `properties`, a key is the name of a field and not a keyword.
        if part in names and place[-1:] != ("properties",):
            yield (*place, part), value
        else:
            yield from _values(value, names, *place, str(part))
