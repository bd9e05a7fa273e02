"""What may be shown of a value in a message: addresses, phone numbers and tokens may not."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"[^\s\"'<>@,;:=(]{1,64}@[^\s\"'<>@,;)]{1,255}"  # an e-mail address
    r"|\+\d[\d ()-]{5,30}\d"  # a phone number
    r"|(?i:bearer)\s{1,9}\S+|\beyJ[\w.-]*"  # a token
)
_LONGEST = 60
_LONGEST_MESSAGE = 2000


def withheld(text: str) -> str:
    """`text` as one printable line, without what a server, a proxy or the caller may have put there in private."""
    cut = text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}... ({len(text)} characters)"
    line = cut if cut.isprintable() else "".join(map(_escaped, cut))
    return _SECRET.sub("<withheld>", line)


def _escaped(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def shown(value: object) -> str:
    """What came instead of a good argument, with its type; of objects only the type."""
    kind = type(value).__name__
    if value is None:
        return "None"
    if isinstance(value, float) or (isinstance(value, int) and value.bit_length() <= 64):
        return f"{value!r} ({kind})"
    if isinstance(value, str):
        text = _SECRET.sub("<withheld>", value[:_LONGEST_MESSAGE])
        brief = len(text) <= _LONGEST and len(value) <= _LONGEST_MESSAGE
        return f"{text!r} ({kind})" if brief else f"{len(value)} characters ({kind})"
    return f"an object of type {kind}"
