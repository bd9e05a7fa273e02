"""What a blocking client is made of: the HTTP library, the generated client, and all that works on them."""

from __future__ import annotations

from random import Random, SystemRandom

from msgspec import Struct

from octopus_cards._clock import Clock, SystemClock
from octopus_cards._config import KeyPair, Token, check_attempts, check_clock
from octopus_cards._credentials import credentials, log_out
from octopus_cards._drivers import BlockingDriver
from octopus_cards._exchange import Session
from octopus_cards._order_flows import OrderFlows
from octopus_cards._orders import TopupOrders
from octopus_cards._redaction import shown
from octopus_cards._retrying import Budget, OnRetry, Retry, Retrying
from octopus_cards._wire import Connection, SyncTransport

__all__ = [
    "BlockingDriver",
    "Connection",
    "OnRetry",
    "OrderFlows",
    "Retry",
    "SyncTransport",
    "TopupOrders",
    "Topups",
    "log_out",
    "session",
]


class Topups(Struct, frozen=True):
    """Game credit and mobile recharges."""

    orders: TopupOrders


def session(
    source: Token | KeyPair, attempts: int, clock: Clock | None, random: Random | None, on_retry: OnRetry | None
) -> Session:
    """What the calls of a client share."""
    clock = SystemClock() if clock is None else clock
    check_clock(clock)
    if not isinstance(random, Random | None):
        raise TypeError(f"random must be a random.Random, got {shown(random)}")
    if on_retry is not None and not callable(on_retry):
        raise TypeError(f"on_retry must be a callable or None, got {shown(on_retry)}")
    # The system's: processes that were forked from one another must not draw the same.
    random = random or SystemRandom()
    retrying = Retrying(check_attempts(attempts), random, Budget.for_retries(clock), on_retry)
    return Session(credentials(source, clock), clock, random, retrying)
