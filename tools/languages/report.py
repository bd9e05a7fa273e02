"""What was measured, as the tables of spec/README.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .language import ROOT, Language
from .tour import FIELD, HEADERS, MONEY, PLAIN, REDIRECT, STATUS, WITHOUT

README = ROOT / "spec" / "README.md"
BEGIN, END = "<!-- made by nox -s languages: begin -->", "<!-- made by nox -s languages: end -->"
HEAD = (
    "| language | generator | warnings | compiles strictly | live round trip | unknown status | unknown field "
    "| headers reachable | headers missing | redirect not followed | money exact |\n" + "|---" * 11 + "|"
)
COLUMNS = (PLAIN, STATUS, FIELD, HEADERS, WITHOUT, REDIRECT, MONEY)


@dataclass
class Measured:
    """What came of one language.

    Attributes:
        language: Which.
        warned: The generator's warnings that matter.
        harmless: Those that do not.
        compiled: Whether every command that compiles it succeeded; None where there is none.
        failures: What went wrong in each run that was made; empty where nothing did.
    """

    language: Language
    warned: list[str] = field(default_factory=list[str])
    harmless: list[str] = field(default_factory=list[str])
    compiled: bool | None = None
    failures: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def good(self) -> bool:
        """Whether all is as it must be."""
        return not self.warned and self.compiled is not False and not any(self.failures.values())

    def row(self) -> str:
        """Its row of the table."""
        warnings = f"{len(self.warned)}" + (f" ({len(self.harmless)} harmless)" if self.harmless else "")
        language = self.language
        cells = [language.name, f"{language.generator} {language.version}".strip(), warnings]
        if self.compiled is None:
            cells += ["generated only", *["not run"] * len(COLUMNS)]
        else:
            cells += [f"yes: {language.strict}" if self.compiled else "**no**"]
            cells += [self._run(name) for name in COLUMNS]
        return f"| {' | '.join(cells)} |"

    def _run(self, name: str) -> str:
        return "not run" if name not in self.failures else "**no**" if self.failures[name] else "yes"


def text(measured: Sequence[Measured]) -> str:
    """All that the README says of the languages."""
    lines = [BEGIN, "", HEAD, *(one.row() for one in measured)]
    for one in measured:
        language = one.language
        steps = [*language.prepare, *language.generate, *language.compile, *filter(None, [language.run])]
        commands = [command.format(spec=f"{_up(language)}/spec/openapi.yaml", root=_up(language)) for command in steps]
        lines += ["", f"### {language.name}: {language.generator} {language.version}".rstrip(), ""]
        lines += [f"In `{language.folder}`:", "", "```sh", *commands, "```", ""] if commands else []
        lines += [f"- {note}" for note in language.notes]
        lines += [f"- A warning that does no harm: {reason}" for reason in language.harmless.values()]
    return "\n".join([*lines, "", END])


def _up(language: Language) -> str:
    return "/".join(".." for _ in Path(language.folder).parts)


def write(made: str, *, check: bool) -> str | None:
    """Brings the README up to date; with `check` only says why it is not, if so."""
    before = README.read_text("utf-8")
    after = before[: before.index(BEGIN)] + made + before[before.index(END) + len(END) :]
    if after == before:
        return None
    if check:
        return "spec/README.md says otherwise: run `nox -s languages` and commit what it writes"
    README.write_text(after, "utf-8")
    return None
