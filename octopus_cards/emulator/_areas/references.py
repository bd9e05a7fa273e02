"""The client references of an account that are in use."""

from __future__ import annotations

import datetime
from collections.abc import Callable


class UsedReferences:
    """The references that a new order must not have.

    Args:
        now: The time of day.
        lifetime: How many seconds a reference stays in use; None for ever.
        case_sensitive: Whether references that differ only in case are different.
    """

    def __init__(self, now: Callable[[], datetime.datetime], lifetime: float | None, *, case_sensitive: bool) -> None:
        self._now = now
        self._lifetime = None if lifetime is None else datetime.timedelta(seconds=lifetime)
        self._case_sensitive = case_sensitive
        self._used: dict[str, datetime.datetime] = {}

    def is_used(self, reference: str) -> bool:
        """Return whether the reference is in use now."""
        used_at = self._used.get(self._key(reference))
        return used_at is not None and (self._lifetime is None or self._now() < used_at + self._lifetime)

    def use(self, reference: str) -> None:
        """Take the reference into use, from now on; one that is in use stays so and no longer than before."""
        if not self.is_used(reference):
            self._used[self._key(reference)] = self._now()

    def release(self, reference: str) -> None:
        """Make the reference free."""
        self._used.pop(self._key(reference), None)

    def _key(self, reference: str) -> str:
        return reference if self._case_sensitive else reference.lower()
