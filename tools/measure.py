"""Prints how the package is layered: modules, levels, imports and cycles.

python tools/measure.py [FOLDER]    the package `octopus_cards` below FOLDER (default: this project)
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "octopus_cards"


def modules(root: Path) -> dict[str, Path]:
    """Return the hand-written and generated modules of the package by their names."""
    found: dict[str, Path] = {}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Yield the modules of the package that a module imports, also inside functions and for type checkers."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in known else node.module


def components(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components, each below the ones that import it (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in graph[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            position = stack.index(name)
            found.append(stack[position:])
            del stack[position:]

    for name in graph:
        if name not in index:
            visit(name)
    return found


def measure(root: Path) -> str:
    """Return the figures of a package, of its modules and of the folders that they lie in."""
    known = modules(root)
    graph = {name: set(imports(path, known)) - {name, PACKAGE} for name, path in known.items() if name != PACKAGE}
    folders = {name: name.split(".")[1] if name.count(".") else name for name in graph}
    coarse: dict[str, set[str]] = {folder: set() for folder in folders.values()}
    for name, others in graph.items():
        coarse[folders[name]] |= {folders[other] for other in others} - {folders[name]}
    lines = [f"{'':10}{'modules':>9}{'imports':>9}{'levels':>8}{'cycles':>8}"]
    for title, each in (("modules", graph), ("folders", coarse)):
        groups = components(each)
        level: dict[str, int] = {}
        for group in groups:
            below = [level[other] for name in group for other in each[name] if other not in group]
            level.update(dict.fromkeys(group, 1 + max(below, default=0)))
        cycles = sum(len(group) > 1 for group in groups)
        edges = sum(map(len, each.values()))
        lines.append(f"{title:10}{len(each):9}{edges:9}{max(level.values()):8}{cycles:8}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(measure(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[1])))
