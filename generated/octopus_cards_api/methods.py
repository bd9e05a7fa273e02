# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
"""Methods of generated models: what the documentation says about their fields together.

`nox -s generate` copies this module from tools/generate/package; change it there.
"""

from __future__ import annotations

from decimal import Decimal


class TopupVariantMethods:
    """The methods of `TopupVariant`."""

    __slots__ = ()
    fixed_amounts: tuple[Decimal, ...] | None
    min_amount: Decimal | None
    max_amount: Decimal | None

    def accepts(self, amount: Decimal | int | str) -> bool:
        """Return whether an order of this amount fits the variant.

        It is one of `fixed_amounts`, or from `min_amount` to `max_amount`. A bound that is absent does not limit; a
        variant with neither amounts nor bounds accepts nothing. The server decides in the end.

        Args:
            amount: The amount in the currency of the variant.

        Raises:
            TypeError: The amount is a float, or no number.
            ValueError: The amount is text that is no number.

        Source: documentation page reference/topups/variants (seen in part).
        """
        number = _exact(amount)
        if self.fixed_amounts:
            return number in self.fixed_amounts
        low, high = self.min_amount, self.max_amount
        if number <= 0 or (low is None and high is None):
            return False
        return (low is None or number >= low) and (high is None or number <= high)


def _exact(amount: object) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int | str):
        hint = (
            " (a float cannot hold every amount exactly)"
            if isinstance(amount, float)
            else ""
        )
        raise TypeError(
            f"amount must be a Decimal, an int, or a str of digits, got {type(amount).__name__}{hint}"
        )
    try:
        number = Decimal(amount)
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"amount must be a finite number, got {type(amount).__name__}")
    return number
