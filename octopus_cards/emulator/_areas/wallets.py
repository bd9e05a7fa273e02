"""The wallets of an account, and what orders take from them and give back."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from octopus_cards.emulator._core.money import EXACT

# Above every id that a debit can have, which is derived from the id of its order.
_FIRST_REFUND = 50_000_001
_FIRST_WALLET = 301


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """A wallet as it was when it was read.

    Attributes:
        id: The wallet's id.
        currency: Its currency.
        balance: Its money, exact.
    """

    id: int
    currency: str
    balance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletTransaction:
    """A debit by an order, or its refund.

    Attributes:
        id: The transaction's id; a debit's is the `transaction_id` of its order.
        wallet_id: The wallet.
        order_id: The order.
        kind: "DEBIT" or "REFUND".
        amount: How much moved, above 0.
        balance: The balance of the wallet after it.
        at: When it happened.
    """

    id: int
    wallet_id: int
    order_id: int
    kind: Literal["DEBIT", "REFUND"]
    amount: Decimal
    balance: Decimal
    at: datetime.datetime


class Wallets:
    """The wallets by id. The first one is that of the client's default currency."""

    def __init__(self) -> None:
        self._wallets: dict[int, Wallet] = {}
        self._transactions: list[WalletTransaction] = []
        self._refundable: dict[int, WalletTransaction] = {}  # the debit of each order that was not refunded
        self._refunds = 0

    def add(self, currency: str, balance: Decimal) -> int:
        """Add a wallet and return its id."""
        wallet_id = _FIRST_WALLET + len(self._wallets)
        self._wallets[wallet_id] = Wallet(id=wallet_id, currency=currency, balance=balance)
        return wallet_id

    def get(self, wallet_id: int) -> Wallet | None:
        """Return the wallet with this id."""
        return self._wallets.get(wallet_id)

    def for_currency(self, currency: str) -> Wallet:
        """Return the first wallet in this currency; without one, that of the default currency."""
        wallets = self.all()
        return next((wallet for wallet in wallets if wallet.currency == currency), wallets[0])

    def all(self) -> Sequence[Wallet]:
        """Return all wallets, in order of their addition."""
        return tuple(self._wallets.values())

    def transactions(self) -> Sequence[WalletTransaction]:
        """Return all debits and refunds, in order."""
        return tuple(self._transactions)

    def debit(
        self, wallet_id: int, amount: Decimal, *, order_id: int, transaction_id: int, at: datetime.datetime
    ) -> None:
        """Take the money for an order."""
        balance = self._move(wallet_id, amount.copy_negate())
        debit = WalletTransaction(
            id=transaction_id,
            wallet_id=wallet_id,
            order_id=order_id,
            kind="DEBIT",
            amount=amount,
            balance=balance,
            at=at,
        )
        self._transactions.append(debit)
        self._refundable[order_id] = debit

    def refund(self, order_id: int, at: datetime.datetime) -> None:
        """Give back what the order took, once; an order that took nothing is left alone."""
        debit = self._refundable.pop(order_id, None)
        if debit is not None:
            balance = self._move(debit.wallet_id, debit.amount)
            refund_id = _FIRST_REFUND + self._refunds
            self._refunds += 1
            self._transactions.append(replace(debit, id=refund_id, kind="REFUND", balance=balance, at=at))

    def _move(self, wallet_id: int, amount: Decimal) -> Decimal:
        wallet = self._wallets[wallet_id]
        balance = EXACT.add(wallet.balance, amount)
        self._wallets[wallet_id] = replace(wallet, balance=balance)
        return balance
