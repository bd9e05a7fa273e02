"""JSON with the digits of a Decimal, which the standard encoder cannot write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast


def encode(value: Any) -> str:
    """The JSON text of a value."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            items = cast("dict[object, Any]", value).items()
            return "{" + ",".join(f"{json.dumps(str(key))}:{encode(item)}" for key, item in items) + "}"
        case list() | tuple():
            return "[" + ",".join(map(encode, cast("Sequence[Any]", value))) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
