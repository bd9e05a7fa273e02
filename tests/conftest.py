"""Fixtures and settings of all tests."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from octopus_cards.emulator import Emulator
from support.client_modes import CLIENT_MODES, ClientMode, client_mode
from support.log_secrets import GIVEN, RECIPIENTS, searched
from support.paths import PROJECT

# Histories of moving lists: quick by default, `HYPOTHESIS_PROFILE=thorough` for many more.
settings.register_profile("quick", max_examples=300, deadline=None, database=None, derandomize=True)
settings.register_profile("many", max_examples=2_000, deadline=None, database=None, derandomize=True)
settings.register_profile("thorough", max_examples=20_000, deadline=None, database=None)
# Mutants must be killed quickly and reproducibly; the example that kills one need not be small.
settings.register_profile(
    "mutation",
    max_examples=50,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True)
def no_secret_in_the_log(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Search every test's DEBUG log; the summary of the run says how many lines that were."""
    with searched(monkeypatch) as (lines, issued):
        yield
    request.node.user_properties.append(("log", (len(lines), len(issued))))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what only the whole run can say: the fault matrix and the searched log."""
    count_the_fault_matrix(terminalreporter)
    reports = [
        report for found in terminalreporter.stats.values() for report in found if hasattr(report, "user_properties")
    ]
    logs = [dict(report.user_properties)["log"] for report in reports if "log" in dict(report.user_properties)]
    lines, issued = (sum(log[i] for log in logs) for i in (0, 1))
    terminalreporter.write_line(
        f"log: {lines} lines at DEBUG searched for {len(GIVEN) + len(RECIPIENTS)} secrets and {issued} tokens"
    )


def count_the_fault_matrix(terminalreporter: Any) -> None:
    """Count the rows of the fault matrix: the tests of test_faults.py, in each client mode."""
    outcomes: Counter[tuple[str, str]] = Counter()
    for outcome in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(outcome, []):
            row = re.search(r"test_faults\.py::\w+\[(sync|asyncio|trio)\b", report.nodeid)
            if row and (report.when == "call" or outcome != "passed"):
                outcomes[row[1], "passed" if outcome == "passed" else "failed"] += 1
    if outcomes:
        lines = [
            f"{mode} {outcomes[mode, 'passed']} passed, {outcomes[mode, 'failed']} failed" for mode in CLIENT_MODES
        ]
        terminalreporter.write_line(f"fault matrix: {'; '.join(lines)}")


@pytest.fixture(autouse=True)
def no_ambient_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep a developer's own token and base URL out of the tests."""
    for name in ("TOKEN", "BASE_URL", "API_KEY", "API_SECRET"):
        monkeypatch.delenv(f"OCTOPUS_CARDS_{name}", raising=False)


@pytest.fixture
def project() -> Path:
    """Return the root of the project."""
    return PROJECT


@pytest.fixture(params=CLIENT_MODES)
def mode(request: pytest.FixtureRequest) -> Iterator[ClientMode]:
    """Yield each client mode in turn."""
    with client_mode(request.param) as mode:
        yield mode


@pytest.fixture
def emulator() -> Emulator:
    """Return an emulator without orders."""
    return Emulator(seed=0)
