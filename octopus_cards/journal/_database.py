"""Connections to the file of a journal."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from octopus_cards.journal._errors import JournalError
from octopus_cards.journal._schema import check_file, migrate

_RETRY_PAUSE = 0.01
COMMITS_PER_CHECKPOINT = 300
MAX_LOG_SIZE = 16 * 2**20
_CHECKPOINT_PATIENCE = 100  # milliseconds


def connect(path: str, timeout: float) -> sqlite3.Connection:
    """Open the file, or create it, and bring it to the current version."""
    # Another program must not read the file between its creation and a change of its mode. SQLite gives the mode of
    # the file to the files next to it. An existing file is not opened here: closing it would end SQLite's locks on it.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(
        f"{Path(path).as_uri()}?mode=rw", uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection, path, timeout)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: str, timeout: float) -> None:
    connection.row_factory = sqlite3.Row
    is_current = _check_unchanging_file(connection, path)  # before anything is written
    _use_wal(connection, path, time.monotonic() + timeout)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # on macOS, an ordinary fsync leaves data in the cache of the disk
    connection.execute("PRAGMA wal_autocheckpoint = 0")  # see Checkpoints
    if not is_current:
        migrate(connection, path)


def _check_unchanging_file(connection: sqlite3.Connection, path: str) -> bool:
    """Check the file in one transaction: another process may be creating its tables at this moment."""
    connection.execute("BEGIN")
    try:
        return check_file(connection, path)
    finally:
        connection.execute("ROLLBACK")


def _use_wal(connection: sqlite3.Connection, path: str, deadline: float) -> None:
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            # SQLite does not wait here for another process that opens the same file for the first time.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(_RETRY_PAUSE)
        else:
            break
    if mode != "wal":
        raise JournalError(f"{path}: the file system cannot share memory; keep the journal on a local disk")


class Checkpoints:
    """Moves the changes from the write-ahead log into the file, so that the log does not grow for ever.

    SQLite's own checkpoints run beside writers. Until SQLite 3.51.3, a rare race between the two damages the file
    (sqlite.org/wal.html, "the WAL-reset bug"). Checkpoints of the kinds RESTART and TRUNCATE keep writers out.
    """

    def __init__(self, path: str) -> None:
        self._log = f"{path}-wal"
        self._commits = 0
        self._next_size = MAX_LOG_SIZE

    def count_commit(self, connection: sqlite3.Connection, timeout: float) -> None:
        """Run a checkpoint if one is due."""
        self._commits += 1
        if self._size() >= self._next_size:  # many processes with few commits each, or a reader delayed checkpoints
            self._run("TRUNCATE", connection, timeout)
            self._next_size = self._size() + MAX_LOG_SIZE
        elif self._commits % COMMITS_PER_CHECKPOINT == 0:
            self._run("RESTART", connection, timeout)  # keeps the log's blocks: overwriting is faster than appending

    def _run(self, kind: str, connection: sqlite3.Connection, timeout: float) -> None:
        connection.execute(f"PRAGMA busy_timeout = {_CHECKPOINT_PATIENCE}")
        try:
            connection.execute(f"PRAGMA wal_checkpoint({kind})").fetchall()
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")

    def _size(self) -> int:
        try:
            return os.stat(self._log).st_size  # noqa: PTH116 - a Path costs more than the call
        except FileNotFoundError:
            return 0
