"""A PostgreSQL server of the tests' own, on loopback in a temporary folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

REMEDY = "install PostgreSQL (the package `postgresql` of Debian), and run `nox -s databases`"
SETTINGS = "-c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=50"


def find_programs() -> Path | None:
    """Return the folder of the server's programs; the latest version of those that Debian keeps off PATH."""
    on_path = shutil.which("initdb")
    kept = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name))
    return Path(on_path).parent if on_path else next(iter(reversed(kept)), None)


def as_other_user() -> list[str]:
    """Return the start of a command that root needs, because the server refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def postgresql() -> Iterator[dict[str, Any]]:
    """Run a server, and yield where it listens."""
    programs = find_programs()
    if programs is None:
        pytest.skip(f"no PostgreSQL: {REMEDY}")
    # Not in pytest's folder, which other users must not enter.
    with tempfile.TemporaryDirectory(prefix="octopus-cards-postgresql-") as name:
        folder, port = Path(name), free_port()
        if as_other_user():
            shutil.chown(folder, "postgres")

        def run(*command: str | Path) -> None:
            done = subprocess.run(
                [*as_other_user(), *command],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr

        data, log = folder / "data", folder / "log"
        run(programs / "initdb", "--username=shop", "--auth=trust", "--encoding=UTF8", "--no-sync", "-D", data)
        control: list[str | Path] = [programs / "pg_ctl", "-w", "-D", data]
        run(*control, "-l", log, "-o", f"{SETTINGS} -p {port} -k {folder}", "start")
        try:
            yield {"user": "shop", "host": "127.0.0.1", "port": port, "name": "postgres"}
        finally:
            run(*control, "-m", "immediate", "stop")
