"""What the body of an error response says, whatever its shape."""

from __future__ import annotations

from typing import Any, NamedTuple

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


def _read(body: Any) -> ErrorText:
    if isinstance(body, str):
        return ErrorText(message=body)
    if isinstance(body, list):
        texts = [text for text in map(_read, body) if text.message is not None]
        return texts[0]._replace(message="; ".join(text.message or "" for text in texts)) if texts else ErrorText()
    if not isinstance(body, dict):
        return ErrorText()
    nested = body.get("error") if isinstance(body.get("error"), dict) else body.get("errors")
    if isinstance(nested, dict | list) and nested:
        inner = _read(nested)
        if inner != ErrorText():
            return inner
    message = next((body[key] for key in _TEXTS if isinstance(body.get(key), str) and body[key]), None)
    return ErrorText(_scalar(body.get("name")), _scalar(body.get("code")), message)


def _scalar(value: Any) -> str | None:
    """Return a name or code as text: some servers send a number."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
