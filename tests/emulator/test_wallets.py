"""The money of the wallets is exact: what orders take and give back explains every balance."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator import Assumptions, Emulator
from support.emulator_requests import ORDERS as PATH

CENTS = st.decimals("0.0001", "99999.9999", places=4)
PLANS = st.sampled_from([{"delivered_after": 5.0}, {"failed_after": 5.0}, {"cancelled_after": 70.0}, {}])
# For each order: its amount, the number of its wallet, and how it goes.
ORDERS = st.lists(st.tuples(CENTS, st.integers(0, 3), PLANS), max_size=12)


def test_an_account_starts_with_two_full_wallets(emulator: Emulator) -> None:
    assert [(wallet.currency, wallet.balance > 10**6) for wallet in emulator.wallets] == [("USD", True), ("INR", True)]
    assert emulator.transactions == ()


def test_an_added_wallet_has_its_exact_balance(emulator: Emulator) -> None:
    added = [emulator.add_wallet("EUR", balance) for balance in ("0.1000", 7, Decimal("1e3"), "-5")]
    wallets = {wallet.id: wallet for wallet in emulator.wallets}
    assert [str(wallets[wallet_id].balance) for wallet_id in added] == ["0.1000", "7", "1E+3", "-5"]
    assert len(wallets) == 6
    with pytest.raises(ValueError, match="balance must be a number, got 'much'"):
        emulator.add_wallet("EUR", "much")


@pytest.mark.parametrize("precision", [28, 3])
@pytest.mark.parametrize("exact", [True, False])
@given(orders=ORDERS, fee=CENTS, balance=CENTS, seconds=st.sampled_from([0.0, 6.0, 60.0, 600.0]))
def test_debits_and_refunds_sum_up_to_the_change_of_each_balance(
    precision: int,
    exact: bool,
    orders: list[tuple[Decimal, int, dict[str, Any]]],
    fee: Decimal,
    balance: Decimal,
    seconds: float,
) -> None:
    emulator = Emulator(limits=None, assumptions=Assumptions(conversion_fee=fee, charges_are_exact=exact))
    emulator.add_wallet("JPY", balance)
    emulator.add_wallet("KWD", balance)
    product_id = emulator.add_product(variants=[{"min_amount": "0.0001", "max_amount": 10**6}])
    before = emulator.wallets
    with localcontext() as context:
        context.prec = precision  # the arithmetic of a test does not matter
        for amount, number, plan in orders:
            place_exactly(emulator, product_id, amount, before[number].id, plan)
        emulator.clock.advance(seconds)
        after = {wallet.id: wallet.balance for wallet in emulator.wallets}
        transactions = emulator.transactions
    with localcontext() as context:
        context.prec = 60
        for wallet in before:
            moved = [each for each in transactions if each.wallet_id == wallet.id]
            signed = [each.amount if each.kind == "REFUND" else -each.amount for each in moved]
            assert after[wallet.id] - wallet.balance == sum(signed, Decimal(0))
            assert after[wallet.id] >= 0
            assert not moved or moved[-1].balance == after[wallet.id]
    assert len({each.id for each in transactions}) == len(transactions)
    refunded = [each.order_id for each in transactions if each.kind == "REFUND"]
    assert len(set(refunded)) == len(refunded)


def place_exactly(emulator: Emulator, product_id: int, amount: Decimal, wallet_id: int, plan: dict[str, Any]) -> None:
    """Place an order whose amount is sent with all its digits; one without funds is refused."""
    emulator._account.plans._plans.clear()
    emulator.plan_next_order(**plan)
    body = f'{{"product_id":{product_id},"amount":{amount:f},"wallet_id":{wallet_id},"input_data":{{"player_id":"1"}}}}'
    headers = {"authorization": f"Bearer {emulator.token}"}
    response = emulator.handle(Incoming("POST", PATH, headers, body.encode()))
    assert response.status_code == 200 or response.json()["error"]["code"] == "INSUFFICIENT_FUNDS"
