"""Seen events in a file of SQLite."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from octopus_cards._base.clock import Clock, SystemClock
from octopus_cards.webhooks._events import Event
from octopus_cards.webhooks._hidden import Delivery
from octopus_cards.webhooks._parsing import read_event
from octopus_cards.webhooks._seen import KEEP, LEASE, check_seconds, unix_now

_APPLICATION_ID = 0x4F435748  # "OCWH": tells this file from the database of another program
_VERSION = 1
_SCHEMA = (
    """CREATE TABLE events (
        id TEXT PRIMARY KEY,
        is_done INTEGER NOT NULL, -- 0 or 1
        until REAL NOT NULL,      -- a Unix time: the end of the lease, or of the time for which it is remembered
        received_at REAL NOT NULL,
        type TEXT,                -- this and the next column only until it is done
        body BLOB
    ) WITHOUT ROWID""",
    "CREATE INDEX events_by_end ON events (is_done, until)",
)
_TAKEN = "SELECT 1 FROM events WHERE id = :id AND until > :now"
_CLAIM = """INSERT INTO events (id, is_done, until, received_at, type, body) VALUES (:id, 0, :until, :now, :type, :body)
    ON CONFLICT (id) DO UPDATE SET is_done = 0, until = :until, received_at = :now, type = :type, body = :body
    WHERE events.until <= :now"""
_DONE = """INSERT INTO events (id, is_done, until, received_at) VALUES (:id, 1, :until, :now)
    ON CONFLICT (id) DO UPDATE SET is_done = 1, until = :until, type = NULL, body = NULL"""
_EXPIRE = """DELETE FROM events WHERE is_done = 1 AND until <= :now
    OR is_done = 0 AND until <= :now AND body IS NULL AND received_at <= :oldest"""
_OPEN = "SELECT id FROM events WHERE is_done = 0 AND until <= ? AND body IS NOT NULL ORDER BY received_at"
_CLAIM_AGAIN = """UPDATE events SET until = ? WHERE id = ? AND is_done = 0 AND until <= ? AND body IS NOT NULL
    RETURNING type, body"""


class SQLiteSeenEvents:
    """Seen events in one file of a local disk, for any number of threads and processes.

    Every change is on the disk when the call returns. Until an event is done, the file holds its body, so that a
    process that starts after a crash finds what is unfinished.

    Args:
        path: The file; created for the current user only.
        keep: For how many seconds it remembers an event.
        lease: For how many seconds a claim holds; longer than processing takes.
        timeout: For how many seconds a call waits while others write.
        clock: The clock; by default that of this machine.

    Raises:
        ValueError: The file belongs to another program or to a later version, or a time is not positive or not finite.
        OSError: The file cannot be created.
        sqlite3.Error: The file cannot be read or written; every method raises it, too.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        keep: float = KEEP,
        lease: float = LEASE,
        timeout: float = 30.0,
        clock: Clock | None = None,
    ) -> None:
        self._path = Path(path).absolute()
        self._keep, self._lease = check_seconds("keep", keep), check_seconds("lease", lease)
        self._timeout = check_seconds("timeout", timeout)
        self._clock = clock or SystemClock()
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with self._transaction() as connection:
            _prepare(connection, self._path)

    def first_time(self, event_id: str, event: Event | None = None) -> bool:
        """Claim an event; return False where it is done, or claimed by somebody else."""
        now = unix_now(self._clock)
        row = {"id": event_id, "now": now, "until": now + self._lease, "oldest": now - self._keep}
        kept = {"type": event.type if event else None, "body": event.raw if event else None}
        with self._connection() as connection:
            if connection.execute(_TAKEN, row).fetchone() is not None:
                return False  # most duplicates end here, without a write
        with self._transaction() as connection:
            connection.execute(_EXPIRE, row)
            return connection.execute(_CLAIM, row | kept).rowcount == 1

    def done(self, event_id: str) -> None:
        """Remember that an event was processed, and delete its body."""
        now = unix_now(self._clock)
        with self._transaction() as connection:
            connection.execute(_DONE, {"id": event_id, "now": now, "until": now + self._keep})

    def release(self, event_id: str) -> None:
        """End the claim of an event that was not processed."""
        with self._transaction() as connection:
            connection.execute("UPDATE events SET until = 0 WHERE id = ? AND is_done = 0", (event_id,))

    def unfinished(self) -> Iterator[Event]:
        """Claim and yield the kept events, one by one, whose claim was released or outlived its lease."""
        started = unix_now(self._clock)
        with self._transaction() as connection:
            candidates = [str(row[0]) for row in connection.execute(_OPEN, (started,))]
        for event_id in candidates:
            until = unix_now(self._clock) + self._lease
            with self._transaction() as connection:
                row = connection.execute(_CLAIM_AGAIN, (until, event_id, started)).fetchone()
            if row is not None:
                yield _event(event_id, *row)

    @contextmanager
    def _connection(self) -> Generator[sqlite3.Connection]:
        # A connection of its own for each call: threads and forked processes share none.
        uri = f"{self._path.as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=self._timeout, isolation_level=None)) as connection:
            yield connection  # closing a connection rolls back

    @contextmanager
    def _transaction(self) -> Generator[sqlite3.Connection]:
        with self._connection() as connection:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")  # the bodies of done events leave the file
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    application, version, schema = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("application_id", "user_version", "schema_version")
    )
    if (application, version) == (_APPLICATION_ID, _VERSION):
        return
    if application == _APPLICATION_ID:
        raise ValueError(f"{path}: a later version of this package wrote the file; install that version here, too")
    if application or version or schema:
        raise ValueError(f"{path}: the file is the database of another program; pass another path")
    for statement in (*_SCHEMA, f"PRAGMA application_id = {_APPLICATION_ID}", f"PRAGMA user_version = {_VERSION}"):
        connection.execute(statement)


def _event(event_id: str, event_type: str, body: bytes) -> Event:
    return read_event(Delivery(body, {"x-event-id": [event_id], "x-event-type": [event_type]}))
