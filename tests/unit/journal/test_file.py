"""The file of the journal: who may read it, what a person sees in it, and which calls it refuses."""

from __future__ import annotations

import copy
import os
import pickle
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest
from msgspec.structs import replace

from octopus_cards import OctopusCardsError
from octopus_cards.journal import Entry, Journal, JournalError, State
from octopus_cards.journal import _database as database
from octopus_cards.journal import _schema as schema
from support.journal_contract import make_entry, put
from support.programs import run_program


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_user_can_read_its_files(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Journal.open(tmp_path / "orders.db") as journal:
            put(journal, make_entry())
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"orders.db": 0o600, "orders.db-wal": 0o600, "orders.db-shm": 0o600}


def test_a_person_can_read_it(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "orders.db") as journal:
        put(journal, replace(make_entry(state=State.ACCEPTED), order_id=9123460, created_at=1779199872.0))
    query = "SELECT state, reference, request, order_id, datetime(created_at, 'unixepoch') FROM entries"
    with closing(sqlite3.connect(tmp_path / "orders.db")) as connection:
        (row,) = connection.execute(query)
    request = '{"product_id":4218,"amount":4.990,"whole":5e0,"more":[1E+3,7,null]}'
    assert row == ("ACCEPTED", "ORDER-1", request, 9123460, "2026-05-19 14:11:12")


def test_it_can_be_opened_again_and_by_two_at_once(tmp_path: Path) -> None:
    with Journal.open(str(tmp_path / "orders.db")) as first, Journal.open(tmp_path / "orders.db") as second:
        put(first, make_entry())
        assert list(second.entries()) == [make_entry()]
    with Journal.open(tmp_path / "orders.db") as third:
        assert list(third.entries()) == [make_entry()]


def test_a_change_of_the_folder_does_not_move_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Journal.open("a b?%.db") as journal:
        monkeypatch.chdir("/")
        put(journal, make_entry())
    assert [each.name for each in tmp_path.iterdir()] == ["a b?%.db"]


def test_a_closed_journal_refuses_calls(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "orders.db")
    entries = journal.entries()
    journal.close()
    journal.close()
    for call in (lambda: put(journal, make_entry()), lambda: next(entries)):
        with pytest.raises(JournalError, match="the journal is closed"):
            call()


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_cannot_be_copied(tmp_path: Path, duplicate: object) -> None:
    with Journal.open(tmp_path / "orders.db") as journal, pytest.raises(TypeError, match=r"call Journal\.open"):
        duplicate(journal)  # type: ignore[operator]


@pytest.mark.parametrize("timeout", [-1, float("nan"), 1e9])
def test_a_timeout_out_of_range_is_refused(tmp_path: Path, timeout: float) -> None:
    with pytest.raises(ValueError, match="timeout must be between"):
        Journal.open(tmp_path / "orders.db", timeout=timeout)


def test_an_unknown_state_is_refused_at_once(tmp_path: Path) -> None:
    with (
        Journal.open(tmp_path / "orders.db") as journal,
        pytest.raises(ValueError, match="'lost' is not a valid State"),
    ):
        journal.entries("lost")


def test_change_must_keep_the_reference(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "orders.db") as journal:
        with pytest.raises(ValueError, match="must keep the reference"):
            journal.update("ORDER-2", lambda _: make_entry("ORDER-1"))
        assert list(journal.entries()) == []


def test_change_must_not_use_the_journal(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "orders.db") as journal:
        with pytest.raises(RuntimeError, match="must not use the journal"):
            journal.update("ORDER-1", lambda _: journal.update("ORDER-2", lambda _: None))
        put(journal, make_entry())


def test_an_error_of_another_database_in_change_stays_what_it_is(tmp_path: Path) -> None:
    def fail(_: Entry | None) -> NoReturn:
        raise sqlite3.OperationalError("mine")

    with Journal.open(tmp_path / "orders.db") as journal, pytest.raises(sqlite3.OperationalError, match="mine"):
        journal.update("ORDER-1", fail)


def test_an_interrupt_in_change_leaves_the_journal_usable(tmp_path: Path) -> None:
    def interrupt(_: Entry | None) -> NoReturn:
        raise KeyboardInterrupt

    with Journal.open(tmp_path / "orders.db") as journal:
        with pytest.raises(KeyboardInterrupt):
            journal.update("ORDER-1", interrupt)
        put(journal, make_entry())


def test_a_missing_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Journal.open(tmp_path / "nowhere" / "orders.db")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="the file cannot be opened"):
        Journal.open(tmp_path)


def test_a_locked_journal_is_retryable(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    with Journal.open(path, timeout=0) as journal, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(
            JournalError, match="another process held the journal for longer than the timeout"
        ) as caught:
            put(journal, make_entry())
        assert caught.value.retryable
        assert list(journal.entries()) == []  # readers do not wait
        other.execute("ROLLBACK")
        put(journal, make_entry())


def test_a_thread_that_does_not_end_is_retryable(tmp_path: Path) -> None:
    inside, leave = threading.Event(), threading.Event()

    def wait(_: Entry | None) -> None:
        inside.set()
        leave.wait()

    with Journal.open(tmp_path / "orders.db", timeout=0) as journal:
        thread = threading.Thread(target=journal.update, args=("ORDER-1", wait))
        thread.start()
        inside.wait()
        with pytest.raises(JournalError, match="another thread used the journal") as caught:
            put(journal, make_entry())
        leave.set()
        thread.join()
        assert caught.value.retryable


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "orders.db") as journal:
        put(journal, make_entry())
        with journal._handle.connection() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(JournalError, match="the disk is full; free some space") as caught:
            put(journal, replace(make_entry(state=State.SENDING), note="x" * 10_000))
        assert not caught.value.retryable
        assert isinstance(caught.value, OctopusCardsError)
        assert list(journal.entries()) == [make_entry()]


READ_ONLY = """
import os, tempfile
from pathlib import Path
from octopus_cards.journal import Journal, JournalError
from support.journal_contract import make_entry, put
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "orders.db")
    Journal.open(path).close()
    os.chmod(path, 0o444)
    os.chmod(folder, 0o777)
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:  # root may write to any file
                os.setuid(65534)
            put(Journal.open(path), make_entry())
        except JournalError as error:
            os.write(1, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_read_only_file_is_refused() -> None:
    assert "make both writable for its user" in run_program(READ_ONLY)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.db"
    with Journal.open(path) as journal:
        for number in range(50):
            put(journal, make_entry(f"ORDER-{number}"))
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with Journal.open(path) as journal, pytest.raises(JournalError, match="damaged; keep a copy"):
        list(journal.entries())


def test_the_file_is_checked_as_it_is_at_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may create the tables while this one looks at them."""
    seen: list[bool] = []

    def check(connection: sqlite3.Connection, path: str) -> bool:
        seen.append(connection.in_transaction)
        return schema.check_file(connection, path)

    monkeypatch.setattr(database, "check_file", check)
    Journal.open(tmp_path / "orders.db").close()
    assert seen == [True]
