"""A language: its generator, and the commands that another team would use."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SPECIFICATION = ROOT / "spec" / "openapi.yaml"


@dataclass(frozen=True, kw_only=True)
class Language:
    """What a file of this folder says.

    Attributes:
        name: The language.
        generator: What makes its client.
        version: Of the generator, exactly.
        folder: Where the commands run, from the repository's root.
        needs: Programs that must be on PATH.
        prepare: Commands that fetch the generator and the dependencies.
        generate: Commands that make the client.
        compile: Commands that compile it and the program, strictly; none where it is generated only.
        strict: What they are strict about, in a few words.
        run: The command that runs the program.
        warnings: Matches a line of the generator's output that warns.
        harmless: Warnings that do not matter, by an expression that matches them, each with the reason.
        notes: What to know about it.
    """

    name: str
    generator: str
    version: str
    folder: str
    needs: Sequence[str] = ()
    prepare: Sequence[str] = ()
    generate: Sequence[str] = ()
    compile: Sequence[str] = ()
    strict: str = ""
    run: str = ""
    warnings: str = "(?i)warn"
    harmless: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: Sequence[str] = ()

    @property
    def missing(self) -> list[str]:
        """What it needs and is not there."""
        return [program for program in self.needs if shutil.which(program) is None]

    def words(self, command: str) -> list[str]:
        """A command with what stands for paths filled in."""
        return [word.format(spec=SPECIFICATION, root=ROOT) for word in shlex.split(command)]

    def told(self, output: str) -> tuple[list[str], list[str]]:
        """The warnings in a generator's output: those that matter, and those that do not."""
        lines = [line.strip() for line in output.splitlines() if re.search(self.warnings, line)]
        harmless = [line for line in lines if any(re.search(known, line) for known in self.harmless)]
        return [line for line in lines if line not in harmless], harmless


def load(only: Sequence[str] = ()) -> list[Language]:
    """The languages, or some by the names of their files; first those whose program is run.

    Raises:
        ValueError: There is no such file.
    """
    files = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.toml"))}
    if unknown := [name for name in only if name not in files]:
        raise ValueError(f"a language must be one of {', '.join(files)}, got {', '.join(unknown)}")
    languages = [Language(**tomllib.loads(files[name].read_text("utf-8"))) for name in only or files]
    return sorted(languages, key=lambda language: not language.run)
