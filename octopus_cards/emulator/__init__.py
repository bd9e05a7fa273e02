"""A stand-in for the Octopus Cards API: in process for tests, over HTTP for every language.

    emulator = Emulator(seed=0)
    order_id = emulator.add_order(delivered_after=8.0)
    with emulator.client() as client:
        assert client.topups.orders.wait(order_id).status == "DELIVERED"  # takes no time

It behaves as documented and nowhere better; where the documentation leaves something open, `Assumptions`
names what is assumed instead. Nobody has compared it with the live API.
"""

from octopus_cards.emulator._core.assumptions import Assumptions
from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.emulator import Emulator
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.scenarios import Scenario

__all__ = ["Assumptions", "Emulator", "EmulatorClock", "ReceivedRequest", "Scenario"]
