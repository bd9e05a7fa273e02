"""The example for SQLAlchemy keeps the journal in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from support.journal_contract import JournalContract, OpenStore, make_entry, put
from support.journal_stores import create_engine, example, open_sqlalchemy

for name in ("sqlalchemy", "psycopg"):
    pytest.importorskip(name, reason=f"no {name}: `nox -s databases` installs it")


@pytest.fixture
def open_store(postgresql: dict[str, Any]) -> Iterator[OpenStore]:
    """Yield a function that opens the journal in an empty table."""
    engine, metadata = create_engine(postgresql), example("sqlalchemy_journal").metadata
    metadata.create_all(engine)
    yield partial(open_sqlalchemy, postgresql)
    metadata.drop_all(engine)


class TestSQLAlchemyJournal(JournalContract):
    def test_entries_cross_pages_without_a_transaction(
        self, open_store: OpenStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(example("sqlalchemy_journal"), "PAGE_SIZE", 2)
        store, entries = open_store(), [make_entry(f"ORDER-{number}", created_at=number // 3) for number in range(6)]
        for entry in entries:
            put(store, entry)
        assert list(store.entries()) == entries
        assert list(store.entries("INTENT")) == entries
