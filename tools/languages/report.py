"""The measurements of all languages, written as the tables of spec/README.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .language import ROOT, Language
from .smoke import FIELD, HEADERS, MONEY, NO_HEADERS, PLAIN, REDIRECT, STATUS

README = ROOT / "spec" / "README.md"
BEGIN, END = "<!-- made by nox -s languages: begin -->", "<!-- made by nox -s languages: end -->"
HEAD = (
    "| language | generator | warnings | compiles strictly | live round trip | unknown status | unknown field "
    "| headers reachable | headers missing | redirect not followed | money exact |\n" + "|---" * 11 + "|"
)
COLUMNS = (PLAIN, STATUS, FIELD, HEADERS, NO_HEADERS, REDIRECT, MONEY)


@dataclass
class Measured:
    """The measurements of one language.

    Attributes:
        language: The language.
        warned: The generator's relevant warnings.
        harmless: The generator's harmless warnings.
        compiled: Whether every compile command succeeded; None if the language has none.
        failures: The failures of each run, by scenario; a successful run has an empty list.
    """

    language: Language
    warned: list[str] = field(default_factory=list[str])
    harmless: list[str] = field(default_factory=list[str])
    compiled: bool | None = None
    failures: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def good(self) -> bool:
        """Whether there are neither relevant warnings nor failures."""
        return not self.warned and self.compiled is not False and not any(self.failures.values())

    def row(self) -> str:
        """Return the table row of this language."""
        warnings = f"{len(self.warned)}" + (f" ({len(self.harmless)} harmless)" if self.harmless else "")
        cells = [self.language.name, f"{self.language.generator} {self.language.version}".strip(), warnings]
        return f"| {' | '.join([*cells, *self._results()])} |"

    def _results(self) -> list[str]:
        if self.compiled is None:
            return ["generated only", *["not run"] * len(COLUMNS)]
        compiled = f"yes: {self.language.strict}" if self.compiled else "**no**"
        return [compiled, *map(self._result, COLUMNS)]

    def _result(self, name: str) -> str:
        return "not run" if name not in self.failures else "**no**" if self.failures[name] else "yes"


def text(measured: Sequence[Measured]) -> str:
    """Return the generated part of the README: the table, then one section for each language."""
    sections = [line for one in measured for line in _section(one.language)]
    return "\n".join([BEGIN, "", HEAD, *(one.row() for one in measured), *sections, "", END])


def _section(language: Language) -> list[str]:
    steps = [*language.prepare, *language.generate, *language.compile, *filter(None, [language.run])]
    root = "/".join(".." for _ in Path(language.folder).parts)
    commands = [command.format(spec=f"{root}/spec/openapi.yaml", root=root) for command in steps]
    lines = ["", f"### {language.name}: {language.generator} {language.version}".rstrip(), ""]
    lines += [f"In `{language.folder}`:", "", "```sh", *commands, "```", ""] if commands else []
    lines += [f"- {note}" for note in language.notes]
    return lines + [f"- Harmless warning: {reason}" for reason in language.harmless.values()]


def write(generated: str, *, check: bool) -> str | None:
    """Update the README; with `check`, write nothing and return a message if the README is out of date."""
    before = README.read_text("utf-8")
    after = before[: before.index(BEGIN)] + generated + before[before.index(END) + len(END) :]
    if after == before:
        return None
    if check:
        return "spec/README.md is out of date: run `nox -s languages` and commit what it writes"
    README.write_text(after, "utf-8")
    return None
