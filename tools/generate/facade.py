"""Writes the generated files of the facade: the synchronous twins and the table of public names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from exports import package_init
from twins import twins

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def facade_files(package: Path) -> dict[str, str]:
    """Return the text of each generated file by its name below octopus_cards/."""
    texts = {**twins(package), "__init__.py": package_init(HERE / "exports.toml")}
    return {name: _format(text, package / name) for name, text in texts.items()}


def _format(text: str, path: Path) -> str:
    """Return the text as the project's own style has it."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    config = ["--config", str(ROOT / "pyproject.toml"), "--stdin-filename", str(path)]
    for command in (["check", "--fix-only", "--quiet", "--select=I,F401,RUF022"], ["format", "--quiet"]):
        done = subprocess.run(
            [ruff, *command, *config, "-"], input=text, capture_output=True, text=True, check=False, cwd=ROOT
        )
        if done.returncode:
            sys.exit(f"{path}: {done.stderr}")
        text = done.stdout
    return text
