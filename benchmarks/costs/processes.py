"""Programs of this folder, each run in its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def run(program: str, *arguments: str, python: str = sys.executable, path: str = "") -> Any:
    """Return the JSON that a program prints.

    Args:
        program: A file of `programs`.
        arguments: Its command-line arguments.
        python: The interpreter, and with it the environment.
        path: A folder in which it finds packages besides.
    """
    # Users have compiled modules, whatever this machine's settings are.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [python, "-P", str(HERE / "programs" / program), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environ | {"PYTHONPATH": path})
    if done.returncode:
        sys.exit(f"benchmarks: {program} {' '.join(arguments)} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def growth(pages: int) -> int:
    """Return how many bytes the process grew between the first pages and the end of a list."""
    return int(run("walking.py", str(pages), path=os.pathsep.join(sys.path)))
