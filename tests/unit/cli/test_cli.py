"""The commands, run as processes."""

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
from octopus_cards.cli.screen import Screen
from octopus_cards.cli.table import Column, table

COMMAND = str(Path(sysconfig.get_path("scripts")) / "octopus-cards")
STEPS = (
    "1. Find a product",
    "2. Ask what an order needs",
    "3. Choose an amount",
    "4. Price it",
    "5. Place it, although the first response is lost",
    "6. Place it again, as after a crash",
    "7. Wait until it is final",
    "8. List the newest orders",
    "9. Handle a refused order",
)


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], env=os.environ | env, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("columns", ["24", "40", "80", "200"])
def test_the_demo_shows_the_main_job_at_any_width(columns: str) -> None:
    result = run("demo", COLUMNS=columns)
    assert (result.returncode, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    assert "\r" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) < int(columns)
    words = " ".join(result.stdout.split())
    for step in STEPS:
        assert step in words
    assert "ID" in words
    assert "PENDING" in words
    assert "DELIVERED at" in words
    assert "the wallet was debited 4.7405 USD, once" in words
    assert "created=False: the same order" in words
    assert "ValidationFailedError: input_data.player_id is required" in words


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (40, [">>> orders.set_notification_email(", '    order.id, "customer@example.com")']),
        (80, ['>>> orders.set_notification_email(order.id, "customer@example.com")']),
    ],
)
def test_code_is_broken_after_a_parenthesis(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int, lines: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    Screen().code('orders.set_notification_email(order.id, "customer@example.com")')
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize("width", range(20, 60))
def test_broken_code_is_complete(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    code = 'order=orders.set_notification_email(order.id,"customer@example.com")'
    monkeypatch.setenv("COLUMNS", str(width))
    Screen().code(code)
    lines = capsys.readouterr().out.splitlines()
    assert "".join(line[4:] for line in lines) == code
    assert max(map(len, lines)) < max(width, 21)


def test_the_demo_shows_progress_in_place_at_a_terminal() -> None:
    output, status = at_a_terminal("demo")
    assert status == 0
    assert "\x1b[1m1. Find a product\x1b[0m" in output
    assert len(re.findall(r"\r\x1b\[K +\d+\.\d s  PENDING", output)) >= 2
    assert re.search(r"\r\x1b\[K +\d+\.\d s  DELIVERED", output)


def test_the_demo_prints_no_bold_text_with_no_color() -> None:
    output, _ = at_a_terminal("demo", NO_COLOR="1")
    assert "\x1b[1m" not in output


def at_a_terminal(*arguments: str, **env: str) -> tuple[str, int]:
    """Return the output of a command on a terminal, and its exit status."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, *arguments], stdout=other, stderr=other, env=os.environ | {"TERM": "xterm"} | env
    )
    os.close(other)
    output = b""
    while select.select([main], [], [], 60)[0]:
        try:
            output += os.read(main, 4096)
        except OSError:  # a terminal that its last writer has closed
            break
    os.close(main)
    return output.decode(), process.wait(60)


def test_a_closed_pipe_is_not_an_error() -> None:
    result = subprocess.run(
        ["bash", "-c", f"{COMMAND} demo | head -1; echo ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert result.stderr == ""
    assert result.stdout.splitlines()[-1] == "141"


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


@pytest.mark.parametrize(("limits", "last"), [("production", 429), ("sandbox", 400), ("none", 400)])
def test_the_emulator_enforces_the_chosen_limits(limits: str, last: int) -> None:
    command = [COMMAND, "emulator", "--port", "0", "--speed", "0", "--limits", limits]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = re.findall(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
    assert [httpx.post(f"{url}/auth/login", json={}).status_code for _ in range(11)] == [400] * 10 + [last]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)


def httpx_date(answer: httpx.Response) -> float:
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(answer.headers["date"]).timestamp()


def test_the_emulator_runs_a_scenario_until_it_is_stopped() -> None:
    process = subprocess.Popen(
        [COMMAND, "emulator", "--port", "0", "--scenario", "smoke"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    url = re.findall(r"http://127\.0\.0\.1:\d+", first)[0]
    assert "running scenario smoke" in first
    assert httpx.get(f"{url}/_scenario").json()["scenario"] == "smoke"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=10)[0].endswith("stopped\n")
    assert process.returncode == 0


def test_the_scenarios_are_listed() -> None:
    result = run("emulator", "--scenario", "list")
    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(r"^retry_429 +Too many requests, then success", result.stdout, re.MULTILINE)


def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run("emulator", "--port", port)
    assert refused.returncode == 2
    assert "in use" in refused.stderr
    assert f"cannot listen on --port {port}" in refused.stderr
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
        ["--limits", "none", "--scenario", "smoke"],
    ],
)
def test_a_bad_option_is_a_clear_error(arguments: list[str]) -> None:
    refused = run("emulator", *arguments)
    assert refused.returncode == 2
    assert refused.stderr.startswith("octopus-cards emulator: ")
    assert "Traceback" not in refused.stderr


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, output in ((["--help"], "demo"), (["--version"], f"octopus-cards {octopus_cards.__version__}")):
        with pytest.raises(SystemExit) as stopped:
            cli.main(arguments)
        assert stopped.value.code == 0
        assert output in capsys.readouterr().out


def test_the_module_is_the_command() -> None:
    command = [sys.executable, "-m", "octopus_cards", "--version"]
    result = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    assert result.stdout == f"octopus-cards {octopus_cards.__version__}\n"


def test_ctrl_c_prints_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_demo", interrupted)
    assert cli.main(["demo"]) == 130


def test_a_narrow_table_omits_columns_by_priority() -> None:
    columns = (Column("A", 0), Column("LONG", 2), Column("N", 1, right=True))
    rows = [("x", "yyyy", "10"), ("z", "", "9")]
    assert table(columns, rows, 80) == ["A  LONG   N", "-  ----  --", "x  yyyy  10", "z         9"]
    assert table(columns, rows, 8) == ["A   N", "-  --", "x  10", "z   9"]
    assert table(columns, rows, 1) == ["A", "-", "x", "z"]
