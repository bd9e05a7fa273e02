"""The documented bounds of every argument, checked before anything is sent.

Source: documentation page reference/topups/orders; a test holds them against the contract.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import cast

from octopus_cards._base.redaction import shown
from octopus_cards._io.codec import TopupStatus

PER_PAGE_MAX = 500
CLIENT_REFERENCE_MAX = 255
EMAIL_MAX = 254
REQUEST_ID_MAX = 63
# More digits than a 64-bit integer has; the documentation says only "integer".
INTEGER_MAX = 10**19
_PRINTABLE_ASCII = re.compile(r"[ -~]+")
_VISIBLE_ASCII = re.compile(r"[!-~]+")
# A range of dates; an offset of UTC, whose sign people and POSIX read in opposite ways.
_GUESSED = re.compile(r"/.*-|-.*/|(?i:utc|gmt)\s*[+-]")
_COUNTRY = re.compile(r"[A-Z]{3}")


def integer(argument: str, value: object, *, at_most: int | None = None) -> int:
    """An integer from 1 up to a bound."""
    rule = "an integer from 1" + (f" to {at_most}" if at_most else " up")
    at_most = at_most or INTEGER_MAX
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{argument} must be {rule}, got {shown(value)}")
    if not 1 <= value <= at_most:
        came = value if abs(value) <= INTEGER_MAX else f"one of {value.bit_length()} bits"
        raise ValueError(f"{argument} must be {rule}, got {came}")
    return value


def optional_integer(argument: str, value: object) -> int | None:
    """An integer from 1 up, or None."""
    return None if value is None else integer(argument, value)


def status(value: TopupStatus | str | None) -> TopupStatus | None:
    """A status that the list can be filtered by, or None."""
    if value is None:
        return None
    rule = f"status must be one of {', '.join(TopupStatus)}"
    try:
        return TopupStatus(_text(rule, value))
    except ValueError:
        raise ValueError(f"{rule}, got {shown(value)}") from None


def country(value: object) -> str | None:
    """An ISO 3166-1 alpha-3 code in upper case, or None."""
    if value is None:
        return None
    rule = "country must be three upper-case letters (ISO 3166-1 alpha-3)"
    if not _COUNTRY.fullmatch(_text(rule, value)):
        raise ValueError(f"{rule}, got {shown(value)}")
    return str(value)


def client_reference(value: object) -> str:
    """1 to 255 printable ASCII characters."""
    rule = f"client_reference must be 1 to {CLIENT_REFERENCE_MAX} printable ASCII characters"
    text = _text(rule, value)
    if not _PRINTABLE_ASCII.fullmatch(text) or len(text) > CLIENT_REFERENCE_MAX:
        raise ValueError(f"{rule}, got {shown(text)}")
    return text


def request_id(value: object) -> str | None:
    """A trace id of the caller's own: 1 to 63 printable ASCII characters without spaces; None where none is given."""
    if value is None:
        return None
    rule = f"request_id must be 1 to {REQUEST_ID_MAX} printable ASCII characters without spaces"
    text = _text(rule, value)
    if not _VISIBLE_ASCII.fullmatch(text) or len(text) > REQUEST_ID_MAX:
        raise ValueError(f"{rule}, got {shown(text)}")
    return text


def order_ids(value: object) -> tuple[int, ...]:
    """Integers from 1 up, each once, in their order."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise TypeError(f"order_ids must be integers to iterate, got {shown(value)}")
    ids = cast("Iterable[object]", value)
    return tuple(dict.fromkeys(integer("each of order_ids", order_id) for order_id in ids))


def email(value: object) -> str:
    """An e-mail address of at most 254 characters. It is never shown, only described."""
    rule = f"email must be an address of 1 to {EMAIL_MAX} characters"
    text = _text(rule, value)
    if not text or len(text) > EMAIL_MAX:
        raise ValueError(f"{rule}, got {len(text)} characters")
    name, at, host = text.rpartition("@")
    if not (name and at and host) or "@" in name or any(c.isspace() or not c.isprintable() for c in text):
        raise ValueError(f"{rule}, NAME@HOST without spaces, got {len(text)} characters that are not of that form")
    return text


def _text(rule: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{rule}, got {shown(value)}")
    return value


def since(value: datetime.datetime | datetime.date | str | None) -> datetime.datetime | None:
    """An aware moment, or a date or time as people write it; UTC where it names no offset."""
    if value is None:
        return None
    rule = "since must be an aware datetime, a date, or a date or time as people write it (best: 2026-05-19T14:30Z)"
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise ValueError(f"{rule}, got {value!r}, which has no offset (add tzinfo=datetime.UTC)")
        return value
    if isinstance(value, datetime.date):
        return datetime.datetime.combine(value, datetime.time(), datetime.UTC)
    text = _text(rule, value)
    try:
        # Where the year comes first the day comes last.
        moments = {_moment(text, day_first=last) for last in (False, not text[:4].isdecimal())}
    except (ValueError, OverflowError):
        raise ValueError(f"{rule}, got {shown(text)}") from None
    # A guess at the day, the year or the offset would be a guess about money.
    if len(moments) > 1 or not re.search(r"(?<!\d)\d{4}(?!\d)", text) or _GUESSED.search(text):
        raise ValueError(f"{rule}, of which day, month, year and offset are certain, got {shown(text)}")
    return moments.pop()


def _moment(text: str, *, day_first: bool) -> datetime.datetime:
    """What dateutil reads, without its guesses of time zones by their abbreviation."""
    import dateutil.parser  # it is heavy, and few need it

    start = datetime.datetime(1, 1, 1, tzinfo=datetime.UTC)
    return dateutil.parser.parse(text, default=start, dayfirst=day_first, tzinfos=_offset)


def _offset(name: str | None, seconds: int | None) -> datetime.tzinfo:
    if seconds is None and name not in (None, "UTC", "GMT", "Z"):
        raise ValueError(f"{name} names no offset for certain")
    return datetime.timezone(datetime.timedelta(seconds=seconds or 0))
