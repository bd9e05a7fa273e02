"""Recognize collections, so that a type checker knows the type of their items; after `isinstance` it does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Return whether the value is a mapping."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether the value is a list or a tuple."""
    return isinstance(value, list | tuple)


def is_sequence(value: object) -> TypeGuard[Sequence[object]]:
    """Return whether the value is a sequence, and no text."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def is_iterable(value: object) -> TypeGuard[Iterable[object]]:
    """Return whether the value is an iterable, and no text."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytes)
