"""Data of the recipient is stored only if the program encrypts it."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest
from msgspec.structs import replace

from octopus_cards.journal import Journal, State
from support.journal_contract import PHONE, make_entry, put, reverse
from support.programs import run_program

NUMBER = b"919876543210"

# Programs of their own read the files: a process that closes a file loses SQLite's locks on it.
READER = """
from pathlib import Path
print(any(sys.argv[2].encode() in each.read_bytes() for each in Path(sys.argv[1]).iterdir()))
"""


def fail(_: bytes) -> NoReturn:
    raise ValueError("another key")


def is_in_files(folder: Path, data: bytes) -> bool:
    return run_program(READER, folder, data.decode()) == "True\n"


def test_without_encryption_it_is_never_written(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "orders.db") as journal:
        put(journal, replace(make_entry(), private=PHONE))
        put(journal, replace(make_entry(state=State.SENDING), private=PHONE))
        assert (tmp_path / "orders.db-wal").exists()
        assert not is_in_files(tmp_path, NUMBER)
        assert is_in_files(tmp_path, b"create_topup_order")  # what is written is found
    assert not is_in_files(tmp_path, NUMBER)


def test_with_encryption_it_comes_back_and_is_written_encrypted(tmp_path: Path) -> None:
    entry = replace(make_entry(), private=PHONE)
    with Journal.open(tmp_path / "orders.db", encrypt=reverse, decrypt=reverse) as journal:
        assert journal.update("ORDER-1", lambda _: entry) == entry
        assert list(journal.entries()) == [entry]
        assert not is_in_files(tmp_path, NUMBER)
        assert is_in_files(tmp_path, reverse(NUMBER))
        put(journal, replace(entry, private=None))
        assert list(journal.entries()) == [make_entry()]


@pytest.mark.parametrize("ciphers", [{}, {"encrypt": reverse, "decrypt": fail}])
def test_what_cannot_be_decrypted_is_listed_and_survives_updates(tmp_path: Path, ciphers: dict[str, object]) -> None:
    entry = replace(make_entry(), private=PHONE)
    with Journal.open(tmp_path / "orders.db", encrypt=reverse, decrypt=reverse) as journal:
        put(journal, entry)
    with Journal.open(tmp_path / "orders.db", **ciphers) as journal:  # type: ignore[arg-type]
        assert list(journal.entries()) == [make_entry()]
        journal.update("ORDER-1", lambda before: before and replace(before, state=State.REVIEW))
    with Journal.open(tmp_path / "orders.db", encrypt=reverse, decrypt=reverse) as journal:
        assert list(journal.entries()) == [replace(entry, state=State.REVIEW)]


def test_a_failed_encryption_changes_nothing(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "orders.db", encrypt=fail, decrypt=reverse) as journal:
        with pytest.raises(ValueError, match="another key"):
            put(journal, replace(make_entry(), private=PHONE))
        assert list(journal.entries()) == []


@pytest.mark.parametrize("ciphers", [{"encrypt": reverse}, {"decrypt": reverse}])
def test_one_cipher_alone_is_refused(tmp_path: Path, ciphers: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="both of encrypt and decrypt"):
        Journal.open(tmp_path / "orders.db", **ciphers)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_an_entry_does_not_print_it() -> None:
    entry = replace(make_entry(), private=PHONE)
    assert "9876543210" not in f"{entry!r}{entry!s}{entry.__rich_repr__()}"
    assert "reference='ORDER-1'" in repr(entry)
