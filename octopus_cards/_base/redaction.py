"""Redaction: no message shows an e-mail address, a phone number or a token."""

from __future__ import annotations

import re
from collections.abc import Collection

from octopus_cards._base.plain import plain_text

_SECRET = re.compile(
    r"(?:\"[^\"@]{1,64}\"|[^\s\"'<>@,;:=(][^\s\"<>@,;:=(]{0,253})(?:@|%40)[^\s\"'<>@,;)]{1,255}"  # an e-mail address
    r"|\+\d[\d ()./\u00a0\u202f\u2010-\u2015-]{5,30}\d"  # a phone number
    r"|(?i:bearer)\s{1,9}\S+|\beyJ[\w.-]*"  # a token
)
# Ten to fifteen digits, also in groups of 5 and 5 or of 3, 3 and 4: a phone number without a sign.
_DIGITS = re.compile(
    r"(?<![^\W_])(?<!\d[.,])(?:\d{10,15}|(?:\d{1,3}[ -])?(?:\d{5}[ -]\d{5}|\(?\d{3}\)?[ -]\d{3}[ -]\d{4}))"
    r"(?![^\W_])(?![.,]\d)"
)
# The end of a text that was cut, which may be a part of something private.
_PARTIAL_WORD = re.compile(r"\S{1,320}\Z")
_MAX_VALUE_LENGTH = 60
_MAX_MESSAGE_LENGTH = 2000


def redact(text: str) -> str:
    """Return a text of our own as one printable line, with everything that looks private replaced by `<withheld>`."""
    return _printable(_SECRET.sub("<withheld>", _cut(text)))


def redact_quoted(text: str, known: Collection[str] = ()) -> str:
    """Return a text of somebody else's like `redact`, and without digits that may be a phone number.

    Args:
        text: The text.
        known: Numbers that may be shown, because the request has them.
    """
    hidden = _SECRET.sub("<withheld>", _cut(text))
    return _printable(_DIGITS.sub(lambda match: match[0] if match[0] in known else "<withheld>", hidden))


def _cut(text: str) -> str:
    if len(text) <= _MAX_MESSAGE_LENGTH:
        return text
    return f"{_PARTIAL_WORD.sub('', text[:_MAX_MESSAGE_LENGTH])}... ({len(text)} characters)"


def _printable(line: str) -> str:
    return line if line.isprintable() else "".join(map(_escape, line))


def _escape(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def describe_value(value: object) -> str:
    """Describe a bad argument: its value and type if it is plain and short, otherwise only its size or type."""
    kind = type(value).__name__
    if value is None:
        return "None"
    if isinstance(value, bool):
        return f"{value} ({kind})"
    if isinstance(value, float):
        return f"{float.__repr__(value)} ({kind})"
    if isinstance(value, int) and int.bit_length(value) <= 64:
        return f"{int.__repr__(value)} ({kind})"
    if isinstance(value, str):
        plain = plain_text(value)
        text = _DIGITS.sub("<withheld>", _SECRET.sub("<withheld>", plain[:_MAX_MESSAGE_LENGTH]))
        is_short = len(text) <= _MAX_VALUE_LENGTH and len(plain) <= _MAX_MESSAGE_LENGTH
        return f"{text!r} ({kind})" if is_short else f"{len(plain)} characters ({kind})"
    return f"an object of type {kind}"
