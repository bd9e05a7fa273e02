"""What changed in the public names of a Python package, by griffe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import griffe

from .changes import Change


def load(package: str, *folders: Path) -> griffe.Module:
    """A package as its source says, from the first folder that has it; nothing is imported."""
    loader = griffe.GriffeLoader(search_paths=folders, allow_inspection=False)
    module = loader.load(package, try_relative_path=False)
    loader.resolve_aliases(implicit=True, external=True)
    if not isinstance(module, griffe.Module):
        raise TypeError(f"{package} is no module in {folders}")
    return module


def compare(before: griffe.Module, after: griffe.Module) -> list[Change]:
    """Every change of the public surface; `__version__` is meant to change."""
    old, new = dict(_surface(before)), dict(_surface(after))
    changes = set(_parameters(before, after, old))
    for name in old.keys() - new.keys():
        if name.rpartition(".")[0] not in old.keys() - new.keys():
            changes.add(Change(False, f"`{name}`", "removed, or no longer public", "object-removed"))
    for name in new.keys() - old.keys():
        parent, _, own = name.rpartition(".")
        # A special method more is nothing to read of: what it is for worked before, or is told where it counts.
        if parent not in new.keys() - old.keys() and not own.startswith("__"):
            changes.add(Change(True, f"`{name}`", "added", "object-added"))
    # What can be reached by several names is told once, by the shortest.
    told = {new[name].path: name for name in sorted(old.keys() & new.keys(), key=lambda name: (-len(name), name))}
    for name in told.values():
        changes.update(_differences(f"`{name}`", old[name], new[name]))
    return sorted(changes)


def _surface(module: griffe.Module) -> Iterator[tuple[str, griffe.Object]]:
    """What is public below a module, by the name that users have for it."""
    public = {name: _target(member) for name, member in module.members.items() if member.is_public}
    classes = {item.path for item in public.values()}
    for name, item in public.items():
        if isinstance(item, griffe.Module):
            yield from _surface(item)
        elif name != "__version__":
            yield f"{module.path}.{name}", item
            yield from _members(f"{module.path}.{name}", item, classes)


def _members(path: str, item: griffe.Object, classes: set[str]) -> Iterator[tuple[str, griffe.Object]]:
    """What users reach in a class; what it has from another public class is told there."""
    if not isinstance(item, griffe.Class):
        return
    for name, member in item.all_members.items():
        target = _target(member)
        elsewhere = target.parent is not None and target.parent is not item and target.parent.path in classes
        if not elsewhere and (name.startswith("__") or not name.startswith("_")):
            yield f"{path}.{name}", target
            yield from _members(f"{path}.{name}", target, classes)


def _target(member: griffe.Object | griffe.Alias) -> griffe.Object:
    return member.final_target if isinstance(member, griffe.Alias) else member


def _parameters(before: griffe.Module, after: griffe.Module, public: dict[str, griffe.Object]) -> Iterator[Change]:
    """What became of arguments in a way that breaks: griffe's own rules."""
    names = {item.path: name for name, item in reversed(public.items())}
    for breakage in griffe.find_breaking_changes(before, after):
        if breakage.kind.name.startswith("PARAMETER") and breakage.obj.path in names:
            detail = re.sub(r"\x1b\[\d*m", "", breakage.explain(griffe.ExplanationStyle.ONE_LINE))
            argument = re.search(r"\((\w+)\): ", detail)
            told = f"{breakage.kind.value}: `{argument[1]}`" if argument else breakage.kind.value
            yield Change(False, f"`{names[breakage.obj.path]}`", told.lower(), _rule(breakage.kind.name))


def _rule(kind: str) -> str:
    return kind.lower().replace("_", "-")


def _differences(where: str, old: griffe.Object, new: griffe.Object) -> Iterator[Change]:
    """What else is another about something that is still there."""
    if _kind(old) != _kind(new):
        yield Change(False, where, f"{_kind(old)} became {_kind(new)}", "object-changed-kind")
    elif isinstance(old, griffe.Class) and isinstance(new, griffe.Class):
        lost, gained = _bases(old) - _bases(new), _bases(new) - _bases(old)
        # What is gained under a private name is no name of ours.
        if lost or any(not name.startswith("_") for name in gained):
            told = f"bases lost: {_list(lost)}; gained: {_list(gained)}"
            yield Change(not lost, where, told, "class-changed-bases")
    elif isinstance(old, griffe.Function) and isinstance(new, griffe.Function):
        yield from _function(where, old, new)
    elif isinstance(old, griffe.Attribute) and isinstance(new, griffe.Attribute):
        yield from _given(where, "type", old.annotation, new.annotation)
        # What a private name makes is how a default is written down, and not what it is.
        made = str(old.value).startswith("_")
        if str(old.value) != str(new.value) and not made and old.labels != {"instance-attribute"}:
            in_enum = old.parent is not None and any("Enum" in base for base in _bases(old.parent))
            yield Change(not in_enum, where, f"value `{old.value}` became `{new.value}`", "attribute-changed-value")


def _function(where: str, old: griffe.Function, new: griffe.Function) -> Iterator[Change]:
    yield from _given(where, "result", old.annotation, new.annotation)
    before = {parameter.name: parameter for parameter in old.parameters}
    for parameter in new.parameters:
        if parameter.name not in before:
            if not parameter.required:
                yield Change(True, where, f"argument `{parameter.name}={parameter.default}` added", "argument-added")
            continue
        had, has = _types(before[parameter.name].annotation), _types(parameter.annotation)
        if had != has:
            told = f"argument `{parameter.name}`: {_list(had)} became {_list(has)}"
            yield Change(had <= has, where, told, "argument-changed-type")


def _given(where: str, what: str, old: str | griffe.Expr | None, new: str | griffe.Expr | None) -> Iterator[Change]:
    """Something that users read: fewer types than before do no harm, others do."""
    had, has = _types(old), _types(new)
    if had != has:
        yield Change(has <= had, where, f"{what} {_list(had)} became {_list(has)}", f"{what}-changed")


def _types(annotation: str | griffe.Expr | None) -> set[str]:
    """The members of a union; one that is in brackets stays whole."""
    return set(re.split(r" \| (?![^\[]*\])", str(annotation)))


def _list(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"


def _kind(item: griffe.Object) -> str:
    labels = [label for label in ("async", "property", "classmethod", "staticmethod") if label in item.labels]
    # A field and a property are read in the same way.
    return "attribute" if "property" in labels or item.is_attribute else " ".join([*labels, item.kind.value])


def _bases(item: griffe.Object) -> set[str]:
    """The names of a class's bases, and theirs."""
    if not isinstance(item, griffe.Class):
        return set()
    resolved = item.resolved_bases
    found = {str(base).partition("[")[0].rpartition(".")[2] for base in item.bases}
    return found.union(*(_bases(base) for base in resolved if isinstance(base, griffe.Class)))
