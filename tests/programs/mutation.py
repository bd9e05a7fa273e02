"""Report the results of mutation testing: `nox -s mutation` runs mutmut, and this program reads its records.

Patterns select mutants by name: `nox -s mutation -- 'octopus_cards._engine.pages.*'`.
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
# mutmut's exit codes: those of pytest, and the signals that stop a mutant after its time limit.
OUTCOMES = {0: "survived", 1: "killed", 2: "killed", 3: "killed", 33: "untested", -24: "timed out", -9: "timed out"}


# A mutant number that mutmut never assigns: the function stays unchanged.
UNCHANGED = "__mutmut_0"


@dataclass(frozen=True)
class Mutant:
    """One change to one function, and its result."""

    source: Path
    name: str
    outcome: str

    def describe(self) -> str:
        """Return the change as `file:line` and the lines before and after."""
        spans = json.loads((MUTANTS / f"{self.source}.spans").read_text("utf-8"))["spans"]
        name = self.name.rpartition(".")[2]
        before, after = (self._text(spans, each) for each in (f"{name.rpartition('_')[0]}_orig", name))
        changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        _, start, end, new_start, new_end = next(change for change in changes if change[0] != "equal")
        lines = [f"    - {line.strip()}" for line in before[start:end]]
        lines += [f"    + {line.strip()}" for line in after[new_start:new_end]]
        return "\n".join([f"{self.source}:{self._line() + start}: {self.outcome} ({self.name})", *lines])

    def _text(self, spans: dict[str, list[int]], name: str) -> list[str]:
        """Return one version of the function, from its `def` on."""
        start, end = spans[name]
        lines = (MUTANTS / self.source).read_text("utf-8").splitlines()[start - 1 : end]
        lines = list(dropwhile(lambda line: not line.lstrip().startswith("def "), lines))
        return [lines[0].replace(name, "_"), *lines[1:]]

    def _line(self) -> int:
        """Return the line of the function in the original file, found by mutmut's name."""
        mangled = self.name.rpartition(".")[2].rpartition("__mutmut_")[0]
        path = mangled.split("ǁ")[1:] if "ǁ" in mangled else [mangled.removeprefix("x_")]
        body = ast.parse(self.source.read_text("utf-8")).body
        line = 0
        for part in path:
            # The last definition with that name: overloads come before it.
            found = [n for n in body if isinstance(n, ast.ClassDef | ast.FunctionDef) and n.name == part][-1]
            body, line = found.body, found.lineno
        return line


def mutants(patterns: list[str]) -> Iterator[Mutant]:
    """Yield all mutants, or those whose names match."""
    for path in sorted(MUTANTS.rglob("*.py.meta")):
        source = path.relative_to(MUTANTS).with_suffix("")
        for name, code in json.loads(path.read_text("utf-8"))["exit_code_by_key"].items():
            if not patterns or any(fnmatch(name, pattern) for pattern in patterns):
                outcome = "not run" if code is None else OUTCOMES.get(code, f"unknown exit code ({code})")
                yield Mutant(source, name, outcome)


def falsely_killed() -> list[str]:
    """Return the functions whose tests fail without a change: their killed mutants prove nothing."""
    names: set[str] = set()
    for path in MUTANTS.rglob("*.py.meta"):
        record = json.loads(path.read_text("utf-8"))
        codes = record["exit_code_by_key"]
        unchanged = {name.rpartition("__mutmut_")[0] + UNCHANGED for name, code in codes.items() if code in (1, 2, 3)}
        codes.update(dict.fromkeys(unchanged))
        path.write_text(json.dumps(record), "utf-8")
        names |= unchanged
    if names:
        subprocess.run(["mutmut", "run", *sorted(names)], check=True)
    return [mutant.name for mutant in mutants([f"*{UNCHANGED}"]) if mutant.outcome != "survived"]


def row(name: str, outcomes: Counter[str]) -> str:
    """Return one line of the table; a mutant that no test reaches, or that was not run, survived."""
    total, killed, slow = outcomes.total(), outcomes["killed"], outcomes["timed out"]
    return f"{name:32}{total:8}{killed:8}{total - killed - slow:10}{slow:11}{share(outcomes):9.1f}"


def share(outcomes: Counter[str]) -> float:
    """Return the percentage of killed mutants; an endless loop counts as killed."""
    return 100.0 * (outcomes["killed"] + outcomes["timed out"]) / max(1, outcomes.total())


def main() -> None:
    """Print a table and every survivor; fail if too many survived or a test fails without a change."""
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
        sys.exit(f"these tests fail without a mutation, so the result proves nothing: {', '.join(false)}")
    if share(total) < KILLED_MIN:
        sys.exit(f"{share(total):.1f} % of the mutants were killed, and {KILLED_MIN:g} % must be")


if __name__ == "__main__":
    main()
