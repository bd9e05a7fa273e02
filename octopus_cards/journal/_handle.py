"""The connection of a process, one thread at a time, across forks."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Generator
from contextlib import contextmanager, suppress

from octopus_cards.journal._database import Checkpoints, connect
from octopus_cards.journal._errors import JournalError, translated


class Handle:
    """The open file of a journal.

    SQLite forbids a process to use or close a connection of its parent, and keeps more about the file than the
    connection: a new connection in the child would rely on the locks of its parent. So the connection is closed before
    each fork, and parent and child open it again when they need it.
    """

    def __init__(self, path: str, timeout: float) -> None:
        self.path = path
        self._timeout = timeout
        self._lock = threading.Lock()
        self._user: int | None = None  # the thread that has the lock
        self._pid = os.getpid()
        self._connection: sqlite3.Connection | None = None
        self._checkpoints = Checkpoints(path)
        self._is_closed = False
        with self.connection():
            pass
        _handles.add(self)

    @contextmanager
    def connection(self) -> Generator[sqlite3.Connection]:
        """Give the connection to this thread, and roll back what it leaves open."""
        self._acquire()
        try:
            connection = self._opened()
            try:
                yield connection
            finally:
                self._roll_back(connection)
        finally:
            self._release()

    def commit(self, connection: sqlite3.Connection) -> None:
        """Commit the transaction.

        Raises:
            JournalError: This process was forked during the transaction, which belongs to its parent.
        """
        self._check_process()
        with translated(self.path):
            connection.execute("COMMIT")
        # The change is stored; a checkpoint that fails, as on a full disk, is tried again after a later commit.
        with suppress(sqlite3.Error):
            self._checkpoints.count_commit(connection, self._timeout)

    def close(self) -> None:
        """Close the connection; nothing else can be done with the handle."""
        self._is_closed = True
        if self._is_inherited():
            return
        self._acquire()
        try:
            self._disconnect()
        finally:
            self._release()

    def before_fork(self) -> bool:
        """Close the connection; return whether this was possible, and the lock is held until `after_fork`."""
        if self._is_inherited() or self._user == threading.get_ident() or not self._lock.acquire(timeout=self._timeout):
            return False
        self._disconnect()
        return True

    def after_fork(self) -> None:
        """Let threads use the handle again, in the parent and in the child."""
        self._pid = os.getpid()
        self._lock.release()

    def _opened(self) -> sqlite3.Connection:
        if self._is_closed:
            raise JournalError(f"{self.path}: the journal is closed")
        if self._connection is None:
            with translated(self.path):
                self._connection = connect(self.path, self._timeout)
        return self._connection

    def _roll_back(self, connection: sqlite3.Connection) -> None:
        if not self._is_inherited() and connection.in_transaction:
            with translated(self.path):
                connection.execute("ROLLBACK")

    def _is_inherited(self) -> bool:
        return self._pid != os.getpid()

    def _check_process(self) -> None:
        if self._is_inherited():
            raise JournalError(
                f"{self.path}: this process was forked while its parent used the journal, or by a program other than "
                "Python, and the open file belongs to the parent; open the journal in this process"
            )

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _acquire(self) -> None:
        self._check_process()  # first: no thread of the child can release a lock that a thread of the parent held
        if self._user == threading.get_ident():
            raise RuntimeError("`change` must not use the journal that calls it")
        if not self._lock.acquire(timeout=self._timeout):
            raise JournalError(
                f"{self.path}: another thread used the journal for longer than the timeout of {self._timeout:g} s",
                retryable=True,
            )
        self._user = threading.get_ident()

    def _release(self) -> None:
        self._user = None
        self._lock.release()


_handles: weakref.WeakSet[Handle] = weakref.WeakSet()
_paused: list[Handle] = []  # the handles that the current fork has closed


def _before_fork() -> None:
    _paused.extend(handle for handle in list(_handles) if handle.before_fork())


def _after_fork() -> None:
    while _paused:
        _paused.pop().after_fork()


if hasattr(os, "register_at_fork"):  # absent on Windows, which does not fork
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
