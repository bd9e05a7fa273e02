"""What a failed attempt to place an order says about the order."""

from __future__ import annotations

from typing import Literal

from octopus_cards._base.exceptions import (
    APIError,
    AuthenticationError,
    DuplicateReferenceError,
    NotSentError,
    RateLimitError,
    RequestError,
)

Evidence = Literal["not executed", "duplicate", "rejected", "unknown"]
# A proxy may send these without knowing what the server did: it waited too long, or its client closed the connection.
_STATUSES_OF_PROXIES = frozenset({408, 425, 499})


def evidence(error: RequestError) -> Evidence:
    """Return what a failed attempt proves.

    - "not executed": nothing was sent, or the server executes nothing that it answers so (401, 429).
    - "duplicate": the server accepted an earlier request with this reference.
    - "rejected": the server refused this request.
    - "unknown": the server may have accepted it.
    """
    if isinstance(error, DuplicateReferenceError):
        return "duplicate"
    if isinstance(error, NotSentError | AuthenticationError | RateLimitError):
        return "not executed"
    if isinstance(error, APIError) and error.status_code < 500 and error.status_code not in _STATUSES_OF_PROXIES:
        return "rejected"
    return "unknown"


def describe(error: RequestError) -> str:
    """Return what failed, for a journal: without any text of the server's, which may quote the recipient."""
    parts = [type(error).__name__]
    for name in ("status_code", "code", "field", "request_id"):
        value = getattr(error, name, None)
        if value is not None:
            parts.append(f"{name} {value}")
    return ", ".join(parts)
