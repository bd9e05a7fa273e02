"""Programs in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.paths import PROJECT


def start_program(text: str, *arguments: str | Path) -> subprocess.Popen[str]:
    """Start a program that imports the installed package and from the folder of the tests."""
    code = f"import sys; sys.path.insert(0, {str(PROJECT / 'tests')!r})\n{text}"
    command = [sys.executable, "-P", "-W", "ignore", "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run_program(text: str, *arguments: str | Path) -> str:
    """Run such a program, and return what it prints."""
    with start_program(text, *arguments) as process:
        output, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (0, "")
    return output
