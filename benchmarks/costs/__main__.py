"""Measure everything in one run and write docs/benchmarks.md, or run small and look for big regressions."""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import crowd, environments, lists, processes, profiles, report, subjects, targets
from .environments import IsolatedEnvironment
from .peers import PEERS, Peer

LIBRARIES = ["httpx", "attrs", "msgspec", "orjson", "pydantic"]
GENERATORS = ["openapi-python-client", "openapi-generator-cli", "crozier"]
FAR = 2000


def measure(peers: Sequence[Peer], alone: Mapping[str, IsolatedEnvironment], *, small: bool) -> dict[str, Any]:
    """Return the record of a run."""
    rounds = 5 if small else 15
    pages = 100 if small else FAR
    of = f"octopus-cards {version('octopus-cards')}, {datetime.datetime.now(datetime.UTC):%Y-%m-%d}"
    record: dict[str, Any] = {"of": of, "machine": _machine(), "peers": [peer.name for peer in peers]}
    steps: dict[str, Callable[[], Any]] = {
        "decode": lambda: subjects.decode(peers, rounds),
        "call": lambda: subjects.one_call(peers, rounds),
        "async call": lambda: subjects.one_async_call(rounds),
        "import": lambda: environments.imports(alone, rounds),
        "first call": lambda: environments.first_calls(alone, 2 * rounds, over_sockets=False),
        "first call over sockets": lambda: environments.first_calls(alone, 2 * rounds, over_sockets=True),
        "walk": lambda: lists.walk(pages, 3 if small else 2),
        "growth": lambda: processes.growth(max(pages, 200)),
        "ahead": lambda: lists.read_ahead(5 if small else 20),
        "tasks": lambda: _plain(crowd.tasks(1000, 2 if small else 3, plain=not small)),
        "threads": lambda: _plain(crowd.threads(32, 20, rounds)),
        "installed": lambda: environments.sizes(alone),
    }
    if not small:
        steps["growing"] = lambda: _growing(peers)
        steps["profiles"] = lambda: profiles.profiles(alone)
    for name, step in steps.items():
        began = time.monotonic()
        record[name] = step()
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    versions = {name: version(name) for name in [*LIBRARIES, *GENERATORS, *environments.SDKS]}
    return record | {"walked": pages * 500, "versions": {"Python": platform.python_version(), **versions}}


def _plain(found: dict[str, crowd.Crowd]) -> dict[str, tuple[float, ...]]:
    return {name: astuple(one) for name, one in found.items()}


def _growing(peers: Sequence[Peer]) -> dict[str, Any]:
    """Return how costs grow with the size of a page, the number of orders, and the number of tasks."""
    decode: dict[str, list[tuple[int, float]]] = {}
    for orders in (1, 10, 50, 100, 500):
        for name, seconds in subjects.decode(peers, 5, orders).items():
            decode.setdefault(name, []).append((orders, seconds * 1e6))
    walk: dict[str, list[tuple[int, float]]] = {}
    for pages in (2, 20, 200):
        for name, seconds in lists.walk(pages, 2).items():
            walk.setdefault(name, []).append((pages * 500, seconds))
    tasks: dict[str, list[tuple[int, float]]] = {}
    for count in (10, 100, 300, 1000):
        for name, one in crowd.tasks(count, 2, plain=False).items():
            tasks.setdefault(name, []).append((count, one.rate))
    return {
        "decode": {"x": "orders on the page", "y": "µs", "subjects": decode},
        "walk": {"x": "orders of the list", "y": "s", "subjects": walk},
        "tasks": {"x": "tasks", "y": "calls a second", "scale": "linear", "subjects": tasks},
    }


def _machine() -> str:
    return f"{platform.system()}, {platform.machine()}, {os.cpu_count()} processors."


def main() -> None:
    """Run the benchmarks that the command line names."""
    parser = argparse.ArgumentParser(prog="costs", description=__doc__)
    parser.add_argument("--wheel", required=True, help="the built package")
    parser.add_argument(
        "--small", action="store_true", help="a minute; fails where a ratio is twice as bad as in the record"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        peers = [peer.made(Path(scratch)) for peer in PEERS]
        record = measure(peers, environments.made(peers, options.wheel, Path(scratch)), small=options.small)
    print(*targets.targets(record), sep="\n")
    last = report.last_record()
    if not options.small:
        report.write(record)
    elif last and (worse := targets.regressions(last, record)):
        sys.exit(f"benchmarks: twice as bad as in the record: {'; '.join(worse)}")


if __name__ == "__main__":
    main()
