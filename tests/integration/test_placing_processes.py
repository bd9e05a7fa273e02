"""Processes that place the same references at the same time: one order for each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from octopus_cards.emulator import Emulator
from octopus_cards.journal import Journal
from support import placing_programs

# `nox -s placing` sets 500.
COUNT = int(os.environ.get("OCTOPUS_CARDS_TEST_REFERENCES", "60"))


def start(url: str, journal: Path) -> subprocess.Popen[str]:
    command = [sys.executable, placing_programs.__file__, url, str(journal), str(COUNT)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ))


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = process.communicate("\n", timeout=120)
    assert process.returncode == 0
    results: dict[str, Any] = json.loads(output)
    return results


@pytest.mark.once
@pytest.mark.parametrize("journals", [1, 2])
def test_two_processes_place_the_same_references(tmp_path: Path, journals: int) -> None:
    emulator = Emulator(limits=None)
    paths = [tmp_path / f"{number % journals}.db" for number in range(2)]
    with emulator.serve() as url:
        processes = [start(url, path) for path in paths]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        first, second = [finish(process) for process in processes]
    with emulator.client() as client:
        stored = {order.client_reference or "": order.id for order in client.topups.orders.list()}
    assert len(stored) == COUNT
    assert len(emulator.transactions) == COUNT
    for reference, order_id in stored.items():
        assert first[reference][0] == second[reference][0] == order_id
        # One of them placed it, and says so.
        assert [first[reference][1], second[reference][1]].count(True) == 1
    for path in set(paths):
        with Journal.open(path) as journal:
            assert {entry.reference: entry.order_id for entry in journal.entries("ACCEPTED")} == stored
