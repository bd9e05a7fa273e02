"""Exact money: operations that fail rather than round, and the one rounding that the API performs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation

# Enough for every amount within the bounds below; a result that does not fit raises instead of losing a digit.
EXACT = Context(prec=100, traps=[InvalidOperation, Inexact])
_ROUNDING = Context(prec=100, rounding=ROUND_HALF_UP, traps=[InvalidOperation])
_CENT = Decimal("0.01")
_WHOLE_DIGITS, _DECIMALS = 20, 10


def exact_amount(name: str, value: Decimal | int | str) -> Decimal:
    """Return a number of a test as a Decimal.

    Raises:
        TypeError: It is not a Decimal, an int or text.
        ValueError: It is not a finite number, or has more than 20 digits before the point or 10 after it.
    """
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise TypeError(f"{name} must be a Decimal, an int or a str, got {value!r}")
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"{name} must be a number, got {value!r}") from None
    if not amount.is_finite() or amount.adjusted() >= _WHOLE_DIGITS or _decimals(amount) > _DECIMALS:
        raise ValueError(f"{name} must have at most 20 digits before the point and 10 after it, got {value!r}")
    return amount


def is_whole_number_of(step: Decimal, amount: Decimal) -> bool:
    """Return whether an amount below 10^20 is a multiple of a power of ten."""
    return amount == amount.quantize(step, context=_ROUNDING)


def rounded_quotient(dividend: Decimal, divisor: Decimal, step: Decimal) -> Decimal:
    """Return a quotient with as many decimals as `step`."""
    return _ROUNDING.divide(dividend, divisor).quantize(step, context=_ROUNDING)


def round_to_cents(amount: Decimal) -> Decimal:
    """Return an amount with two decimals, halves away from zero, as the API rounds converted amounts."""
    return amount.quantize(_CENT, context=_ROUNDING)


def _decimals(amount: Decimal) -> int:
    return max(-int(amount.as_tuple().exponent), 0)
