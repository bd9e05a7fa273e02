"""Redaction: no message shows an e-mail address, a phone number or a token."""

from __future__ import annotations

import re

from octopus_cards._base.plain import plain_text

_SECRET = re.compile(
    r"(?:\"[^\"@]{1,64}\"|[^\s\"'<>@,;:=(][^\s\"<>@,;:=(]{0,63})@[^\s\"'<>@,;)]{1,255}"  # an e-mail address
    r"|\+\d[\d ()-]{5,30}\d"  # a phone number
    r"|(?<![\w./=#-])\d{10,15}(?![\w.-])"  # a phone number without a sign, as operators write it
    r"|(?i:bearer)\s{1,9}\S+|\beyJ[\w.-]*"  # a token
)
_MAX_VALUE_LENGTH = 60
_MAX_MESSAGE_LENGTH = 2000


def redact(text: str) -> str:
    """Return `text` as one printable line, with everything that looks private replaced by `<withheld>`."""
    cut = text if len(text) <= _MAX_MESSAGE_LENGTH else f"{text[:_MAX_MESSAGE_LENGTH]}... ({len(text)} characters)"
    line = cut if cut.isprintable() else "".join(map(_escape, cut))
    return _SECRET.sub("<withheld>", line)


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
        text = _SECRET.sub("<withheld>", plain[:_MAX_MESSAGE_LENGTH])
        is_short = len(text) <= _MAX_VALUE_LENGTH and len(plain) <= _MAX_MESSAGE_LENGTH
        return f"{text!r} ({kind})" if is_short else f"{len(plain)} characters ({kind})"
    return f"an object of type {kind}"
