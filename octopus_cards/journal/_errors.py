"""What can go wrong with the file of a journal, in words that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

from octopus_cards._base.exceptions import OctopusCardsError


class JournalError(OctopusCardsError):
    """The journal cannot be read or written, for the reason that the message gives.

    After an exception of `update`, read the entry again: the change may or may not be stored.

    Attributes:
        retryable: Whether a retry may succeed: another process held the journal.
    """

    retryable: bool = False

    def __init__(self, problem: str, *, retryable: bool = False) -> None:
        super().__init__(problem)
        self.retryable = retryable


_REMEDIES = {
    sqlite3.SQLITE_BUSY: "another process held the journal for longer than the timeout; end its transaction, or pass a "
    "longer timeout",
    sqlite3.SQLITE_FULL: "the disk is full; free some space and repeat the call",
    sqlite3.SQLITE_READONLY: "the file or its folder is read-only for this process; make both writable for its user",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; its folder must exist and be writable for this process",
    sqlite3.SQLITE_NOTADB: "the file is no journal; pass another path",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; keep a copy of it, and restore a backup",
    sqlite3.SQLITE_IOERR: "the disk reports an error; check it, and whether there is space left",
    sqlite3.SQLITE_PERM: "this process may not use the file; make it writable for its user",
}
_PRIMARY_CODE = 0xFF  # the other bits of a code say more about the same kind of error


@contextmanager
def translated(path: str) -> Generator[None]:
    """Raise errors of SQLite as JournalError."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE
        remedy = _REMEDIES.get(code, "SQLite reports an error")
        raise JournalError(f"{path}: {remedy} ({error})", retryable=code == sqlite3.SQLITE_BUSY) from error
