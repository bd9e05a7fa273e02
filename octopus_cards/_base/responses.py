"""The raw HTTP response, before it is interpreted."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

# Those that servers and proxies send; a parameter such as the charset is not shown.
_CONTENT_TYPE = re.compile(r"no content type|(?:application|text)/(?:json|problem\+json|html|plain|xml)\b(?![/+.-])")


def http_date(text: str | None) -> datetime.datetime | None:
    """Return the aware moment in a header; None where it holds no date."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


@dataclass(frozen=True, slots=True, repr=False)
class RawResponse:
    """A response as it was received.

    Attributes:
        status_code: The HTTP status.
        headers: The headers by lower-case name; repeated headers are joined by a comma.
        content: The body.
        attempt: The number of the attempt that it answers, starting at 1.
    """

    __module__ = "octopus_cards"

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    attempt: int = 1

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case; None where it is missing."""
        return self.headers.get(name.lower())

    @property
    def request_id(self) -> str | None:
        """The `X-Request-Id`; None where the server omits it."""
        return self.header("X-Request-Id")

    def json(self) -> Any:
        """Return the decoded body; numbers with a decimal point are exact Decimals.

        Raises:
            ValueError: The body is not JSON.
        """
        try:
            return json.loads(self.content, parse_float=Decimal, parse_constant=_refuse_constant)
        except (ValueError, RecursionError, ArithmeticError) as error:
            problem = type(error).__name__
        # Raised outside the except block, because the decoder's exception holds the whole body.
        # A content type that is none may echo a token.
        kind = self.header("Content-Type") or "no content type"
        kind = kind if _CONTENT_TYPE.match(kind) else "another content type"
        raise ValueError(f"not JSON but {len(self.content)} bytes ({kind}; {problem})")

    def __repr__(self) -> str:
        return f"RawResponse(status_code={self.status_code}, {len(self.content)} bytes)"
