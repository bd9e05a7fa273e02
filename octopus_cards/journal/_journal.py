"""The journal in a file of SQLite."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, Self

from octopus_cards._engine.journal_entries import Entry, State
from octopus_cards.journal._errors import translated
from octopus_cards.journal._handle import Handle
from octopus_cards.journal._rows import Cipher, entry_from_row, row_from_entry

_PAGE_SIZE = 500
_MAX_TIMEOUT = 86400.0


class Journal:
    """A journal of orders in one file of a local disk, for any number of threads and processes.

    Open it with `Journal.open`. Every update is on the disk when it returns. A `with` block closes the journal.
    """

    def __init__(self, handle: Handle, encrypt: Cipher | None, decrypt: Cipher | None) -> None:
        self._handle = handle
        self._encrypt = encrypt
        self._decrypt = decrypt

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        encrypt: Cipher | None = None,
        decrypt: Cipher | None = None,
        timeout: float = 30.0,
    ) -> Self:
        """Open the journal in this file, or create it, for the current user only.

        Args:
            path: The file. It must be on a local disk: a network file system cannot share memory between processes.
            encrypt: Encrypts data of the recipient before it is written. Without it, that data is not stored.
            decrypt: Decrypts it. Pass both or neither.
            timeout: Seconds for which a call waits while other threads and processes write; at most a day.

        Raises:
            JournalError: The file is no journal, is damaged, locked or read-only, or is of a later version.
            OSError: The file cannot be created.
        """
        if (encrypt is None) != (decrypt is None):
            raise TypeError("pass both of encrypt and decrypt, or neither")
        if not 0 <= timeout <= _MAX_TIMEOUT:
            raise ValueError("timeout must be between 0 and 86400 seconds")
        return cls(Handle(str(Path(path).absolute()), timeout), encrypt, decrypt)

    def update(self, reference: str, change: Callable[[Entry | None], Entry | None]) -> Entry | None:
        """Replace the entry with this reference by what `change` returns, and commit before returning.

        No other thread or process writes to the journal meanwhile, so `change` must be quick.

        Args:
            reference: The reference of the entry.
            change: Receives the current entry, or None if there is none, and returns the new one. If it returns None
                or raises an exception, everything stays as it is; the exception propagates. It must not use
                the journal.

        Returns:
            The entry as it is stored afterwards; None if there is none.

        Raises:
            JournalError: The journal cannot be read or written, or was locked for longer than the timeout.
        """
        with self._handle.connection() as connection:
            with translated(self._handle.path):
                connection.execute("BEGIN IMMEDIATE")
                before = self._find(connection, reference)
            after = change(before)
            if after is None:
                return before
            if after.reference != reference:
                raise ValueError("`change` must keep the reference")
            row = row_from_entry(after, before, self._encrypt)
            with translated(self._handle.path):
                _write(connection, row, is_new=before is None)
                stored = self._find(connection, reference)
            self._handle.commit(connection)
            return stored

    def entries(self, state: State | str | None = None) -> Iterator[Entry]:
        """Return an iterator over the entries, or over those in one state, oldest first.

        It reads the journal in pages and holds no lock between them: an entry that changes meanwhile is returned in its
        old or its new state.

        Raises:
            JournalError: The journal cannot be read.
            ValueError: There is no such state.
        """
        return self._iterate(None if state is None else State(state).value)

    def close(self) -> None:
        """Close the file. Closing a closed journal does nothing."""
        self._handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Journal holds an open file: call Journal.open with the same path in each process")

    def _find(self, connection: sqlite3.Connection, reference: str) -> Entry | None:
        row = connection.execute("SELECT * FROM entries WHERE reference = ?", (reference,)).fetchone()
        return None if row is None else self._entry(row)

    def _entry(self, row: sqlite3.Row) -> Entry:
        return entry_from_row(row, self._decrypt)

    def _iterate(self, state: str | None) -> Iterator[Entry]:
        page = self._page(state, None)
        while page:
            for row in page:
                yield self._entry(row)
            page = self._page(state, page[-1])

    def _page(self, state: str | None, last: sqlite3.Row | None) -> list[sqlite3.Row]:
        conditions, values = list[str](), list[Any]()
        if state is not None:
            conditions, values = ["state = ?"], [state]
        if last is not None:
            conditions.append("(created_at, id) > (?, ?)")
            values += [last["created_at"], last["id"]]
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        query = f"SELECT * FROM entries {where} ORDER BY created_at, id LIMIT {_PAGE_SIZE}"  # noqa: S608 - constants
        with self._handle.connection() as connection, translated(self._handle.path):
            return connection.execute(query, values).fetchall()


def _write(connection: sqlite3.Connection, row: dict[str, Any], *, is_new: bool) -> None:
    names = list(row)
    if is_new:
        statement = f"INSERT INTO entries ({', '.join(names)}) VALUES (:{', :'.join(names)})"  # noqa: S608 - columns
    else:
        pairs = ", ".join(f"{name} = :{name}" for name in names if name != "reference")
        statement = f"UPDATE entries SET {pairs} WHERE reference = :reference"  # noqa: S608 - columns
    connection.execute(statement, row)
