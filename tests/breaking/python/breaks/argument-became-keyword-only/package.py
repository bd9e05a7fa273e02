"""A small package."""

from dataclasses import dataclass

__all__ = ["LIMIT", "Order", "find", "page"]
LIMIT: int = 500


@dataclass
class Order:
    """An order."""

    id: int
    status: str

    def cancel(self, reason: str = "") -> bool:
        """Cancels."""
        return bool(reason)


def find(reference: str) -> Order | None:
    """Finds."""
    return Order(1, reference)


def page(*, number: int = 1, per_page: int = 50) -> list[Order]:
    """Pages."""
    return [Order(number, "PENDING")] * per_page


def _private(number: int) -> int:
    return number
