"""The options of `octopus-cards verify`."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation

VERIFY = "learn from the sandbox what the documentation leaves open about placing orders"
VERIFY_DESCRIPTION = (
    "Place a few topup orders in the sandbox and check eight facts that the documentation leaves open and that placing "
    "orders depends on. The sandbox token comes from OCTOPUS_CARDS_TOKEN, or the key from OCTOPUS_CARDS_API_KEY and "
    "OCTOPUS_CARDS_API_SECRET. The command never orders in production. Exit status: 0 if every fact that orders depend "
    "on agrees with the client, 1 if a fact contradicts it, 2 for a wrong option or setting, 3 if no fact contradicts "
    "it and one that orders depend on could not be determined."
)


def add_verify_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    add = parser.add_argument
    add("--sandbox", action="store_true", required=True, help="confirm that the credentials are those of the sandbox")
    add("--product-id", type=_positive, metavar="ID", help="product to order (default: the first gaming product)")
    add("--amount", type=_amount, help="amount to order (default: the cheapest fixed amount of the product)")
    add(
        "--input",
        type=_input,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="data of the recipient, as the product requires it; may be repeated",
    )
    add("--output", metavar="FILE", help="write the report to this file, as JSON")
    add("--yes", action="store_true", help="do not ask before the orders are placed")


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number above 0, got {text!r}")
    return number


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise argparse.ArgumentTypeError(f"must be a number above 0, got {text!r}")
    return amount


def _input(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not name or not separator or not value:
        # The text may be data of a person, so the message leaves it out.
        raise argparse.ArgumentTypeError("must have the form NAME=VALUE")
    return name, value
