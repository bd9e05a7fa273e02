"""Fixtures of the contract tests: one run of the linters, and the table of breakages."""

from __future__ import annotations

from typing import Any

import pytest

from support import linting
from support.breakages import broken_contracts
from support.paths import SPEC


@pytest.fixture(scope="session")
def found() -> dict[str, set[str]]:
    """Return the failed checks of each document."""
    documents = {path.name: path.read_text("utf-8") for path in (SPEC / linting.CONTRACT, linting.LINT / linting.GOOD)}
    documents |= {name: text for name, (_, text) in linting.broken().items()}
    return linting.findings(documents | broken_contracts())


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List each breakage with the check that detected it."""
    for report in terminalreporter.stats.get("passed", []):
        for title, check in (value for name, value in getattr(report, "user_properties", []) if name == "breakage"):
            if report.when == "call":
                terminalreporter.write_line(f"breakage: {title:37} -> {check}")
