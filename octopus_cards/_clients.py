"""The two clients: what a user makes first."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from types import TracebackType
from typing import Self

from octopus_cards._clock import Clock, SystemClock
from octopus_cards._config import (
    Timeouts,
    Token,
    check_attempts,
    check_clock,
    resolve_base_url,
    resolve_timeouts,
    resolve_token,
)
from octopus_cards._drivers import AsyncDriver, BlockingDriver
from octopus_cards._exchange import Session
from octopus_cards._order_flows import OrderFlows
from octopus_cards._orders import TopupOrders
from octopus_cards._orders_async import AsyncTopupOrders
from octopus_cards._redaction import shown
from octopus_cards._wire import AsyncConnection, AsyncTransport, Connection, SyncTransport


@dataclass(frozen=True, slots=True)
class Topups:
    """Game credit and mobile recharges."""

    orders: TopupOrders


@dataclass(frozen=True, slots=True)
class AsyncTopups:
    """Game credit and mobile recharges, awaited."""

    orders: AsyncTopupOrders


def _session(token: Token | None, attempts: int, clock: Clock | None, jitter: Random | None) -> Session:
    clock = SystemClock() if clock is None else clock
    check_clock(clock)
    if not isinstance(jitter, Random | None):
        raise TypeError(f"jitter must be a random.Random, got {shown(jitter)}")
    return Session(resolve_token(token), check_attempts(attempts), clock, jitter or Random())


class OctopusCards:
    """A client of the Octopus Cards API for callers who block; threads may share one.

    Args:
        token: The access token (a JWT, good for an hour), or a callable that returns one and is asked before
            every request; else the environment variable OCTOPUS_CARDS_TOKEN.
        environment: "production", where orders cost money, or "sandbox".
        base_url: Another server, instead of `environment`; else the environment variable
            OCTOPUS_CARDS_BASE_URL. Plain http is allowed towards this machine only.
        timeout: How long each phase of one attempt may take: seconds, or `Timeouts` (connect 10 s, and 30 s
            until the next bytes of the answer, by default). It does not bound an attempt as a whole.
        attempts: How often one call may be tried in all, the first included. A try that did not reach the
            server is repeated; one that was lost, or answered by 500, 502, 503, 504 or 429, is repeated if
            doing it twice does no more than doing it once (all calls there are). In between it waits up to
            200 ms, doubling up to 10 s, all of it jitter; after a 429 as long as the server asks, and if
            that is over 120 s it raises at once.
        clock: Where the time comes from; for tests.
        jitter: What the jitter between tries is drawn from; for tests that shall repeat to the letter.
        transport: The escape hatch: a transport of the HTTP library (httpx.BaseTransport). Proxies named in
            the environment are then its own affair.

    Attributes:
        topups: Game credit and mobile recharges; `topups.orders` are the orders.

    Raises:
        ValueError, TypeError: An argument is not valid, or there is no token.
    """

    topups: Topups

    def __init__(
        self,
        token: Token | None = None,
        *,
        environment: str = "production",
        base_url: str | None = None,
        timeout: Timeouts | float = Timeouts(),  # noqa: B008 - frozen
        attempts: int = 4,
        clock: Clock | None = None,
        jitter: Random | None = None,
        transport: SyncTransport | None = None,
    ) -> None:
        session = _session(token, attempts, clock, jitter)
        self._base_url = resolve_base_url(base_url, environment)
        self._connection = Connection(self._base_url, resolve_timeouts(timeout), transport)
        driver = BlockingDriver(self._connection, session.clock)
        self.topups = Topups(TopupOrders(driver, OrderFlows(session)))

    def close(self) -> None:
        """Closes every connection. A second time does nothing; a call after it raises NotSentError."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._base_url!r})"


class AsyncOctopusCards:
    """A client of the Octopus Cards API for callers who await, under asyncio or trio; tasks may share one.

    Takes what `OctopusCards` takes; `token` may be an async callable, and `transport` is an
    httpx.AsyncBaseTransport.
    """

    topups: AsyncTopups

    def __init__(
        self,
        token: Token | None = None,
        *,
        environment: str = "production",
        base_url: str | None = None,
        timeout: Timeouts | float = Timeouts(),  # noqa: B008 - frozen
        attempts: int = 4,
        clock: Clock | None = None,
        jitter: Random | None = None,
        transport: AsyncTransport | None = None,
    ) -> None:
        session = _session(token, attempts, clock, jitter)
        self._base_url = resolve_base_url(base_url, environment)
        self._connection = AsyncConnection(self._base_url, resolve_timeouts(timeout), transport)
        driver = AsyncDriver(self._connection, session.clock)
        self.topups = AsyncTopups(AsyncTopupOrders(driver, OrderFlows(session)))

    async def aclose(self) -> None:
        """Closes every connection. A second time does nothing; a call after it raises NotSentError."""
        await self._connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._base_url!r})"
