"""Tells what became of the mutants: `nox -s mutation` has mutmut make and test them, and this reads what it wrote.

Patterns choose among them by name: `nox -s mutation -- 'octopus_cards._engine.pages.*'`.
"""

from __future__ import annotations

import ast
import difflib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import dropwhile
from pathlib import Path

MUTANTS = Path("mutants")
KILLED_MIN = 85.0
# mutmut's exit codes: pytest's own, and the signals by which a mutant is stopped that takes too long.
OUTCOMES = {0: "survived", 1: "killed", 2: "killed", 3: "killed", 33: "untested", -24: "timed out", -9: "timed out"}


# The number of a mutant that mutmut never makes, so that the function stays as it was.
HARMLESS = "__mutmut_0"


@dataclass(frozen=True)
class Mutant:
    """One change to one function, and what came of it."""

    source: Path
    name: str
    outcome: str

    def describe(self) -> str:
        """Where it changed what, as `file:line` and the lines before and after."""
        spans = json.loads((MUTANTS / f"{self.source}.spans").read_text("utf-8"))["spans"]
        name = self.name.rpartition(".")[2]
        before, after = (self._text(spans, each) for each in (f"{name.rpartition('_')[0]}_orig", name))
        changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        _, start, end, new_start, new_end = next(change for change in changes if change[0] != "equal")
        lines = [f"    - {line.strip()}" for line in before[start:end]]
        lines += [f"    + {line.strip()}" for line in after[new_start:new_end]]
        return "\n".join([f"{self.source}:{self._line() + start}: {self.outcome} ({self.name})", *lines])

    def _text(self, spans: dict[str, list[int]], name: str) -> list[str]:
        """One version of the function, from its `def` on."""
        start, end = spans[name]
        lines = (MUTANTS / self.source).read_text("utf-8").splitlines()[start - 1 : end]
        lines = list(dropwhile(lambda line: not line.lstrip().startswith("def "), lines))
        return [lines[0].replace(name, "_"), *lines[1:]]

    def _line(self) -> int:
        """Where the function begins in the file that was not mutated; mutmut's names tell which it is."""
        mangled = self.name.rpartition(".")[2].rpartition("__mutmut_")[0]
        path = mangled.split("ǁ")[1:] if "ǁ" in mangled else [mangled.removeprefix("x_")]
        body = ast.parse(self.source.read_text("utf-8")).body
        line = 0
        for part in path:
            # The last of that name: overloads come before.
            found = [n for n in body if isinstance(n, ast.ClassDef | ast.FunctionDef) and n.name == part][-1]
            body, line = found.body, found.lineno
        return line


def mutants(patterns: list[str]) -> Iterator[Mutant]:
    """All that were made, or those whose names match."""
    for path in sorted(MUTANTS.rglob("*.py.meta")):
        source = path.relative_to(MUTANTS).with_suffix("")
        for name, code in json.loads(path.read_text("utf-8"))["exit_code_by_key"].items():
            if not patterns or any(fnmatch(name, pattern) for pattern in patterns):
                outcome = "not run" if code is None else OUTCOMES.get(code, f"ended oddly ({code})")
                yield Mutant(source, name, outcome)


def falsely_killed() -> list[str]:
    """The functions whose tests fail though nothing was changed: what they killed says nothing."""
    names: set[str] = set()
    for path in MUTANTS.rglob("*.py.meta"):
        record = json.loads(path.read_text("utf-8"))
        codes = record["exit_code_by_key"]
        harmless = {name.rpartition("__mutmut_")[0] + HARMLESS for name, code in codes.items() if code in (1, 2, 3)}
        codes.update(dict.fromkeys(harmless))
        path.write_text(json.dumps(record), "utf-8")
        names |= harmless
    if names:
        subprocess.run(["mutmut", "run", *sorted(names)], check=True)
    return [mutant.name for mutant in mutants([f"*{HARMLESS}"]) if mutant.outcome != "survived"]


def row(name: str, outcomes: Counter[str]) -> str:
    """One line of the table; a mutant that no test reaches, or that was not run, survived."""
    total, killed, slow = outcomes.total(), outcomes["killed"], outcomes["timed out"]
    return f"{name:32}{total:8}{killed:8}{total - killed - slow:10}{slow:11}{share(outcomes):9.1f}"


def share(outcomes: Counter[str]) -> float:
    """How many percent were noticed; an endless loop is noticed too."""
    return 100.0 * (outcomes["killed"] + outcomes["timed out"]) / max(1, outcomes.total())


def main() -> None:
    """Prints a table and every survivor, and fails where too many survived, or where what fell fell by itself."""
    found = list(mutants(sys.argv[1:]))
    total = Counter(mutant.outcome for mutant in found)
    modules = {source: Counter(m.outcome for m in found if m.source == source) for source in {m.source for m in found}}
    print(f"{'module':32}{'mutants':>8}{'killed':>8}{'survived':>10}{'timed out':>11}{'percent':>9}")
    for source, outcomes in sorted(modules.items()):
        print(row(str(source), outcomes))
    print(row("all", total))
    for mutant in found:
        if mutant.outcome not in ("killed", "timed out"):
            print(f"\n{mutant.describe()}")
    if false := falsely_killed():
        sys.exit(f"these are killed though nothing was changed, so the rest says nothing: {', '.join(false)}")
    if share(total) < KILLED_MIN:
        sys.exit(f"{share(total):.1f} % of the mutants were killed, and {KILLED_MIN:g} % must be")


if __name__ == "__main__":
    main()
