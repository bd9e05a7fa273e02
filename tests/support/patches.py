"""Documents that differ from another in a few lines, and are kept as these lines."""

from __future__ import annotations

from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """A JSON merge patch applied (RFC 7396): null removes."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        result[key] = merged(result.get(key), value)
        if value is None:
            del result[key]
    return result
