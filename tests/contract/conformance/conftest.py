"""Report the number of generated requests."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the number of generated requests."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in getattr(report, "user_properties", []):
            if name == "cases" and report.when == "call":
                terminalreporter.write_line(f"schemathesis: {value}")
