"""Importing the package costs next to nothing: what is heavy is loaded by who needs it."""

from __future__ import annotations

import ast
import datetime
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import get_type_hints

import pytest

import octopus_cards

HEAVY = (
    "httpx", "httpcore", "attr", "msgspec", "anyio", "dateutil", "octopus_cards_api", "ssl", "asyncio", "decimal",
    "sqlite3",
)  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """Which heavy modules a program has loaded at its end."""
    program = f"{code}\nimport sys\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    # Without what measures coverage, which loads things of its own.
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run([sys.executable, "-c", program], cwd="/", env=env, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import octopus_cards",
        "import octopus_cards; octopus_cards.NotFoundError",
        "from octopus_cards import AsyncOctopusCards, OctopusCards, SystemClock, Timeouts",
    ],
)
def test_an_import_loads_nothing_heavy(code: str) -> None:
    assert loaded_by(code) == set()


def test_a_client_loads_only_the_modules_it_needs() -> None:
    made = "from octopus_cards import {0}; {0}('t', base_url='http://127.0.0.1:1')"
    assert "dateutil" not in loaded_by(made.format("OctopusCards"))
    assert "httpx" in loaded_by(made.format("OctopusCards"))
    assert "dateutil" in loaded_by(f"{made.format('OctopusCards')}.topups.orders.list(since='2026-05-19')")


def test_lazy_exports_equal_those_for_type_checkers() -> None:
    tree = ast.parse(Path(octopus_cards.__file__).read_text("utf-8"))
    declared = {
        alias.name: (node.module or "").removeprefix("octopus_cards.")
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert declared == vars(octopus_cards)["_LAZY_EXPORTS"]
    names = set(octopus_cards.__all__)
    everything: dict[str, object] = {}
    exec("from octopus_cards import *", everything)  # noqa: S102
    assert everything.keys() - {"__builtins__"} == names
    assert names <= set(dir(octopus_cards))
    assert all(everything[name] is getattr(octopus_cards, name) for name in names)


def test_a_class_has_its_public_name_before_anybody_asks_for_it() -> None:
    wheres = {where for name, where in vars(octopus_cards)["_LAZY_EXPORTS"].items() if where != "_models"}
    code = f"""
import importlib
for where in {sorted(wheres)}:
    module = importlib.import_module("octopus_cards." + where)
    for name in {sorted(octopus_cards.__all__)}:
        kind = vars(module).get(name)
        if isinstance(kind, type) and kind.__module__.startswith("octopus_cards._"):
            print(where, name)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_annotations_can_be_read_at_run_time() -> None:
    assert get_type_hints(octopus_cards.OctopusCards.__init__)["timeout"] == octopus_cards.Timeouts | float
    assert get_type_hints(octopus_cards.AsyncOctopusCards.__init__)["attempts"] is int
    assert "return" in get_type_hints(octopus_cards.TopupOrderList.read_ahead)
    assert "return" in get_type_hints(octopus_cards.AsyncTopupOrderList.read_ahead)
    assert get_type_hints(octopus_cards.TopupOrder)["amount"] is Decimal
    assert get_type_hints(octopus_cards.TopupOrder)["completed_at"] == datetime.datetime | None


def test_a_missing_name_raises_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'octopus_cards' has no attribute 'nothing'"):
        octopus_cards.nothing  # type: ignore[attr-defined]  # noqa: B018
