"""What the tests of the contract share: one run of the linters, and the table of breakages."""

from __future__ import annotations

from typing import Any

import pytest

from support import linting
from support.breakages import broken_contracts
from support.paths import SPEC


@pytest.fixture(scope="session")
def found() -> dict[str, set[str]]:
    """The checks that found something, in each document that there is to look at."""
    documents = {path.name: path.read_text("utf-8") for path in (SPEC / linting.CONTRACT, linting.LINT / linting.GOOD)}
    documents |= {name: text for name, (_, text) in linting.broken().items()}
    return linting.findings(documents | broken_contracts())


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tells which check noticed which breakage of the contract."""
    for report in terminalreporter.stats.get("passed", []):
        for told, check in (value for name, value in getattr(report, "user_properties", []) if name == "breakage"):
            if report.when == "call":
                terminalreporter.write_line(f"breakage: {told:37} -> {check}")
