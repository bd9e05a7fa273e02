"""What changed in the public names of a Python package, by griffe."""

from __future__ import annotations

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
    breaking = [_broken(breakage) for breakage in griffe.find_breaking_changes(before, after)]
    changes = {change for change in breaking if "__version__" not in change.where}
    told = {change.where.strip("`").partition("(")[0] for change in changes}
    old, new = dict(_surface(before)), dict(_surface(after))
    for name in sorted(old.keys() - new.keys()):
        # A name that is still there, but exported no more, is as good as removed; griffe looks at what is there.
        if not any(name == gone or name.startswith(f"{gone}.") for gone in told):
            changes.add(Change(False, f"`{name}`", "no longer public", "object-not-public"))
    added = new.keys() - old.keys()
    for name in sorted(name for name in added if name.rpartition(".")[0] not in added):
        changes.add(Change(True, f"`{name}`", "added", "object-added"))
    for name in sorted(name for name in new.keys() & old.keys() if new[name] != old[name] and name not in told):
        changes.add(Change(True, f"`{name}`", _difference(old[name], new[name]), "signature-changed"))
    return sorted(changes)


def _broken(breakage: griffe.Breakage) -> Change:
    rule = breakage.kind.name.lower().replace("_", "-")
    detail = breakage.explain(griffe.ExplanationStyle.ONE_LINE).partition(": ")[2]
    return Change(False, f"`{_public(breakage.obj.path)}`", detail, rule)


def _public(path: str) -> str:
    """The path without its private modules, as it is imported or held."""
    return ".".join(part for part in path.split(".") if not part.startswith("_") or part.startswith("__"))


def _surface(module: griffe.Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The public names below a module, each with what its users can see of it: parameters, or a type."""
    for name, member in module.members.items():
        if not member.is_public or name == "__version__":
            continue
        target = member.final_target if isinstance(member, griffe.Alias) else member
        yield from _of(f"{module.path}.{name}", target)


def _of(path: str, item: griffe.Object) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(item, griffe.Function):
        yield path, _signature(item)
    elif isinstance(item, griffe.Module):
        yield from _surface(item)
    else:
        yield path, (str(getattr(item, "annotation", "") or ""),)
    if isinstance(item, griffe.Class):
        for name, member in item.members.items():
            if (name == "__init__" or not name.startswith("_")) and not isinstance(member, griffe.Alias):
                yield from _of(f"{path}.{name}", member)


def _signature(function: griffe.Function) -> tuple[str, ...]:
    parameters = [parameter for parameter in function.parameters if parameter.name != "self"]
    return tuple(f"{p.name}{'' if p.default is None else f'={p.default}'}" for p in parameters)


def _difference(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    gone, come = [part for part in old if part not in new], [part for part in new if part not in old]
    told = [f"`{part}` {word}" for parts, word in ((gone, "removed"), (come, "added")) for part in parts if part]
    return ", ".join(told) or "in another order"
