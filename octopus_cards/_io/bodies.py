"""Bodies of responses, decoded within bounds."""

from __future__ import annotations

import zlib
from typing import Any

import httpx

from octopus_cards._base.exceptions import InvalidResponseError
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.operation import Call
from octopus_cards._engine.outcomes import invalid_response

# Some 25 times the largest page that was seen. A bound on the decoded size also bounds what a JSON body turns into.
MAX_BODY_SIZE = 8 * 2**20
_GZIP = 31  # zlib's number for the gzip format


class BodyReader:
    """Collects the body of a response.

    Raises:
        InvalidResponseError: The body has an encoding that was not offered, is not encoded so, or is too large.
    """

    def __init__(self, call: Call[Any], response: httpx.Response) -> None:
        self._call = call
        self._response = response
        self._parts: list[bytes] = []
        self._size = 0
        codings = [each.strip().lower() for each in response.headers.get("Content-Encoding", "").split(",")]
        named = [each for each in codings if each not in ("", "identity")]
        if named not in ([], ["gzip"]):
            raise self._invalid("it has a content encoding that was not offered")
        self._gunzip = Gunzip() if named else None

    def feed(self, part: bytes) -> None:
        """Take the next received bytes."""
        room = MAX_BODY_SIZE - self._size
        decoded = part if self._gunzip is None else self._gunzip.decode(part, room)
        if decoded is None:
            raise self._invalid("the body is not gzip, as its header says")
        if len(decoded) > room:
            raise self._invalid(f"the body is larger than {MAX_BODY_SIZE >> 20} MiB")
        self._parts.append(decoded)
        self._size += len(decoded)

    def finish(self) -> RawResponse:
        """Return the complete response."""
        if self._gunzip is not None and not self._gunzip.is_complete:
            raise self._invalid("the body is incomplete gzip")
        return RawResponse(self._response.status_code, _headers(self._response), b"".join(self._parts))

    def _invalid(self, problem: str) -> InvalidResponseError:
        response = RawResponse(self._response.status_code, _headers(self._response), b"")
        return invalid_response(self._call, response, problem, response.request_id)


class Gunzip:
    """Decodes gzip of one or more members."""

    def __init__(self) -> None:
        self._member: Any = None

    @property
    def is_complete(self) -> bool:
        """Whether the data so far is nothing, or whole members."""
        return self._member is None or self._member.eof

    def decode(self, data: bytes, room: int) -> bytes | None:
        """Return the decoded bytes, or more than `room` if there are more; None if this is not gzip."""
        parts, size = list[bytes](), 0
        while data and size <= room:
            if self._member is None or self._member.eof:
                self._member = zlib.decompressobj(_GZIP)
            try:
                part = self._member.decompress(data, room + 1 - size)
            except zlib.error:
                return None
            parts.append(part)
            size += len(part)
            data = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        return b"".join(parts)


def _headers(response: httpx.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in response.headers.multi_items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
