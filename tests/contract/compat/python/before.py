"""A small package."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

__all__ = ["LIMIT", "Missing", "Order", "Pages", "Status", "find", "page"]
LIMIT: int = 500


class Status(Enum):
    """Where an order stands."""

    PENDING = "PENDING"


class _Failed(Exception):
    @property
    def code(self) -> str:
        """What it is called."""
        return "X"

    def again(self, after: float = 1.0) -> bool:
        """Whether to try again."""
        return bool(after)


class Failed(_Failed):
    """Something failed."""


class Missing(Failed):
    """There is none."""


@dataclass
class Order:
    """An order."""

    id: int
    status: str
    amount: Decimal | None = None

    def cancel(self, reason: str = "") -> bool:
        """Cancels."""
        return bool(reason)


class Pages:
    """A sequence."""

    def __len__(self) -> int:
        return 0


def find(reference: str | int) -> Order | None:
    """Finds."""
    return Order(1, str(reference))


def page(number: int = 1, *, per_page: int = 50) -> list[Order]:
    """Pages."""
    return [Order(number, "PENDING")] * per_page


def _private(number: int) -> int:
    return number
