"""What may be shown of a value in a message: addresses, phone numbers and tokens may not."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"[^\s\"'<>@,;:=(]+@[^\s\"'<>@,;)]+"  # an e-mail address
    r"|\+\d[\d ()-]{5,}\d"  # a phone number
    r"|(?i:bearer)\s+\S+|\beyJ[\w-]*(?:\.[\w-]*)*"  # a token
)
_LONGEST = 60


def withheld(text: str) -> str:
    """`text` without what may be private, which a server, a proxy or the caller may have put there."""
    return _SECRET.sub("<withheld>", text)


def shown(value: object) -> str:
    """What came instead of a good argument, with its type; of objects only the type."""
    kind = type(value).__name__
    if value is None:
        return "None"
    if isinstance(value, bool | int | float):
        return f"{value!r} ({kind})"
    if isinstance(value, str):
        text = withheld(value)
        return f"{text!r} ({kind})" if len(text) <= _LONGEST else f"{len(value)} characters ({kind})"
    return f"an object of type {kind}"
