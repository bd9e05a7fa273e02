"""The record of the benchmarks, and what a run is held to by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from costs.targets import floors, regressions, targets
from support.paths import PROJECT

DOCS = PROJECT / "docs"
RECORD: dict[str, Any] = json.loads((DOCS / "benchmarks.json").read_text("utf-8"))


def changed(key: str, name: str, by: float) -> dict[str, Any]:
    """Return the record with one figure multiplied."""
    figures = RECORD[key]
    value = [figure * by for figure in figures[name]] if isinstance(figures[name], list) else figures[name] * by
    return RECORD | {key: figures | {name: value}}


def test_a_run_like_the_record_is_no_regression() -> None:
    assert regressions(RECORD, RECORD) == []


@pytest.mark.parametrize(
    ("key", "name", "words"),
    [
        ("decode", "octopus-cards", "decoding 500 orders"),
        ("call", "octopus-cards", "one call"),
        ("async call", "octopus-cards", "one async call"),
        ("import", "octopus-cards", "`import octopus_cards`"),
        ("first call", "octopus-cards", "import and first call,"),
        ("walk", "octopus-cards", "walking"),
        ("ahead", "octopus-cards, read ahead", "reading ahead"),
    ],
)
def test_twice_as_bad_is_a_regression_and_less_is_noise(key: str, name: str, words: str) -> None:
    found = regressions(RECORD, changed(key, name, 2.1))
    assert any(line.startswith(words) for line in found)
    assert regressions(RECORD, changed(key, name, 1.9)) == []


@pytest.mark.parametrize("crowd", ["tasks", "threads"])
def test_half_as_many_calls_are_a_regression(crowd: str) -> None:
    assert len(regressions(RECORD, changed(crowd, "octopus-cards", 0.4))) == 1


def test_the_page_shows_the_figures_of_the_record() -> None:
    page = (DOCS / "benchmarks.md").read_text("utf-8")
    for target in targets(RECORD):
        assert f"| {target.words} | {target.aim} |" in page
        assert f"| {target.found:.2f} | {'yes' if target.reached else '**no**'} |" in page
    assert all(f"| {floor:.2f} |" in page for floor in floors(RECORD).values())
