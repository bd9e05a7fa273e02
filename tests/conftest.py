"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from octopus_cards.emulator import Emulator
from worlds import WORLDS, World, world_of

# Histories of moving lists: quick by default, `HYPOTHESIS_PROFILE=thorough` for many more.
settings.register_profile("quick", max_examples=300, deadline=None, database=None, derandomize=True)
settings.register_profile("thorough", max_examples=20_000, deadline=None, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

PROJECT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def no_ambient_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own token or base URL must not reach a test."""
    for name in ("TOKEN", "BASE_URL", "API_KEY", "API_SECRET"):
        monkeypatch.delenv(f"OCTOPUS_CARDS_{name}", raising=False)


@pytest.fixture
def project() -> Path:
    """The root of the project."""
    return PROJECT


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Each of the worlds in which the client works."""
    with world_of(request.param) as world:
        yield world


@pytest.fixture
def emulator() -> Emulator:
    """An emulator without orders."""
    return Emulator(seed=0)
