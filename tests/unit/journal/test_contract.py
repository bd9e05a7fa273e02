"""The SQLite journal does what every store of the journal must do."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from support.journal_contract import JournalContract, OpenStore
from support.journal_stores import open_sqlite


class TestJournal(JournalContract):
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> OpenStore:
        return partial(open_sqlite, tmp_path / "orders.db")
