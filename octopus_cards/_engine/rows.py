"""Rows of a list that break the contract, between rows that do not."""

from __future__ import annotations

import datetime
import logging
import math
from collections.abc import Awaitable, Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeVar, cast, get_args

from msgspec import Struct

from octopus_cards._base.exceptions import InvalidResponseError
from octopus_cards._base.narrowing import is_list, is_mapping
from octopus_cards._base.redaction import describe_value
from octopus_cards._engine.decoding import decode, decode_row
from octopus_cards._engine.effects import Flow, Invoke
from octopus_cards._engine.exchange import CallResult
from octopus_cards._engine.operation import Call
from octopus_cards._engine.outcomes import invalid_response

T = TypeVar("T")
RowHook = Callable[[Any, InvalidResponseError], None]
AsyncRowHook = RowHook | Callable[[Any, InvalidResponseError], Awaitable[None]]
OnInvalid = Literal["raise", "skip"] | RowHook
AsyncOnInvalid = Literal["raise", "skip"] | AsyncRowHook
Place = Literal["known", "after previous", "before next", "unknown"]
_HALF = Fraction(1, 2)
# More invalid rows than a page can have one after the other.
_MAX_ROWS = 1024
_LOGGER = logging.getLogger("octopus_cards")


class InvalidRow(Struct, frozen=True):
    """A row that breaks the contract. In a moving list it keeps its place by id and creation time.

    Where these cannot be read, they are made up: `place` says next to which row, because on another page they may be
    made up in another way. It is unknown where no row of the page has an id.
    """

    raw: Any
    error: InvalidResponseError
    id: Any
    created_at: Any
    place: Place = "known"

    def __repr__(self) -> str:
        return f"InvalidRow({self.id})"


def check_on_invalid(value: object) -> AsyncOnInvalid:
    """Return what to do with invalid rows.

    Raises:
        ValueError, TypeError: It is neither "raise", "skip" nor a callable.
    """
    if callable(value):
        return cast("AsyncRowHook", value)
    if not isinstance(value, str):
        raise TypeError(f'on_invalid must be "raise", "skip" or a callable, got {describe_value(value)}')
    if value == "raise":
        return "raise"
    if value == "skip":
        return "skip"
    raise ValueError(f'on_invalid must be "raise", "skip" or a callable, got {describe_value(value)}')


def decode_rows(call: Call[list[T]], result: CallResult[Any]) -> list[Any]:
    """Return the rows of a response; one that breaks the contract is an `InvalidRow`.

    Raises:
        InvalidResponseError: The body is not a JSON array.
    """
    kind, raw = call.operation.result, result.raw
    try:
        rows: list[Any] = decode(kind, raw)
    except (TypeError, ValueError) as error:
        problem = str(error)
    else:
        return rows
    try:
        decoded = raw.json()
    except ValueError:
        decoded = None
    if not is_list(decoded):
        raise invalid_response(call, raw, problem, result.request_id)
    return list(_decode_each(call, get_args(kind)[0], decoded, result))


def _decode_each(call: Call[list[T]], model: Any, decoded: Sequence[Any], result: CallResult[Any]) -> Iterator[Any]:
    previous: Any = None
    for index, row in enumerate(decoded):
        try:
            previous = decode_row(model, row)
        except (TypeError, ValueError) as error:
            problem = f"item {index} of the page: {error}"
            failure = invalid_response(call, result.raw, problem, result.request_id)
            previous = _place(row, failure, previous, decoded[index + 1 :], model)
        yield previous


def _place(row: Any, error: InvalidResponseError, previous: Any, following: Sequence[Any], model: Any) -> InvalidRow:
    """Return an invalid row with its id and creation time, or with made-up ones that keep the order of the list."""
    if (known := _known(row, model)) is not None:
        return InvalidRow(row, error, known.id, getattr(known, "created_at", None))
    if previous is not None:
        place: Place = getattr(previous, "place", "known")
        place = "after previous" if place == "known" else place
        return InvalidRow(row, error, _just_below(previous.id), getattr(previous, "created_at", None), place)
    known = next((found for each in following if (found := _known(each, model)) is not None), None)
    if known is not None:
        return InvalidRow(row, error, known.id + _HALF, getattr(known, "created_at", None), "before next")
    return InvalidRow(row, error, -_HALF, datetime.datetime.min.replace(tzinfo=datetime.UTC), "unknown")


def _known(row: Any, model: Any) -> Any:
    """Return a model with the id and the creation time of a row; None where these cannot be read."""
    try:
        return decode_row(model, _sample(row, model))
    except (TypeError, ValueError):
        return None


def _just_below(row_id: Any) -> Fraction:
    """Return an id below this one and above every lower integer; exact, however large the ids are."""
    return Fraction(row_id + math.ceil(row_id) - 1) / 2


def number_of_id(row_id: Any) -> int:
    """Return an id as an integer: a made-up one as a negative number, which no id of a server is."""
    if row_id.__class__ is not Fraction:
        return int(row_id)
    return -(math.ceil(row_id) * _MAX_ROWS + row_id.denominator.bit_length() - 1)


def id_of_number(number: int) -> Any:
    """Return the id that `number_of_id` made an integer of."""
    if number >= 0:
        return number
    above, halvings = divmod(-number, _MAX_ROWS)
    return above - 1 + Fraction(1, 2**halvings)


def _sample(row: Any, model: Any) -> Any:
    """Return a valid row with the id and the creation time of an invalid one, if these are readable."""
    if not is_mapping(row):
        raise TypeError("an object expected")
    samples = {"text": "", "integer": 0, "boolean": False, "number": 0}
    required = {field.wire: samples.get(field.kind) for field in model._fields_ if field.required}
    return required | {name: row.get(name) for name in ("id", "created_at") if name in row}


def place_of(row: Any) -> str:
    """Return how the place of a row is known; that of a valid row always is."""
    return getattr(row, "place", "known")


def from_placed(rows: Sequence[Any]) -> Sequence[Any]:
    """Return the rows without invalid ones at the top, whose place only a page with the row before them shows."""
    first = next((index for index, row in enumerate(rows) if place_of(row) != "before next"), len(rows))
    return rows[first:] if first else rows


def placed_end(rows: Sequence[Any]) -> int:
    """Return how many rows a page has up to the last one whose place is known: the next page begins with that one."""
    return next((index for index in range(len(rows), 0, -1) if place_of(rows[index - 1]) == "known"), len(rows))


def split(rows: Sequence[Any]) -> Iterator[tuple[tuple[Any, ...], InvalidRow | None]]:
    """Yield the valid rows before each invalid row, with that row; at the end the rest, with None."""
    if InvalidRow not in set(map(type, rows)):
        yield tuple(rows), None
        return
    first = 0
    for index, row in enumerate(rows):
        if row.__class__ is InvalidRow:
            yield tuple(rows[first:index]), row
            first = index + 1
    yield tuple(rows[first:]), None


def handle(row: InvalidRow, on_invalid: AsyncOnInvalid) -> Flow[None]:
    """Raise the error of a row, or leave the row out as the caller wants."""
    if on_invalid == "raise":
        raise row.error
    if on_invalid == "skip":
        _LOGGER.warning("an invalid item is left out: %s", row.error)
        return
    yield Invoke(on_invalid, (row.raw, row.error))
