"""What a blocking client is made of: the HTTP library, the generated client, and all that works on them."""

from __future__ import annotations

from random import Random, SystemRandom

from msgspec import Struct

from octopus_cards._auth import credentials, log_out
from octopus_cards._base.clock import Clock, SystemClock
from octopus_cards._base.config import KeyPair, Token, check_attempts, check_clock
from octopus_cards._base.redaction import shown
from octopus_cards._engine.exchange import Session
from octopus_cards._engine.retry import Budget, OnRetry, Retry, Retrying
from octopus_cards._io.connections import Connection, SyncTransport
from octopus_cards._io.drivers import BlockingDriver
from octopus_cards.resources._flows import OrderFlows
from octopus_cards.resources._sync.topup_orders import TopupOrders

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
