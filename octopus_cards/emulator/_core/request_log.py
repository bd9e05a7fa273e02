"""The requests that an emulator received."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedRequest:
    """A request as it arrived. Its repr shows no header and no body.

    Attributes:
        method: The HTTP method.
        path: The path, without the query.
        query: The query parameters; of a repeated one, the last value.
        headers: The headers by their lower-case names, including the token.
        body: The body.
        at: When the request arrived, by the emulator's clock.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime.datetime

    def json(self) -> Any:
        """Decode the body. A number with a fraction becomes a Decimal with every digit that was sent.

        Raises:
            ValueError: The body is not JSON.
        """
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_refuse_constant)
        except (RecursionError, ArithmeticError) as error:
            raise ValueError(f"the body is not JSON that can be decoded: {type(error).__name__}") from None

    def __repr__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"<{self.method} {self.path}{'?' if query else ''}{query} at {self.at:%H:%M:%S}>"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
