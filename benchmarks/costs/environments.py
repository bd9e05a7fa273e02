"""Each client alone in an environment, as if nothing else was installed: start time and size on disk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .crowd import server
from .peers import Peer
from .processes import run

ROOT = Path(__file__).parent.parent.parent
UV = str(Path(sys.executable).with_name("uv"))
SDKS = {"stripe": "stripe", "hcloud": "hcloud", "python-gitlab": "gitlab", "openai": "openai"}
OURS, HTTPX = "octopus-cards", "httpx"
CLASS = "octopus-cards, its client class"
# The minimum that a client imports if it uses upstream's generated code and decodes with msgspec.
FLOOR = "httpx and msgspec"


@dataclass(frozen=True)
class IsolatedEnvironment:
    """An environment: what is imported there, its interpreter, and the folder of a generated client."""

    module: str
    python: str
    path: str = ""


def made(peers: Sequence[Peer], wheel: str, scratch: Path) -> dict[str, IsolatedEnvironment]:
    """Create all environments, with the locked packages, compiled."""
    wanted = {OURS: ([wheel], "octopus_cards", ""), HTTPX: (["httpx"], "httpx", "")}
    wanted |= {peer.name: ([*peer.requires], peer.module, str(peer.folder)) for peer in peers}
    wanted |= {name: ([name], module, "") for name, module in SDKS.items()}
    return {
        name: IsolatedEnvironment(module, _install(requirements, scratch / f"alone-{number}"), path)
        for number, (name, (requirements, module, path)) in enumerate(wanted.items())
    }


def _install(requirements: Sequence[str], folder: Path) -> str:
    python = str(folder / "bin" / "python")
    for command in (
        [UV, "venv", "--quiet", "--python", sys.executable, str(folder)],
        [UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", python,
         "--constraint", str(ROOT / "dev.lock"), *requirements],
    ):  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"benchmarks: {' '.join(requirements)} could not be installed: {done.stderr[-2000:]}")
    return python


def sizes(alone: Mapping[str, IsolatedEnvironment]) -> dict[str, tuple[int, int]]:
    """Return the number of other distributions, and the bytes of all, with a generated client's own code."""
    found = {}
    for name, where in alone.items():
        count, size = run("installed.py", where.path, python=where.python)
        found[name] = (count - (not where.path), size)
    return found


def imports(alone: Mapping[str, IsolatedEnvironment], rounds: int) -> dict[str, float]:
    """Return the wall-clock seconds until a package is imported."""
    ours = alone[OURS]
    asked = {name: (where, f"import {where.module}") for name, where in alone.items()}
    asked[CLASS] = (ours, "from octopus_cards import OctopusCards")
    asked[FLOOR] = (ours, "import httpx, msgspec")
    return _best(asked, rounds)


def _best(asked: Mapping[str, tuple[IsolatedEnvironment, str]], rounds: int) -> dict[str, float]:
    turns = [dict(_turn(asked)) for _ in range(rounds + 1)]
    return {name: min(turn[name] for turn in turns[1:]) for name in asked}  # the first compiles what is not yet


def _turn(asked: Mapping[str, tuple[IsolatedEnvironment, str]]) -> Iterator[tuple[str, float]]:
    for name, (where, statement) in asked.items():
        yield name, run("importing.py", statement, python=where.python, path=where.path)


def first_calls(alone: Mapping[str, IsolatedEnvironment], rounds: int, *, over_sockets: bool) -> dict[str, float]:
    """Return the wall-clock seconds until a package is imported and has made a first call."""
    # All three where ours is installed: httpx is slower to import where more is, and there is more beside ours.
    python = alone[OURS].python
    with ExitStack() as stack:
        url = stack.enter_context(server()) if over_sockets else ""
        turns = [
            {name: run("first_call.py", name, url, python=python) for name in (OURS, HTTPX, FLOOR)}
            for _ in range(rounds)
        ]
    return {name: min(turn[name] for turn in turns) for name in turns[0]}
