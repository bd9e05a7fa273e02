"""What every store of the order journal must do: the same tests for SQLite, Django and SQLAlchemy."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn

import pytest
from msgspec.structs import replace

from octopus_cards.journal import Entry, JournalStore, State

OpenStore = Callable[..., JournalStore]  # takes the ciphers
PHONE = b'{"phone_number": "+919876543210"}'
SHARED = ["ORDER-1", "ORDER-2", "ORDER-3"]


def make_entry(reference: str = "ORDER-1", state: State = State.INTENT, created_at: float = 1.5) -> Entry:
    request = {"product_id": 4218, "amount": Decimal("4.990"), "whole": Decimal(5), "more": [Decimal("1E+3"), 7, None]}
    return Entry(reference, state, "create_topup_order", request, "salt:hash", created_at=created_at)


def put(store: JournalStore, entry: Entry) -> None:
    store.update(entry.reference, lambda _: entry)


def reverse(data: bytes) -> bytes:
    """Encrypt or decrypt in a way that a test can see."""
    return data[::-1]


def count_send(entry: Entry | None) -> Entry:
    """Create the entry, or count one more request."""
    entry = entry or make_entry(SHARED[0])
    return replace(entry, sends=entry.sends + 1)


def count_sends(store: JournalStore, times: int) -> None:
    """Count requests on the shared references in turn."""
    for _ in range(times):
        for reference in SHARED:
            store.update(reference, lambda entry, key=reference: replace(count_send(entry), reference=key))  # type: ignore[misc]


def run_in_process(open_store: OpenStore, times: int) -> None:
    """Count requests from another process."""
    count_sends(open_store(), times)


class JournalContract:
    """The tests; a subclass has a fixture `open_store`, which opens the same empty store each time."""

    def end_thread(self) -> None:
        """Close what a store keeps open for a thread."""

    @pytest.fixture
    def store(self, open_store: OpenStore) -> JournalStore:
        return open_store()

    def test_an_update_without_an_entry_receives_none(self, store: JournalStore) -> None:
        seen: list[Entry | None] = []
        assert store.update("ORDER-1", seen.append) is None
        assert seen == [None]
        assert list(store.entries()) == []

    def test_an_update_returns_and_keeps_every_field(self, store: JournalStore) -> None:
        entry = replace(
            make_entry("Bestellung ä/1", State.UNKNOWN), sends=3, in_doubt=True, owner="host:1",
            lease_until=1.7e9 + 0.1, order_id=2**53 + 1, note="connection reset\nby peer", updated_at=1.7e9 + 0.3,
        )  # fmt: skip
        assert store.update(entry.reference, lambda _: entry) == entry
        assert list(store.entries()) == [entry]
        changed = replace(make_entry(entry.reference, State.ACCEPTED), order_id=None)
        assert store.update(entry.reference, lambda before: changed if before == entry else None) == changed
        assert list(store.entries()) == [changed]

    def test_none_leaves_the_entry_as_it_is(self, store: JournalStore) -> None:
        put(store, make_entry())
        assert store.update("ORDER-1", lambda _: None) == make_entry()
        assert list(store.entries()) == [make_entry()]

    @pytest.mark.parametrize("exists", [False, True])
    def test_an_exception_leaves_the_entry_as_it_is(self, store: JournalStore, exists: bool) -> None:
        if exists:
            put(store, make_entry())

        def fail(_: Entry | None) -> NoReturn:
            raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            store.update("ORDER-1", fail)
        assert list(store.entries()) == [make_entry()] * exists
        put(store, make_entry(state=State.SENDING))  # nothing is locked

    def test_numbers_keep_their_digits_and_types(self, store: JournalStore) -> None:
        put(store, make_entry())
        (entry,) = store.entries()
        assert str(entry.request) == str(make_entry().request)

    def test_entries_are_the_oldest_first(self, store: JournalStore) -> None:
        for number, (created_at, state) in enumerate([(3.0, State.REVIEW), (1.0, State.INTENT), (3.0, State.INTENT)]):
            put(store, make_entry(f"ORDER-{number}", state, created_at))
        put(store, make_entry("ORDER-0", State.INTENT, 3.0))
        put(store, make_entry("ORDER-1", State.REVIEW, 1.0))
        assert [each.reference for each in store.entries()] == ["ORDER-1", "ORDER-0", "ORDER-2"]
        assert [each.reference for each in store.entries(State.INTENT)] == ["ORDER-0", "ORDER-2"]
        assert [each.reference for each in store.entries("REVIEW")] == ["ORDER-1"]
        assert list(store.entries(State.CLAIMED)) == []

    def test_entries_can_be_updated_during_an_iteration(self, store: JournalStore) -> None:
        for number in range(3):
            put(store, make_entry(f"ORDER-{number}", created_at=float(number)))
        for entry in store.entries(State.INTENT):
            put(store, replace(entry, state=State.SENDING))
        assert len(list(store.entries(State.SENDING))) == 3

    def test_private_data_is_not_stored_without_encryption(self, store: JournalStore) -> None:
        stored = store.update("ORDER-1", lambda _: replace(make_entry(), private=PHONE))
        assert stored == make_entry()
        assert list(store.entries()) == [make_entry()]

    def test_private_data_is_stored_encrypted(self, open_store: OpenStore) -> None:
        encrypted, plain, raw = (
            open_store(encrypt=reverse, decrypt=reverse),
            open_store(),
            open_store(encrypt=bytes, decrypt=bytes),
        )
        entry = replace(make_entry(), private=PHONE)
        assert encrypted.update("ORDER-1", lambda _: entry) == entry
        assert list(raw.entries()) == [replace(entry, private=reverse(PHONE))]
        put(plain, make_entry(state=State.REVIEW))
        assert list(plain.entries()) == [make_entry(state=State.REVIEW)]
        assert list(encrypted.entries()) == [replace(entry, state=State.REVIEW)]  # an update without the key keeps it
        put(encrypted, make_entry())
        assert list(raw.entries()) == [make_entry()]

    def test_threads_lose_no_update(self, store: JournalStore) -> None:
        start = threading.Barrier(8)

        def work() -> None:
            start.wait()
            count_sends(store, 10)
            self.end_thread()

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {each.reference: each.sends for each in store.entries()} == dict.fromkeys(SHARED, 80)

    def test_processes_lose_no_update(self, open_store: OpenStore) -> None:
        context = multiprocessing.get_context("spawn")
        processes = [context.Process(target=run_in_process, args=(open_store, 25)) for _ in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0] * 4
        assert {each.reference: each.sends for each in open_store().entries()} == dict.fromkeys(SHARED, 100)
