"""What the body of an error response says, whatever its shape."""

from __future__ import annotations

from typing import NamedTuple

from octopus_cards._base.narrowing import is_list, is_mapping
from octopus_cards._base.responses import RawResponse

# The fields in which servers and proxies put a text for people, the documented one first.
_TEXTS = ("message", "error_description", "detail", "title", "description", "error", "reason")


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
        return ErrorText()
    return _read(body)


def _read(body: object) -> ErrorText:
    if isinstance(body, str):
        return ErrorText(message=body)
    if is_list(body):
        texts = [text for text in map(_read, body) if text.message is not None]
        return texts[0]._replace(message="; ".join(text.message or "" for text in texts)) if texts else ErrorText()
    if not is_mapping(body):
        return ErrorText()
    nested = body.get("error") if is_mapping(body.get("error")) else body.get("errors")
    if nested and (is_mapping(nested) or is_list(nested)):
        inner = _read(nested)
        if inner != ErrorText():
            return inner
    values = (body.get(key) for key in _TEXTS)
    message = next((value for value in values if isinstance(value, str) and value), None)
    return ErrorText(_scalar(body.get("name")), _scalar(body.get("code")), message)


def _scalar(value: object) -> str | None:
    """Return a name or code as text: some servers send a number."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
