"""The house: what the README promises, what is installed, and which way data flows."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import octopus_cards
from octopus_cards.emulator import Emulator, EmulatorClock
from support.paths import PROJECT

README = (PROJECT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_readmes_order_is_placed_and_delivered(tmp_path: Path) -> None:
    # A minute of the emulator passes in 6 ms.
    emulator = Emulator(clock=EmulatorClock(speed=10_000.0))
    with emulator.serve() as url:
        env = {"OCTOPUS_CARDS_TOKEN": emulator.token, "OCTOPUS_CARDS_BASE_URL": url}
        shown = run_program(BLOCKS[0], tmp_path, env)
    assert shown.split()[1:] == ["DELIVERED", "190.00", "INR", "None"]
    assert len([line for line in BLOCKS[0].splitlines() if line]) <= 10


def test_the_readmes_lines_run_as_they_stand(emulator: Emulator, tmp_path: Path) -> None:
    ids = [emulator.add_order(delivered_after=8.0), emulator.add_order(failed_after=1.0)]
    with emulator.serve() as url:
        env = {"OCTOPUS_CARDS_TOKEN": emulator.token, "OCTOPUS_CARDS_BASE_URL": url}
        # Run from elsewhere, by the interpreter alone, as a user would; fulfilment is done before it looks.
        emulator.clock.advance(9)
        shown = run_program(BLOCKS[1], tmp_path, env)
    lines = sorted(line.split()[:2] for line in shown.splitlines())
    assert lines == [[str(ids[0]), "DELIVERED"], [str(ids[1]), "FAILED"]]


def test_the_readmes_emulator_lines_run_as_they_stand(tmp_path: Path) -> None:
    assert run_program(BLOCKS[3], tmp_path, {}) == ""


def test_the_readmes_log_looks_as_it_says(emulator: Emulator, tmp_path: Path) -> None:
    emulator.fail_next(503, path="/api/v1/topups/orders")
    calls = "from octopus_cards import OctopusCards\nOctopusCards().topups.orders.page()\n"
    program = tmp_path / "program.py"
    program.write_text(BLOCKS[2] + calls, "utf-8")
    with emulator.serve() as url:
        env = {"API_KEY": emulator.api_key, "API_SECRET": emulator.api_secret, "BASE_URL": url}
        done = subprocess.run(
            [sys.executable, str(program)],
            cwd=tmp_path,
            env=os.environ | {f"OCTOPUS_CARDS_{name}": value for name, value in env.items()},
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
    found = [re.sub(r"\d+ ms|\d\.\d{3} s|\w{27}", "_", line) for line in done.stderr.splitlines()]
    assert found == [
        "DEBUG:octopus_cards:POST /auth/login 200 in _ (request _, attempt 1)",
        "DEBUG:octopus_cards:GET /api/v1/topups/orders 503 in _ (request _, attempt 1)",
        "INFO:octopus_cards:GET /api/v1/topups/orders retrying in _ after ServerError (request _, attempt 1)",
        "DEBUG:octopus_cards:GET /api/v1/topups/orders 200 in _ (request _, attempt 2)",
    ]


def test_the_readme_has_ten_lines_of_code() -> None:
    assert len([line for line in BLOCKS[0].splitlines() if line.strip()]) <= 10


def run_program(text: str, folder: Path, env: dict[str, str]) -> str:
    program = folder / "program.py"
    program.write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program)],
        cwd=folder, env=os.environ | env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_every_public_name_has_a_docstring_and_is_named_where_it_is_imported_from() -> None:
    for name in octopus_cards.__all__:
        public = getattr(octopus_cards, name)
        if isinstance(public, type):
            assert public.__doc__, name
            assert public.__module__ == "octopus_cards" or public.__module__.startswith("octopus_cards_api."), name
            for method, value in vars(public).items():
                if callable(value) and not method.startswith("_"):
                    assert value.__doc__, f"{name}.{method}"


def test_only_the_io_knows_the_http_library() -> None:
    folder = Path(octopus_cards.__file__).parent
    knowing = {
        (str(path.relative_to(folder)), module.split(".")[0])
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for module in imported(node)
        if module.split(".")[0] in ("httpx", "httpcore")
    }
    assert knowing == {
        ("_io/bodies.py", "httpx"),
        ("_io/channels.py", "httpx"),
        ("_io/connections.py", "httpx"),
        ("_io/connections_async.py", "httpx"),
        ("_io/transport_errors.py", "httpx"),
        ("_io/in_process.py", "httpx"),
        ("_io/network.py", "httpcore"),
        ("_io/network_async.py", "httpcore"),
        ("_io/proxies.py", "httpx"),
        ("_io/requests.py", "httpx"),
    }


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_the_generated_client_knows_nothing_of_the_facade() -> None:
    import octopus_cards_api

    for path in Path(octopus_cards_api.__file__).parent.rglob("*.py"):
        assert not re.search(r"\boctopus_cards\b", path.read_text("utf-8")), path


@pytest.mark.skipif("OCTOPUS_CARDS_INSTALLED" not in os.environ, reason="not the built wheel; nox -s tests runs this")
def test_the_wheel_brings_two_typed_packages_and_nothing_else() -> None:
    files = importlib.metadata.files("octopus-cards") or []
    tops = {path.parts[0] for path in files if path.parts[0] != ".."}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"octopus_cards", "octopus_cards_api"}
    for package in ("octopus_cards", "octopus_cards_api"):
        assert any(str(path) == f"{package}/py.typed" for path in files)
    assert Path(octopus_cards.__file__).is_relative_to(sysconfig.get_path("purelib"))
    for name in ("generated", "tests", "tools", "spec", "cassettes", "noxfile"):
        assert subprocess.run(
            [sys.executable, "-c", f"import {name}"], cwd="/", capture_output=True, check=False
        ).returncode
