"""Entries as rows of a database: plain values in readable columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from msgspec import Raw
from msgspec.json import Decoder, Encoder

from octopus_cards._base.narrowing import is_list, is_mapping
from octopus_cards._engine.journal_entries import Entry, State
from octopus_cards._engine.json_values import check_json

Cipher = Callable[[bytes], bytes]


class Row(Protocol):
    """A row of any database library: it gives the value of a column by its name."""

    def __getitem__(self, name: str, /) -> Any: ...


_encode_json = Encoder(decimal_format="number").encode
_decode_json: Callable[[str], dict[str, Any]] = Decoder(dict[str, Any], float_hook=Decimal).decode
_PLAIN = tuple(name for name in Entry.__struct_fields__ if name not in ("state", "request", "private", "in_doubt"))


def row_from_entry(entry: Entry, before: Entry | None = None, encrypt: Cipher | None = None) -> dict[str, Any]:
    """Return the columns to write for an entry.

    Args:
        entry: The new entry.
        before: The entry that it replaces. The column `private` is left out if the private part is the same, so that
            one that could not be decrypted survives.
        encrypt: Encrypts the private part. Without it, the column is left out.

    Raises:
        TypeError: The request has a float, or something that is no JSON value.
        ValueError: A number or the nesting of the request exceeds the bounds of a request.
    """
    row: dict[str, Any] = {name: getattr(entry, name) for name in _PLAIN}
    row |= {"state": State(entry.state).value, "request": encode_request(entry.request), "in_doubt": entry.in_doubt}
    if encrypt is not None and entry.private != (before.private if before else None):
        row["private"] = None if entry.private is None else encrypt(entry.private)
    return row


def entry_from_row(row: Row, decrypt: Cipher | None = None) -> Entry:
    """Return the entry of a row; further columns do not matter.

    `private` is None if there is no `decrypt`, or if `decrypt` raises an exception: the entry must still be listed.
    """
    return Entry(
        **{name: row[name] for name in _PLAIN},
        state=State(row["state"]),
        request=_decode_json(row["request"]),
        private=_decrypted(row["private"], decrypt),
        in_doubt=bool(row["in_doubt"]),
    )


def _decrypted(private: Any, decrypt: Cipher | None) -> bytes | None:
    if private is None or decrypt is None:
        return None
    try:
        return decrypt(bytes(private))
    except Exception:  # a lost key must not hide the order
        return None


def encode_request(request: Mapping[str, Any]) -> str:
    """Return the arguments of a request as JSON text with every digit of its numbers."""
    return _encode_json(_mark_decimals(check_json("request", request))).decode()


def _mark_decimals(value: Any) -> Any:
    """Write whole Decimals with an exponent, which tells them from integers: 5 becomes 5e0."""
    if is_mapping(value):
        return {name: _mark_decimals(item) for name, item in value.items()}
    if is_list(value):
        return [_mark_decimals(item) for item in value]
    if isinstance(value, Decimal) and str(value).lstrip("-").isdigit():
        return Raw(f"{value}e0".encode())
    return value
