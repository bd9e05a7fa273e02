"""The commands, as processes, as a person meets them."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import httpx
import pytest

import octopus_cards
from octopus_cards import cli
from octopus_cards.cli.table import Column, table

COMMAND = str(Path(sysconfig.get_path("scripts")) / "octopus-cards")
STEPS = (
    "1. List",
    "2. Find by your own key",
    "3. Attach an e-mail",
    "4. Wait until it is final",
    "5. Meet a documented",
)


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], env=os.environ | env, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("columns", ["24", "40", "80", "200"])
def test_the_demo_shows_the_main_job_at_any_width(columns: str) -> None:
    shown = run("demo", COLUMNS=columns)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "\x1b" not in shown.stdout
    assert "\r" not in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) < int(columns)
    words = " ".join(shown.stdout.split())
    for step in STEPS:
        assert step in words
    assert "ID" in words
    assert "PENDING" in words
    assert "DELIVERED at" in words
    assert "ValidationFailedError: Invalid order ID" in words


def test_the_demo_shows_progress_in_place_at_a_terminal() -> None:
    shown, status = at_a_terminal("demo")
    assert status == 0
    assert "\x1b[1m1. List\x1b[0m" in shown
    assert len(re.findall(r"\r\x1b\[K +\d+\.\d s  PENDING", shown)) >= 2
    assert re.search(r"\r\x1b\[K +\d+\.\d s  DELIVERED", shown)


def test_the_demo_shows_no_colour_where_none_is_wanted() -> None:
    shown, _ = at_a_terminal("demo", NO_COLOR="1")
    assert "\x1b[1m" not in shown


def at_a_terminal(*arguments: str, **env: str) -> tuple[str, int]:
    """What a command writes to a terminal, and its exit status."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, *arguments], stdout=other, stderr=other, env=os.environ | {"TERM": "xterm"} | env
    )
    os.close(other)
    shown = b""
    while select.select([main], [], [], 60)[0]:
        try:
            shown += os.read(main, 4096)
        except OSError:  # what a terminal reads once nobody writes any more
            break
    os.close(main)
    return shown.decode(), process.wait(60)


def test_a_closed_pipe_is_no_error() -> None:
    shown = subprocess.run(
        ["bash", "-c", f"{COMMAND} demo | head -1; echo ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert shown.stderr == ""
    assert shown.stdout.splitlines()[-1] == "141"


def test_the_emulator_serves_until_it_is_stopped() -> None:
    process = subprocess.Popen([COMMAND, "emulator", "--port", "0", "--orders", "7"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    url = re.findall(r"http://127\.0\.0\.1:\d+", first)[0]
    assert "7 topup orders" in first
    answer = httpx.get(f"{url}/api/v1/topups/orders", headers={"Authorization": "Bearer emulator-token"})
    assert answer.headers["x-total-count"] == "7"
    assert abs(time.time() - httpx_date(answer)) < 60
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10)[0].endswith("stopped\n")
    assert process.returncode == 0


def httpx_date(answer: httpx.Response) -> float:
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(answer.headers["date"]).timestamp()


def test_the_emulator_plays_a_scenario_until_it_is_stopped() -> None:
    process = subprocess.Popen(
        [COMMAND, "emulator", "--port", "0", "--scenario", "smoke"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    url = re.findall(r"http://127\.0\.0\.1:\d+", first)[0]
    assert "playing smoke" in first
    assert httpx.get(f"{url}/_scenario").json()["scenario"] == "smoke"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10)[0].endswith("stopped\n")
    assert process.returncode == 0


def test_the_scenarios_are_listed() -> None:
    shown = run("emulator", "--scenario", "list")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert re.search(r"^retry_429 +Too many requests, then served", shown.stdout, re.MULTILINE)


def test_a_taken_port_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run("emulator", "--port", port)
    assert refused.returncode == 2
    assert "in use" in refused.stderr
    assert f"--port {port} cannot be listened on" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "99999"],
        ["--speed", "-1"],
        ["--token", "two words"],
        ["--orders", "0"],
        ["--scenario", "x"],
        ["--scenario", "smoke", "--token", "mine"],
        ["--api-key", "mine", "--scenario", "smoke"],
    ],
)
def test_a_bad_option_is_a_clear_error(arguments: list[str]) -> None:
    refused = run("emulator", *arguments)
    assert refused.returncode == 2
    assert refused.stderr.startswith("octopus-cards emulator: ")
    assert "Traceback" not in refused.stderr


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, shown in ((["--help"], "demo"), (["--version"], f"octopus-cards {octopus_cards.__version__}")):
        with pytest.raises(SystemExit) as stopped:
            cli.main(arguments)
        assert stopped.value.code == 0
        assert shown in capsys.readouterr().out


def test_the_module_is_the_command() -> None:
    command = [sys.executable, "-m", "octopus_cards", "--version"]
    shown = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    assert shown.stdout == f"octopus-cards {octopus_cards.__version__}\n"


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_demo", interrupted)
    assert cli.main(["demo"]) == 130


def test_a_table_leaves_out_its_dearest_columns_first() -> None:
    columns = (Column("A", 0), Column("LONG", 2), Column("N", 1, right=True))
    rows = [("x", "yyyy", "10"), ("z", "", "9")]
    assert table(columns, rows, 80) == ["A  LONG   N", "-  ----  --", "x  yyyy  10", "z         9"]
    assert table(columns, rows, 8) == ["A   N", "-  --", "x  10", "z   9"]
    assert table(columns, rows, 1) == ["A", "-", "x", "z"]
