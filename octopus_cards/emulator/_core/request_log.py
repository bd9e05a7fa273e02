"""What an emulator received."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, repr=False)
class ReceivedRequest:
    """A request as it arrived.

    Attributes:
        method: The HTTP method.
        path: The path, without its query.
        query: The query's parameters; of repeated ones the last.
        headers: The headers by their names in lower case; the token is among them.
        body: The body.
        at: When it arrived, by the emulator's clock.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime.datetime

    def json(self) -> Any:
        """The decoded body.

        Raises:
            ValueError: It is not JSON.
        """
        return json.loads(self.body)

    def __repr__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"<{self.method} {self.path}{'?' if query else ''}{query} at {self.at:%H:%M:%S}>"
