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
    """The contents of one TOML file of this folder.

    Attributes:
        name: The language.
        generator: The program that generates the client.
        version: The exact version of the generator.
        folder: The folder to run the commands in, relative to the repository root.
        needs: Programs that must be on PATH.
        prepare: Commands that fetch the generator and the dependencies.
        generate: Commands that generate the client.
        compile: Commands that compile client and program with strict checks; empty if the client is only generated.
        strict: The strict checks, in a few words.
        run: The command that runs the program.
        warnings: A regular expression that matches a warning line in the generator's output.
        harmless: Regular expressions of warnings that can be ignored, each with the reason.
        notes: What a user of the client must know.
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
        """The needed programs that are not on PATH."""
        return [program for program in self.needs if shutil.which(program) is None]

    def arguments(self, command: str) -> list[str]:
        """Split a command into its arguments and fill in the path placeholders."""
        return [argument.format(spec=SPECIFICATION, root=ROOT) for argument in shlex.split(command)]

    def find_warnings(self, output: str) -> tuple[list[str], list[str]]:
        """Return the warnings in a generator's output: first the relevant ones, then the harmless ones."""
        lines = [line.strip() for line in output.splitlines() if re.search(self.warnings, line)]
        harmless = [line for line in lines if any(re.search(known, line) for known in self.harmless)]
        return [line for line in lines if line not in harmless], harmless


def load(only: Sequence[str] = ()) -> list[Language]:
    """Load all languages, or those with the given file names; languages with a program come first.

    Raises:
        ValueError: A file does not exist.
    """
    files = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.toml"))}
    if unknown := [name for name in only if name not in files]:
        raise ValueError(f"a language must be one of {', '.join(files)}, got {', '.join(unknown)}")
    languages = [Language(**tomllib.loads(files[name].read_text("utf-8"))) for name in only or files]
    return sorted(languages, key=lambda language: not language.run)
