"""No update that returned is lost, whatever happens to the process after it."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from octopus_cards.journal import Journal
from octopus_cards.journal import _database as database
from support.journal_contract import SHARED, make_entry, put
from support.programs import start_program

WRITER = """
from octopus_cards.journal import Journal
from msgspec.structs import replace
from support.journal_contract import count_send
path, name = sys.argv[1:]
with Journal.open(path) as journal:
    for number in range(1_000_000):
        reference = f"{name}-{number % 50}"
        entry = journal.update(reference, lambda entry: replace(count_send(entry), reference=reference))
        print(reference, entry.sends, flush=True)
"""

COUNTER = """
from octopus_cards.journal import Journal
from support.journal_contract import SHARED, count_send
from msgspec.structs import replace
with Journal.open(sys.argv[1]) as journal:
    for number in range(200):
        reference = SHARED[number % 2]
        journal.update(reference, lambda entry: replace(count_send(entry), reference=reference))
"""


def returned_updates(process: subprocess.Popen[str], lines: int) -> dict[str, int]:
    """Kill the writer after these lines; return the highest count that it reported for each reference."""
    assert process.stdout is not None
    seen = [process.stdout.readline() for _ in range(lines)]
    process.kill()
    seen += process.stdout.read().splitlines()
    assert process.wait() == -9
    pairs = [line.split() for line in seen if len(line.split()) == 2]
    return {reference: int(sends) for reference, sends in pairs}


def check_integrity(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


@pytest.mark.once
def test_a_killed_writer_loses_no_update_that_returned(tmp_path: Path) -> None:
    path, returned = tmp_path / "orders.db", dict[str, int]()
    for turn in range(3):
        writers = [start_program(WRITER, path, f"{turn}-{number}") for number in range(2)]
        for writer in writers:
            with writer:
                returned |= returned_updates(writer, 400)
    assert check_integrity(path) == "ok"
    with Journal.open(path) as journal:
        stored = {entry.reference: entry.sends for entry in journal.entries()}
    assert len(returned) == 300
    assert {name: count for name, count in returned.items() if stored[name] < count} == {}
    assert all(stored[name] <= count + 1 for name, count in returned.items())


@pytest.mark.once
def test_eight_processes_lose_no_update(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    processes = [start_program(COUNTER, path) for _ in range(8)]
    assert [process.communicate(timeout=120) for process in processes] == [("", "")] * 8
    with Journal.open(path) as journal:
        assert {entry.reference: entry.sends for entry in journal.entries()} == dict.fromkeys(SHARED[:2], 800)
    assert check_integrity(path) == "ok"


def test_every_commit_waits_for_the_disk(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "orders.db") as journal, journal._handle.connection() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2


@pytest.mark.parametrize("limit", ["COMMITS_PER_CHECKPOINT", "MAX_LOG_SIZE"])
def test_the_log_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(database, limit, 5 if limit == "COMMITS_PER_CHECKPOINT" else 100_000)
    log = tmp_path / "orders.db-wal"
    with Journal.open(tmp_path / "orders.db") as journal:
        for number in range(200):
            put(journal, make_entry(f"ORDER-{number}"))
        assert 0 < log.stat().st_size < 200_000


def test_a_reader_that_stays_does_not_stop_updates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_CHECKPOINT_PATIENCE", 0)
    monkeypatch.setattr(database, "COMMITS_PER_CHECKPOINT", 2)
    path = tmp_path / "orders.db"
    with Journal.open(path) as journal, closing(sqlite3.connect(path)) as reader:
        put(journal, make_entry())
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM entries").fetchall()
        for number in range(10):
            put(journal, make_entry(f"ORDER-{number}"))
        assert len(list(journal.entries())) == 10
