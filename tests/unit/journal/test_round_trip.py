"""Any entry survives a round trip through the file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octopus_cards.journal import Entry, Journal, State
from support.journal_contract import make_entry, reverse

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
INTEGERS = st.integers(-(2**127), 2**127)
DECIMALS = st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(digits), exponent)),
    st.integers(0, 1),
    st.lists(st.integers(0, 9), min_size=1, max_size=20),
    st.integers(-20, 20),
)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | DECIMALS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
TIMES = st.floats(0, 1e11)
ENTRIES = st.builds(
    Entry,
    reference=TEXT.filter(bool),
    state=st.sampled_from(State),
    operation=TEXT,
    request=st.dictionaries(TEXT, VALUES, max_size=4),
    fingerprint=TEXT,
    private=st.none() | st.binary(max_size=50),
    sends=st.integers(0, 2**31),
    in_doubt=st.booleans(),
    owner=TEXT,
    lease_until=TIMES,
    order_id=st.none() | st.integers(-(2**63), 2**63 - 1),
    note=TEXT,
    created_at=TIMES,
    updated_at=TIMES,
)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    path = tmp_path_factory.mktemp("journal") / "orders.db"
    with Journal.open(path, encrypt=reverse, decrypt=reverse) as journal:
        yield journal


def exactly(entry: Entry) -> tuple[str, object]:
    """Return what tells entries apart: Decimal("5.0") and 5 are equal."""
    return repr(entry), entry.private


@given(entry=ENTRIES)
def test_any_entry_survives(journal: Journal, entry: Entry) -> None:
    stored = journal.update(entry.reference, lambda _: entry)
    assert stored is not None
    assert exactly(stored) == exactly(entry)
    found = journal.update(entry.reference, lambda _: None)
    assert found is not None
    assert exactly(found) == exactly(entry)


@pytest.mark.parametrize(
    ("value", "error"), [(4.99, TypeError), (Decimal("NaN"), TypeError), (b"", TypeError), (10**50, ValueError)]
)
def test_what_is_not_exact_json_is_refused(tmp_path: Path, value: Any, error: type[Exception]) -> None:
    entry = Entry("ORDER-1", State.INTENT, "create_topup_order", {"amount": value}, "")
    with Journal.open(tmp_path / "orders.db") as journal:
        with pytest.raises(error, match="request must hold only"):
            journal.update("ORDER-1", lambda _: entry)
        assert list(journal.entries()) == []


def test_a_large_journal_is_read_in_pages(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "orders.db") as journal:
        entries = [make_entry(f"ORDER-{number}", created_at=float(number // 7)) for number in range(1100)]
        for entry in entries:
            journal.update(entry.reference, lambda _, new=entry: new)  # type: ignore[misc]
        assert list(journal.entries()) == entries
        assert list(journal.entries("INTENT")) == entries
        half = journal.entries()
        assert next(half) == entries[0]
        assert journal.update("ORDER-1099", lambda _: None) == entries[-1]  # the iterator holds no lock
        assert list(half) == entries[1:]
