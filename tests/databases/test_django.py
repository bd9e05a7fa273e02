"""The example for Django keeps the journal in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from support.journal_contract import JournalContract, OpenStore, make_entry, put
from support.journal_stores import configured_django, open_django

for name in ("django", "psycopg"):
    pytest.importorskip(name, reason=f"no {name}: `nox -s databases` installs it")


@pytest.fixture
def open_store(postgresql: dict[str, Any]) -> Iterator[OpenStore]:
    """Yield a function that opens the journal in an empty table."""
    from django.db import connection, connections

    model = configured_django(postgresql).JournalEntry
    with connection.schema_editor() as editor:
        editor.create_model(model)
    yield partial(open_django, postgresql)
    with connection.schema_editor() as editor:
        editor.delete_model(model)
    connections.close_all()


class TestDjangoJournal(JournalContract):
    def end_thread(self) -> None:
        from django.db import connections

        connections.close_all()

    def test_an_update_in_a_transaction_of_the_caller_is_refused(self, open_store: OpenStore) -> None:
        from django.db import transaction

        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            put(open_store(), make_entry())
        assert list(open_store().entries()) == []
