"""Read the arguments of `verify`: the body, and headers in the forms that frameworks use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, cast

from octopus_cards._base.narrowing import is_list
from octopus_cards.webhooks._hidden import Delivery

Body = bytes | bytearray | memoryview


class HasItems(Protocol):
    """Headers of a framework: a mapping, or a class of its own with pairs of names and values."""

    def items(self) -> Iterable[tuple[Any, Any]]:
        """Return the pairs; a name may come several times."""
        ...


Headers = Mapping[str, Any] | HasItems | Iterable[tuple[Any, Any]]


def delivery_of(body: Body, headers: Headers) -> Delivery:
    """Return a request.

    Raises:
        TypeError: The body is no bytes, or the headers are neither a mapping nor pairs.
    """
    return Delivery(raw_body(body), _by_name(headers))


def raw_body(body: object) -> bytes:
    """Return the bytes of a body.

    Raises:
        TypeError: It is text or a parsed body.
    """
    if isinstance(body, Body):
        return bytes(cast("bytes", body))
    kind = type(body).__name__
    why = "text that was decoded" if isinstance(body, str) else "a parsed body"
    raise TypeError(
        f"body must be the bytes as received, got {kind}: the signature covers exactly those bytes, and {why} need not "
        "give them back. Read the raw body before anything parses it"
    )


def _by_name(headers: object) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in _pairs(headers):
        if (text := _text(name)) is not None:
            found.setdefault(_plain_name(text), []).extend(_texts(value))
    return found


def _pairs(headers: object) -> Iterator[tuple[object, object]]:
    items = getattr(headers, "items", None)
    pairs = items() if callable(items) else headers
    if isinstance(pairs, str | bytes) or not isinstance(pairs, Iterable):
        raise TypeError(f"headers must be a mapping or pairs of names and values, got {type(headers).__name__}")
    for pair in cast("Iterable[object]", pairs):
        if is_list(pair) and len(pair) == 2:
            yield pair[0], pair[1]


def _plain_name(name: str) -> str:
    """Return a name in lower case; WSGI and CGI write `X-Signature` as `HTTP_X_SIGNATURE`."""
    return name.strip().lower().replace("_", "-").removeprefix("http-")


def _texts(value: object) -> Iterator[str]:
    for each in value if is_list(value) else (value,):
        if (text := _text(each)) is not None:
            yield text


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, str) else None
