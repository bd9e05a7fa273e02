"""The exceptions that end a wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from octopus_cards._base.exceptions import OctopusCardsError


class _WaitError(OctopusCardsError):
    """The base of the errors that end a wait.

    Attributes:
        items: All orders that are not final yet and were read, as last read.
    """

    items: tuple[Any, ...] = ()

    @property
    def orders(self) -> tuple[Any, ...]:
        """The same as `items`."""
        return self.items


class WaitTimeoutError(_WaitError, TimeoutError):
    """An order was not final within the time of the wait. It may still complete: nothing was cancelled.

    It is also a TimeoutError.

    Attributes:
        items: All orders that are not final yet, as last read; `orders` is the same.
        elapsed: How many seconds the wait took.
        polls: How many times orders were read.
    """

    elapsed: float
    polls: int

    @classmethod
    def after(cls, label: str, items: Sequence[Any], *, elapsed: float, polls: int) -> Self:
        """Return the exception for a wait that read these items last."""
        first, others = items[0], len(items) - 1
        more = f" (and {others} other{'s'[: others > 1]})" if others else ""
        error = cls(
            f"{label} {first.id} is still {first.status}{more} after {elapsed:.1f} s and "
            f"{polls} read{'s'[: polls > 1]}. It may still complete: wait again, or set a notification e-mail."
        )
        error.items, error.elapsed, error.polls = tuple(items), elapsed, polls
        return error

    @property
    def order(self) -> Any:
        """The first of `items`."""
        return self.items[0]


class WaitCancelledError(_WaitError):
    """The caller's `cancel` ended the wait; the orders themselves continue.

    Attributes:
        items: All orders that are not final yet and were read, as last read; `orders` is the same.
    """

    @classmethod
    def after(cls, label: str, ids: Sequence[int], items: Sequence[Any]) -> Self:
        """Return the exception for a wait for these ids that read those items last."""
        last_read = f"last read {items[0].status}" if items else "not read yet"
        others = f" and {len(ids) - 1} more" if len(ids) > 1 else ""
        error = cls(f"the wait for {label} {ids[0]}{others} was cancelled ({last_read}); the orders are not affected")
        error.items = tuple(items)
        return error

    @property
    def order(self) -> Any | None:
        """The first of `items`; None when none was read yet."""
        return self.items[0] if self.items else None
