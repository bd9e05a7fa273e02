"""The two clients: what a user makes first.

Nothing heavy is imported with them: `_assembly` loads it with the first client that is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from octopus_cards._base.config import (
    PlainToken,
    Timeouts,
    Token,
    check_plain,
    resolve_base_url,
    resolve_credentials,
    resolve_timeouts,
)

if not TYPE_CHECKING:
    # Who asks for the types of the arguments at run time shall not meet names that are not loaded yet.
    Random = TracebackType = OnRetry = Retry = SyncTransport = AsyncTransport = Topups = AsyncTopups = Clock = Any
else:
    from random import Random
    from types import TracebackType

    from octopus_cards._assembly import OnRetry, Retry, SyncTransport, Topups
    from octopus_cards._assembly_async import AsyncTopups, AsyncTransport
    from octopus_cards._base.clock import Clock


class OctopusCards:
    """A client of the Octopus Cards API for callers who block; threads may share one.

    It may be shared with forked processes, too: each makes connections of its own.

    Args:
        token: The access token (a JWT, good for an hour), or a callable that returns one and is asked before
            every try (and, after a 401, once more); else the environment variable OCTOPUS_CARDS_TOKEN, which goes
            before a key and secret of the environment.
        api_key: Instead of a token, the API key (the user name of a login); else OCTOPUS_CARDS_API_KEY. The first
            call logs in, later ones renew the tokens five minutes before they expire (or a twelfth of their life
            before, where that is less), or when they are refused: once for all threads. A login that fails for a
            passing reason is tried again as a call is, after half a second, doubling up to 10. After one that was
            refused none is tried for 6 seconds, doubling up to 60, and calls raise the same at once; nothing of
            them was sent.
        api_secret: The secret of the key (the password of a login); else OCTOPUS_CARDS_API_SECRET.
        environment: "production", where orders cost money, or "sandbox".
        base_url: Another server, instead of `environment`; else the environment variable
            OCTOPUS_CARDS_BASE_URL. Plain http is allowed towards this machine only.
        timeout: How long each phase of one attempt may take: seconds, or `Timeouts` (connect 10 s, and 30 s
            until the next bytes of the answer, by default). It does not bound an attempt as a whole.
        attempts: How often one call may be tried in all, the first included. A try that did not reach the
            server is repeated; one that was lost, or answered by 500, 502, 503, 504 or 429, is repeated if
            doing it twice does no more than doing it once (all calls but `logout`). In between it waits up to
            200 ms, doubling up to 10 s, all of it jitter; or as long as the server asks (`Retry-After`), and if
            that is over 120 s it raises at once. All threads together repeat at most a hundred times in a row,
            then once a second, and once for ten calls that succeed. A 401 is met with a new token, where there
            is one, and one more try, which is not counted.
        clock: Where the time comes from; for tests.
        random: What jitter and request ids are drawn from; for tests that shall repeat to the letter.
        on_retry: Called before a call is tried again, with a `Retry`: how often it was tried, the delay in seconds,
            and the cause. What it raises ends the call.
        transport: The escape hatch: a transport of the HTTP library (httpx.BaseTransport). Proxies named in
            the environment are then its own affair; and after a fork a call raises NotSentError in the child,
            since both would use its connections.

    Attributes:
        topups: Game credit and mobile recharges; `topups.orders` are the orders.

    Raises:
        ValueError, TypeError: An argument is not valid, or there is no token.
    """

    __module__ = "octopus_cards"

    topups: Topups

    def __init__(
        self,
        token: PlainToken | None = None,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        environment: str = "production",
        base_url: str | None = None,
        timeout: Timeouts | float = Timeouts(),  # noqa: B008 - frozen
        attempts: int = 4,
        clock: Clock | None = None,
        random: Random | None = None,
        on_retry: Callable[[Retry], None] | None = None,
        transport: SyncTransport | None = None,
    ) -> None:
        check_plain("token", token)
        check_plain("on_retry", on_retry)
        from octopus_cards import _assembly as parts

        source = resolve_credentials(token, api_key, api_secret)
        self._session = session = parts.session(source, attempts, clock, random, on_retry)
        self._base_url = resolve_base_url(base_url, environment)
        self._connection = parts.Connection(self._base_url, resolve_timeouts(timeout), transport)
        self._driver = parts.BlockingDriver(self._connection, session.clock)
        self.topups = parts.Topups(parts.TopupOrders(self._driver, parts.OrderFlows(session)))

    def logout(self) -> None:
        """Revokes all tokens of the client account. It ends every other process of the account, too.

        One call, after a login where there is no token.

        Whoever uses the account gets 401 for the tokens that they have. A client that has the API key, this one
        among them, logs in again with its next call; one that was given a token is at its end. It is not tried
        again once it was sent; after an OutcomeUnknownError call it again, to be sure.

        Source: documentation page reference/authentication/logout.
        """
        from octopus_cards._assembly import log_out

        self._driver.run(log_out(self._session))

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

    Takes what `OctopusCards` takes; `token` and `on_retry` may be async callables, and `transport` is an
    httpx.AsyncBaseTransport. It serves one event loop, that of its first call; in another a call raises NotSentError.
    """

    __module__ = "octopus_cards"

    topups: AsyncTopups

    def __init__(
        self,
        token: Token | None = None,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        environment: str = "production",
        base_url: str | None = None,
        timeout: Timeouts | float = Timeouts(),  # noqa: B008 - frozen
        attempts: int = 4,
        clock: Clock | None = None,
        random: Random | None = None,
        on_retry: OnRetry | None = None,
        transport: AsyncTransport | None = None,
    ) -> None:
        from octopus_cards import _assembly_async as parts

        source = resolve_credentials(token, api_key, api_secret)
        self._session = session = parts.session(source, attempts, clock, random, on_retry)
        self._base_url = resolve_base_url(base_url, environment)
        self._connection = parts.AsyncConnection(self._base_url, resolve_timeouts(timeout), transport)
        self._driver = parts.AsyncDriver(self._connection, session.clock)
        self.topups = parts.AsyncTopups(parts.AsyncTopupOrders(self._driver, parts.OrderFlows(session)))

    async def logout(self) -> None:
        """Revokes all tokens of the client account, of every process. See `OctopusCards.logout`."""
        from octopus_cards._assembly_async import log_out

        await self._driver.run(log_out(self._session))

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
