"""Records that hide their content."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Redacted(Struct, frozen=True):
    """A record that holds tokens or personal data: its repr shows only its name."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<withheld>)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []
