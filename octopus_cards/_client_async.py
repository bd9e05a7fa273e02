"""The asynchronous client; the synchronous one is made from it.

Importing it loads nothing slow: the HTTP library and the models are loaded by the first client.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, Self

from octopus_cards._base.config import Environment, resolve_base_url, resolve_environment
from octopus_cards._base.credentials import AsyncToken, hide, resolve_credentials
from octopus_cards._base.timeouts import DEFAULT_DEADLINE, DEFAULT_TIMEOUTS, UNCHANGED, Timeouts, Unchanged

if TYPE_CHECKING:
    from random import Random
    from types import TracebackType

    from octopus_cards._base.clock import Clock
    from octopus_cards._base.responses import RawResponse
    from octopus_cards._engine.journal_entries import JournalStore
    from octopus_cards._engine.purchases import Placement
    from octopus_cards._engine.retry import AsyncOnRetry
    from octopus_cards._io.connections_async import AsyncTransport
    from octopus_cards._io.drivers_async import AsyncItems
    from octopus_cards.resources._async.topups import AsyncTopups
else:
    # For code that reads the annotations at run time, before these modules are loaded.
    Random = TracebackType = Clock = RawResponse = AsyncOnRetry = AsyncTransport = AsyncTopups = Any
    JournalStore = AsyncItems = Placement = Any


class AsyncOctopusCards:
    """Asynchronous client of the Octopus Cards API, under asyncio or trio; tasks may share it.

    It serves one event loop, that of its first call; in another one a call raises NotSentError.
    Forked processes may share it: each creates its own connections.

    Args:
        token: An access token (a JWT, valid for an hour), or a callable that returns one and is called before every
            attempt, and once more after a 401; else the environment variable OCTOPUS_CARDS_TOKEN, which takes
            precedence over key and secret of the environment.
        api_key: Instead of a token, the API key (the user name of the login); else OCTOPUS_CARDS_API_KEY. The first
            call logs in. Later calls renew the tokens five minutes before they expire (or a twelfth of their lifetime,
            where that is less), or when the server rejects them: once for all callers. A login that fails for a
            retryable reason is retried as calls are, after half a second, doubling up to 10. After a rejected login
            the client does not log in for 6 seconds. That time doubles with each rejection, up to 60. Until then each
            call raises the same error without sending anything.
        api_secret: The secret of the key (the password of the login); else OCTOPUS_CARDS_API_SECRET.
        environment: "production", where orders cost money, or "sandbox"; else OCTOPUS_CARDS_ENVIRONMENT; else
        production.
        base_url: Another server, instead of the one of the environment; else OCTOPUS_CARDS_BASE_URL. Plain http is
            allowed for loopback addresses only.
        timeout: How long each phase of one attempt may take: seconds, or `Timeouts` (by default 10 s to connect, and
            30 s between received bytes, or as long as the documentation says that the server may take).
        deadline: How long one call may take, in seconds, its retries, pauses and a login included; None for no limit. A
            response that arrives byte by byte ends with it as well. Only the lookup of a host name can take longer.
        attempts: How many times one call may be attempted, the first attempt included. An attempt that did not reach
            the server, or got 429, is repeated. One whose response was lost, or was 408, 425 or 5xx (but not 501, 505
            and 511), is repeated if the call is idempotent (every call except `logout` and `orders.create`). Between
            attempts the call waits up to 200 ms, doubling up to 10 s, with full jitter; or as long as the server asks
            (`Retry-After`) and up to a second more, and more than 120 s raises at once. All callers together may make
            100 retries in a burst that the server did not ask for; that allowance grows by one each second, and by one
            for every ten calls that succeed. On a 401 the client gets a new token and retries once; that attempt does
            not count.
        clock: The source of time; for tests.
        random: The source of jitter and request ids; for tests that must be repeatable.
        on_retry: Called before each retry with a `Retry`: the attempts so far, the delay in seconds, and the error. An
            exception that it raises ends the call. It may be async.
        transport: A custom transport of the HTTP library (httpx.AsyncBaseTransport). Proxies of the environment are
            then left to it, and after a fork a call in the child raises NotSentError, since both processes would use
            its connections.

    Raises:
        ValueError, TypeError: An argument is not valid, or there are no credentials.
    """

    __module__ = "octopus_cards"

    def __init__(
        self,
        token: AsyncToken | None = None,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        environment: Environment | None = None,
        base_url: str | None = None,
        timeout: Timeouts | float = DEFAULT_TIMEOUTS,
        deadline: float | None = DEFAULT_DEADLINE,
        attempts: int = 8,
        clock: Clock | None = None,
        random: Random | None = None,
        on_retry: AsyncOnRetry | None = None,
        transport: AsyncTransport | None = None,
    ) -> None:
        # First: tools that show local variables show those of a constructor that fails.
        token, api_key, api_secret = hide(token), hide(api_key), hide(api_secret)
        from octopus_cards._io.connections_async import AsyncConnection
        from octopus_cards._io.drivers_async import AsyncDriver
        from octopus_cards._session import create_session

        AsyncDriver.check_hook("token", token)
        AsyncDriver.check_hook("on_retry", on_retry)
        source = resolve_credentials(token, api_key, api_secret)
        self._base_url = resolve_base_url(base_url, resolve_environment(environment))
        self._session = create_session(
            source,
            self._base_url,
            attempts=attempts,
            timeout=timeout,
            deadline=deadline,
            clock=clock,
            random=random,
            on_retry=on_retry,
        )
        self._connection = AsyncConnection(self._base_url, transport)
        self._driver = AsyncDriver(self._connection, self._session.clock)

    @cached_property
    def topups(self) -> AsyncTopups:
        """Game credit and mobile recharges; `topups.orders` are the orders."""
        from octopus_cards.resources._async.topups import AsyncTopups

        return AsyncTopups(self._driver, self._session)

    def with_options(
        self,
        *,
        timeout: Timeouts | float | None = None,
        deadline: float | Unchanged | None = UNCHANGED,
        attempts: int | None = None,
    ) -> Self:
        """Return a client with other limits that shares connections and tokens with this one.

        Closing either of them closes both.

        Args:
            timeout: As for the client; None leaves it as it is.
            deadline: As for the client, where None means no limit.
            attempts: As for the client; None leaves it as it is.

        Raises:
            ValueError, TypeError: An argument is not valid.
        """
        from octopus_cards._session import with_options

        client = object.__new__(type(self))
        # Without the resources, each of which keeps the session that it was created with.
        areas = {each for each in vars(self) if isinstance(getattr(type(self), each, None), cached_property)}
        vars(client).update({name: value for name, value in vars(self).items() if name not in areas})
        client._session = with_options(self._session, timeout, deadline, attempts)
        return client

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        idempotent: bool = False,
    ) -> RawResponse:
        """Return the response of any endpoint below the base URL, for those that have no method here yet.

        Login, retries, redaction and exceptions are those of every other call.

        Args:
            method: The HTTP method.
            path: The path, e.g. "/api/v1/wallets".
            query: Query parameters; a list is repeated, and None is left out.
            json: The JSON body; numbers are int or Decimal.
            idempotent: Whether the call may be repeated when its outcome is unknown; GET, HEAD and OPTIONS always are.

        Raises:
            RequestError: The call failed, or the server answered with an error.
            ValueError, TypeError: An argument is not valid.
        """
        from octopus_cards._engine.calls import call_raw

        return await self._driver.run(call_raw(self._session, method, path, query, json, idempotent=idempotent))

    def recover(self, journal: JournalStore, *, resend: bool = True) -> AsyncItems[Placement[Any]]:
        """Yield the placement of each order that a dead process has left unfinished in a journal.

        An order is looked up by its reference, and the request is sent again where the list does not show it: the
        server refuses a reference that it knows, so there is one order. Other processes may place orders through the
        journal at the same time. Entries of a process that may still run are left alone until 30 seconds after the
        deadline of its call, or for an hour where it has none. Run it when a worker starts, and every few minutes.

        It yields only what it settles now. An order whose process died after the journal recorded it is in
        `journal.entries("ACCEPTED")`, and `place` returns it.

        An order that cannot be settled now is logged and stays in the journal: UNKNOWN for the next call, or REVIEW
        for a person, e.g. where the journal has no private arguments and so cannot send the request again. A request
        is sent again for a day. An INTENT was never sent; place it again or drop it. Entries of another server (base
        URL) are left alone; use a journal of its own for each account.

        Args:
            journal: The journal.
            resend: Whether to send a request again; False only looks the orders up.

        Raises:
            OutcomeUnknownError: During the iteration, with an AuthenticationError as its cause: the server accepts no
                token of this client.
        """
        from octopus_cards._engine.recovering import recover
        from octopus_cards.resources.placing_targets import PLACING_TARGETS

        return self._driver.iterate(recover(journal, PLACING_TARGETS, self._session, resend=resend))

    async def logout(self) -> None:
        """Revoke all tokens of the account. Logs out every process that uses this account.

        It takes one call, after a login where there is no token. Every process of the account then gets 401 for the
        tokens that it has. A client with the API key, this one included, logs in again with its next call; a client
        that was given a fixed token stops working. The call is not retried once the server may have executed it; after
        an OutcomeUnknownError call it again to be sure.

        Source: documentation page reference/authentication/logout.
        """
        from octopus_cards._auth import log_out

        await self._driver.run(log_out(self._session))

    async def aclose(self) -> None:
        """Close every connection, and end every call in flight; a call after it raises NotSentError.

        A second time has no effect.
        """
        await self._connection.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={vars(self).get('_base_url')!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be pickled or copied: create one in each process, or fork; forked processes "
            "may share it, and with_options() returns one with other limits"
        )
