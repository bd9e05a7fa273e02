"""Files of an earlier version are migrated; those of a later one and of other programs are refused and not touched."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from octopus_cards.journal import Journal, JournalError, State
from octopus_cards.journal import _schema as schema
from support.journal_contract import make_entry, put


def run(path: Path, statements: Iterable[str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def read_number(path: Path, pragma: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def old_file(path: Path) -> None:
    """Write a file of a made-up version 0, which had fewer columns."""
    run(
        path,
        [
            f"PRAGMA application_id = {schema.APPLICATION_ID}",
            "CREATE TABLE orders (reference TEXT, request TEXT)",
            """INSERT INTO orders VALUES ('OLD-1', '{"amount":4.990}'), ('OLD-2', '{}')""",
        ],
    )


LIFT = (
    *schema.STEPS[0],
    """INSERT INTO entries SELECT NULL, reference, 'UNKNOWN', 'create_topup_order', request, '', '', NULL, 1, 1, '',
    0.0, NULL, 'migrated', 0.0, 0.0 FROM orders""",
    "DROP TABLE orders",
)


def test_a_new_file_has_the_current_version(tmp_path: Path) -> None:
    Journal.open(tmp_path / "orders.db").close()
    assert read_number(tmp_path / "orders.db", "user_version") == len(schema.STEPS)
    assert read_number(tmp_path / "orders.db", "application_id") == schema.APPLICATION_ID


def test_an_earlier_version_is_migrated_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "orders.db"
    old_file(path)
    monkeypatch.setattr(schema, "STEPS", [LIFT])
    for _ in range(2):
        with Journal.open(path) as journal:
            entries = list(journal.entries(State.UNKNOWN))
            assert [(entry.reference, str(entry.request)) for entry in entries] == [
                ("OLD-1", "{'amount': Decimal('4.990')}"),
                ("OLD-2", "{}"),
            ]
    assert read_number(path, "user_version") == 1


def test_only_the_missing_steps_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "orders.db"
    with Journal.open(path) as journal:
        put(journal, make_entry())
    monkeypatch.setattr(schema, "STEPS", [*schema.STEPS, ("ALTER TABLE entries ADD COLUMN shop TEXT",)])
    with Journal.open(path) as journal:
        assert list(journal.entries()) == [make_entry()]
    assert read_number(path, "user_version") == 2


def test_a_step_that_fails_leaves_the_earlier_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "orders.db"
    old_file(path)
    monkeypatch.setattr(schema, "STEPS", [(*LIFT, "SELECT * FROM nowhere")])
    with pytest.raises(JournalError, match="nowhere"):
        Journal.open(path)
    assert read_number(path, "user_version") == 0
    monkeypatch.setattr(schema, "STEPS", [LIFT])
    with Journal.open(path) as journal:
        assert len(list(journal.entries())) == 2


def test_a_later_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    Journal.open(path).close()
    run(path, [f"PRAGMA user_version = {len(schema.STEPS) + 1}"])
    before = path.read_bytes()
    with pytest.raises(JournalError, match=r"a later version of this package wrote the journal \(version 2"):
        Journal.open(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["orders.db"]


@pytest.mark.parametrize("kind", ["text", "other database", "other application", "versioned"])
def test_a_file_that_is_no_journal_is_refused_and_left_as_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "orders.db"
    statements = {
        "other database": ["CREATE TABLE entries (id)"],
        "other application": ["PRAGMA application_id = 7"],
        "versioned": ["PRAGMA user_version = 1"],
    }
    if kind == "text":
        path.write_text("Dear customer,\n" * 100, "utf-8")
    else:
        run(path, statements[kind])
    before = path.read_bytes()
    with pytest.raises(JournalError, match="no journal; pass another path"):
        Journal.open(path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["orders.db"]


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    (tmp_path / "orders.db").touch()
    with Journal.open(tmp_path / "orders.db") as journal:
        put(journal, make_entry())
        assert list(journal.entries()) == [make_entry()]
