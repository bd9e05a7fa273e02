"""A small package."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

__all__ = ["LIMIT", "NotFoundError", "Order", "Pages", "Status", "find", "page"]
LIMIT: int = 500


class Status(Enum):
    """The status of an order."""

    PENDING = "PENDING"


class _BaseError(Exception):
    @property
    def code(self) -> str:
        """The error code."""
        return "X"

    def again(self, after: float = 1.0) -> bool:
        """Whether to retry."""
        return bool(after)


class ClientError(_BaseError):
    """A call failed."""


class NotFoundError(ClientError):
    """No such order exists."""


@dataclass
class Order:
    """An order."""

    id: int
    status: str
    amount: Decimal | None = None

    def cancel(self, reason: str = "") -> bool:
        """Cancel the order."""
        return bool(reason)


class Pages:
    """A sequence of pages."""

    def __len__(self) -> int:
        return 0


def find(reference: str | int) -> Order | None:
    """Find an order."""
    return Order(1, str(reference))


def page(number: int = 1, *, per_page: int = 50) -> list[Order]:
    """Return a page of orders."""
    return [Order(number, "PENDING")] * per_page


def _private(number: int) -> int:
    return number
