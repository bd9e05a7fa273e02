"""An emulator of the Octopus Cards API: in process for tests, over HTTP for every language.

    emulator = Emulator(seed=0)
    order_id = emulator.add_topup_order(delivered_after=8.0)
    with emulator.client() as client:
        assert client.topups.orders.wait(order_id).status == "DELIVERED"  # without waiting in real time

It implements the documented behaviour and nothing more convenient. `Assumptions` lists what the documentation leaves
open and what the emulator does instead. Nobody has compared it with the live API.
"""

from octopus_cards.emulator._areas.wallets import Wallet, WalletTransaction
from octopus_cards.emulator._assumptions import Assumptions
from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.problems import Problem
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.webhook_sender import WebhookAttempt, WebhookSender
from octopus_cards.emulator._emulator import Emulator
from octopus_cards.emulator._scenarios import Scenario

__all__ = [
    "Assumptions",
    "Emulator",
    "EmulatorClock",
    "Problem",
    "ReceivedRequest",
    "Scenario",
    "Wallet",
    "WalletTransaction",
    "WebhookAttempt",
    "WebhookSender",
]
