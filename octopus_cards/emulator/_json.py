"""JSON with the digits of a Decimal, which the standard encoder cannot write."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def encode(value: Any) -> str:
    """The JSON text of a value."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            return "{" + ",".join(f"{json.dumps(str(key))}:{encode(item)}" for key, item in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(encode(item) for item in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
