"""The tables of a journal's file, their version, and the steps from one version to the next."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from octopus_cards.journal._errors import JournalError

APPLICATION_ID = 0x4F435244  # "OCRD": tells a journal from the database of another program

# STEPS[n] lifts a file from version n to version n + 1. Append to them; never change one that was released.
STEPS: list[tuple[str, ...]] = [
    (
        """CREATE TABLE entries (
            id INTEGER PRIMARY KEY,
            reference TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL,
            operation TEXT NOT NULL,
            request TEXT NOT NULL,     -- JSON
            fingerprint TEXT NOT NULL,
            server TEXT NOT NULL,      -- its base URL
            private BLOB,              -- encrypted by the program, or NULL
            sends INTEGER NOT NULL,
            in_doubt INTEGER NOT NULL, -- 0 or 1
            owner TEXT NOT NULL,
            lease_until REAL NOT NULL, -- this and the next times are Unix times
            order_id INTEGER,
            note TEXT NOT NULL,
            created_at REAL NOT NULL,
            updated_at REAL NOT NULL
        )""",
        "CREATE INDEX entries_by_age ON entries (created_at)",
        "CREATE INDEX entries_by_state ON entries (state, created_at)",
    ),
]


def check_file(connection: sqlite3.Connection, path: str) -> bool:
    """Return whether the file has the current version, without writing to it.

    Raises:
        JournalError: The file is the database of another program, or a later version of this package wrote it.
    """
    version, application = _number(connection, "user_version"), _number(connection, "application_id")
    if application != APPLICATION_ID:
        if application or version or _number(connection, "schema_version"):
            raise JournalError(
                f"{path}: the file is the database of another program, and no journal; pass another path"
            )
        return False  # an empty file
    if version > len(STEPS):
        raise JournalError(
            f"{path}: a later version of this package wrote the journal (version {version} of its tables, and this "
            f"package knows {len(STEPS)}); install that version here, too"
        )
    return version == len(STEPS)


def migrate(connection: sqlite3.Connection, path: str) -> None:
    """Bring the file to the current version in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not check_file(connection, path):  # another process may have been faster
            for step in STEPS[_number(connection, "user_version") :]:
                for statement in step:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(STEPS)}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    with closing(connection.execute(f"PRAGMA {pragma}")) as cursor:
        return int(cursor.fetchone()[0])
