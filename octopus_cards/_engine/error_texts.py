"""What the body of an error response says, whatever its shape."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from octopus_cards._base.narrowing import is_list, is_mapping
from octopus_cards._base.responses import RawResponse

# The fields in which servers and proxies put a text for people, the documented one first.
_TEXTS = (
    "message", "error_description", "detail", "title", "description", "error", "reason",
    "msg", "Message", "errorMessage", "error_message",
)  # fmt: skip
_MAX_DEPTH = 5
_MAX_TEXTS = 20


class ErrorText(NamedTuple):
    """The fields of an error response; None where it has none."""

    name: str | None = None
    code: str | None = None
    message: str | None = None


def error_text(response: RawResponse) -> ErrorText:
    """Return the fields of the documented envelope, or the same from an envelope of another shape.

    A proxy in front of the server, or a later version of the API, may answer in its own way. Its text must not be lost.
    """
    try:
        body = response.json()
    except ValueError:
        return ErrorText(message=_plain_text(response))
    return _read(body, _MAX_DEPTH)


def _plain_text(response: RawResponse) -> str | None:
    """Return a body that is text for people, and no page of a browser."""
    if not (response.header("Content-Type") or "").lower().startswith("text/plain"):
        return None
    try:
        text = response.content.decode().strip()
    except UnicodeDecodeError:
        return None
    return None if text.startswith("<") else text or None


def _read(body: object, depth: int) -> ErrorText:
    if isinstance(body, str):
        return ErrorText(message=body.strip() or None)
    if is_list(body) and depth:
        texts = [text for text in (_read(each, depth - 1) for each in body[:_MAX_TEXTS]) if text.message is not None]
        return texts[0]._replace(message="; ".join(text.message or "" for text in texts)) if texts else ErrorText()
    if not is_mapping(body) or not depth:
        return ErrorText()
    messages = (_read(body.get(key), 1).message for key in _TEXTS if not is_mapping(body.get(key)))
    message = next((text for text in messages if text is not None), None)
    nested = _nested(body, depth - 1)
    outer = ErrorText(_scalar(body.get("name")), _scalar(body.get("code")), message)
    return ErrorText(*(inner or field for inner, field in zip(nested, outer, strict=True)))


def _nested(body: Mapping[object, object], depth: int) -> ErrorText:
    """Return the fields of the error in a body, or the messages of its errors by field."""
    error, errors = body.get("error"), body.get("errors")
    inner = _read(error, depth) if is_mapping(error) or is_list(error) else ErrorText()
    if inner == ErrorText():
        inner = _read(errors, depth) if is_mapping(errors) or is_list(errors) else inner
    if inner == ErrorText() and is_mapping(errors):
        found = ((name, _read(each, depth).message) for name, each in [*errors.items()][:_MAX_TEXTS])
        inner = ErrorText(message="; ".join(f"{name}: {text}" for name, text in found if text) or None)
    return inner


def _scalar(value: object) -> str | None:
    """Return a name or code as text: some servers send a number."""
    return (str(value) or None) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else None
