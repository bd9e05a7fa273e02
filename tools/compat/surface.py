"""Changes of the public names of a Python package, by griffe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import griffe

from .changes import Change


def load(package: str, *folders: Path) -> griffe.Module:
    """Load a package from the first folder that contains it, without importing it."""
    loader = griffe.GriffeLoader(search_paths=folders, allow_inspection=False)
    module = loader.load(package, try_relative_path=False)
    loader.resolve_aliases(implicit=True, external=True)
    if not isinstance(module, griffe.Module):
        raise TypeError(f"{package} is not a module in {folders}")
    return module


def compare(before: griffe.Module, after: griffe.Module) -> list[Change]:
    """Return every change of the public names, except `__version__`."""
    old, new = dict(_surface(before)), dict(_surface(after))
    changes = {*_parameters(before, after, old), *_removed(old, new), *_added(old, new)}
    for name in _common(old, new):
        changes.update(_differences(f"`{name}`", old[name], new[name]))
    return sorted(changes)


def _removed(old: dict[str, griffe.Object], new: dict[str, griffe.Object]) -> Iterator[Change]:
    names = old.keys() - new.keys()
    for name in names:
        if name.rpartition(".")[0] not in names:
            yield Change(False, f"`{name}`", "removed, or no longer public", "object-removed")


def _added(old: dict[str, griffe.Object], new: dict[str, griffe.Object]) -> Iterator[Change]:
    names = new.keys() - old.keys()
    for name in names:
        parent, _, own = name.rpartition(".")
        # A new special method is not worth a line: the operation worked before, or another change reports it.
        if parent not in names and not own.startswith("__"):
            yield Change(True, f"`{name}`", "added", "object-added")


def _common(old: dict[str, griffe.Object], new: dict[str, griffe.Object]) -> list[str]:
    """Return the names in both surfaces; an object with several names is listed once, by the shortest."""
    longest_first = sorted(old.keys() & new.keys(), key=lambda name: (-len(name), name))
    return list({new[name].path: name for name in longest_first}.values())


def _surface(module: griffe.Module) -> Iterator[tuple[str, griffe.Object]]:
    """Yield the public objects below a module, each with the name that users import."""
    public = {name: _target(member) for name, member in module.members.items() if member.is_public}
    classes = {item.path for item in public.values()}
    for name, item in public.items():
        if isinstance(item, griffe.Module):
            yield from _surface(item)
        elif name != "__version__":
            yield f"{module.path}.{name}", item
            yield from _members(f"{module.path}.{name}", item, classes)


def _members(path: str, item: griffe.Object, classes: set[str]) -> Iterator[tuple[str, griffe.Object]]:
    """Yield the public members of a class; another public class reports those that it defines."""
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
    """Yield the breaking changes of parameters by griffe's own rules."""
    names = {item.path: name for name, item in reversed(public.items())}
    for breakage in griffe.find_breaking_changes(before, after):
        if breakage.kind.name.startswith("PARAMETER") and breakage.obj.path in names:
            detail = re.sub(r"\x1b\[\d*m", "", breakage.explain(griffe.ExplanationStyle.ONE_LINE))
            argument = re.search(r"\((\w+)\): ", detail)
            what = f"{breakage.kind.value}: `{argument[1]}`" if argument else breakage.kind.value
            yield Change(False, f"`{names[breakage.obj.path]}`", what.lower(), _rule(breakage.kind.name))


def _rule(kind: str) -> str:
    return kind.lower().replace("_", "-")


def _differences(where: str, old: griffe.Object, new: griffe.Object) -> Iterator[Change]:
    """Yield the changes of an object that exists before and after."""
    if _kind(old) != _kind(new):
        yield Change(False, where, f"{_kind(old)} became {_kind(new)}", "object-changed-kind")
    elif isinstance(old, griffe.Class) and isinstance(new, griffe.Class):
        yield from _class(where, old, new)
    elif isinstance(old, griffe.Function) and isinstance(new, griffe.Function):
        yield from _function(where, old, new)
    elif isinstance(old, griffe.Attribute) and isinstance(new, griffe.Attribute):
        yield from _attribute(where, old, new)


def _class(where: str, old: griffe.Class, new: griffe.Class) -> Iterator[Change]:
    lost, gained = _bases(old) - _bases(new), _bases(new) - _bases(old)
    # A new private base is not part of the public surface.
    if lost or any(not name.startswith("_") for name in gained):
        what = f"bases lost: {_list(lost)}; gained: {_list(gained)}"
        yield Change(not lost, where, what, "class-changed-bases")


def _attribute(where: str, old: griffe.Attribute, new: griffe.Attribute) -> Iterator[Change]:
    yield from _read_type(where, "type", old.annotation, new.annotation)
    # A call of a private helper is the way a default is written, not its value.
    computed = str(old.value).startswith("_")
    if str(old.value) != str(new.value) and not computed and old.labels != {"instance-attribute"}:
        in_enum = old.parent is not None and any("Enum" in base for base in _bases(old.parent))
        yield Change(not in_enum, where, f"value `{old.value}` became `{new.value}`", "attribute-changed-value")


def _function(where: str, old: griffe.Function, new: griffe.Function) -> Iterator[Change]:
    yield from _read_type(where, "result", old.annotation, new.annotation)
    before = {parameter.name: parameter for parameter in old.parameters}
    for parameter in new.parameters:
        if parameter.name in before:
            yield from _argument_type(where, before[parameter.name], parameter)
        elif not parameter.required:
            yield Change(True, where, f"argument `{parameter.name}={parameter.default}` added", "argument-added")


def _argument_type(where: str, old: griffe.Parameter, new: griffe.Parameter) -> Iterator[Change]:
    before, after = _types(old.annotation), _types(new.annotation)
    if before != after:
        what = f"argument `{new.name}`: {_list(before)} became {_list(after)}"
        yield Change(before <= after, where, what, "argument-changed-type")


def _read_type(where: str, what: str, old: str | griffe.Expr | None, new: str | griffe.Expr | None) -> Iterator[Change]:
    """Compare the type of a value that users read: a narrower type is compatible, any other is not."""
    before, after = _types(old), _types(new)
    if before != after:
        yield Change(after <= before, where, f"{what} {_list(before)} became {_list(after)}", f"{what}-changed")


def _types(annotation: str | griffe.Expr | None) -> set[str]:
    """Return the members of a union; a union in brackets stays in one piece."""
    return set(re.split(r" \| (?![^\[]*\])", str(annotation)))


def _list(names: set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"


def _kind(item: griffe.Object) -> str:
    labels = [label for label in ("async", "property", "classmethod", "staticmethod") if label in item.labels]
    # Users read a field and a property in the same way.
    return "attribute" if "property" in labels or item.is_attribute else " ".join([*labels, item.kind.value])


def _bases(item: griffe.Object) -> set[str]:
    """Return the names of all direct and indirect bases of a class."""
    if not isinstance(item, griffe.Class):
        return set()
    resolved = item.resolved_bases
    found = {str(base).partition("[")[0].rpartition(".")[2] for base in item.bases}
    return found.union(*(_bases(base) for base in resolved if isinstance(base, griffe.Class)))
