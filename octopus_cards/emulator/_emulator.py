"""The emulator: the areas of the API, put together."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from random import Random
from typing import Any

from octopus_cards import AsyncOctopusCards, OctopusCards
from octopus_cards._base.credentials import check_token
from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import Incoming, in_process
from octopus_cards.emulator._areas.account_setup import AccountSetup
from octopus_cards.emulator._areas.auth import Auth
from octopus_cards.emulator._areas.documented_limits import LimitsName, documented_limits
from octopus_cards.emulator._areas.topup_account import TopupAccount
from octopus_cards.emulator._areas.topup_charges import TopupCharges
from octopus_cards.emulator._areas.topup_creation import TopupCreation
from octopus_cards.emulator._areas.topup_lookup import TopupLookup
from octopus_cards.emulator._areas.topup_orders import DOCUMENTED_PROBLEMS, TopupOrders
from octopus_cards.emulator._areas.topup_products import TopupProducts
from octopus_cards.emulator._areas.topup_setup import TopupSetup
from octopus_cards.emulator._areas.webhook_setup import WebhookSetup
from octopus_cards.emulator._assumptions import Assumptions
from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.faults import Fault, connection_fault, scripted_response
from octopus_cards.emulator._core.http_server import serving
from octopus_cards.emulator._core.limits import RateLimiter
from octopus_cards.emulator._core.pipeline import RequestPipeline
from octopus_cards.emulator._core.problems import COMMON_PROBLEMS
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.router import Router
from octopus_cards.emulator._scenarios import Scenario, prepare

_PROBLEMS = {**COMMON_PROBLEMS, **DOCUMENTED_PROBLEMS}


# The longest life of a token in seconds: ten years.
MAX_LIFETIME = 10 * 365 * 86_400.0


class Emulator(TopupSetup, AccountSetup, WebhookSetup):
    """An Octopus Cards server with a small catalogue, two full wallets and no orders.

    The same seed and the same calls give the same responses.

    Args:
        seed: The seed for ids, products and request ids.
        token: An access token that is valid from the start until a logout.
        api_key: The API key that can log in.
        api_secret: Its secret.
        access_lifetime: The lifetime of an access token from a login, in seconds.
        refresh_lifetime: The lifetime of a refresh token, in seconds.
        clock: The clock; by default one that is stopped until it is advanced or somebody sleeps on it.
        limits: The documented rate limits: those of "production" or of the "sandbox"; None for no limits. They hold in
            any 60 seconds of the clock, so a test with more requests on a stopped clock needs None.
        assumptions: The settings for behaviour that the documentation leaves open.

    Attributes:
        clock: The clock.
        requests: The received requests, in order; of more than 20,000 the last ones.
        token: The access token that is valid from the start.
        api_key: The API key that can log in.
        api_secret: Its secret.

    Raises:
        ValueError: The token cannot be sent, a lifetime is not positive or exceeds that of the refresh token, or there
            are no such limits.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        token: str = "emulator-token",
        api_key: str = "emulator-key",
        api_secret: str = "emulator-secret",
        access_lifetime: float = 3600.0,
        refresh_lifetime: float = 604_800.0,
        clock: EmulatorClock | None = None,
        limits: LimitsName | None = "production",
        assumptions: Assumptions = Assumptions(),
    ) -> None:
        self.clock = clock or EmulatorClock()
        self.token = check_token(token)
        self.api_key, self.api_secret = api_key, api_secret
        if not 0 < access_lifetime <= refresh_lifetime <= MAX_LIFETIME:
            got = f"{access_lifetime!r} and {refresh_lifetime!r}"
            rule = "lifetimes must be above 0 and at most ten years, that of the refresh token the longer one"
            raise ValueError(f"{rule}, got {got}")
        self._seed = seed
        self._random = Random(seed)
        # Tokens and plans have random sources of their own, so that a login does not change the orders that follow.
        self._account = TopupAccount(self._random, Random(f"plans {seed}"), self.clock.now, assumptions)
        self._topups = self._account.orders
        lifetimes, token_random = (access_lifetime, refresh_lifetime), Random(f"tokens {seed}")
        self._auth = Auth((api_key, api_secret), token, lifetimes, token_random, self.clock.now, assumptions)
        self._pipeline = RequestPipeline(self._router(limits, assumptions).respond, self.clock, self._random)
        self.requests: list[ReceivedRequest] = self._pipeline.requests

    def _router(self, limits: LimitsName | None, assumptions: Assumptions) -> Router:
        limiter = RateLimiter(documented_limits(limits), self.clock.now)
        catalogue = self._account.catalogue
        areas = (
            self._auth,
            TopupProducts(catalogue, assumptions),
            TopupLookup(catalogue, assumptions),
            TopupCharges(self._account, assumptions),
            TopupCreation(self._account, self.clock.now, assumptions),
            TopupOrders(self._topups, assumptions),
        )
        return Router(
            (route for area in areas for route in area.routes()),
            authenticate=self._auth.authenticate,
            admit=limiter.admit,
            unknown_route=assumptions.unknown_route,
            wrong_method=assumptions.wrong_method,
        )

    @classmethod
    def from_scenario(cls, scenario: Scenario | str, *, clock: EmulatorClock | None = None) -> Emulator:
        """Return an emulator that runs the server side of a scenario, which defines all its responses: no limits.

        Raises:
            ValueError: There is no scenario with this name.
        """
        emulator = cls(clock=clock, limits=None)
        loaded = Scenario.load(scenario) if isinstance(scenario, str) else scenario
        prepare(loaded, emulator._topups, emulator._pipeline.faults)
        return emulator

    def fail_next(
        self,
        status: int | None = None,
        *,
        times: int = 1,
        lost: bool = False,
        executed: bool = False,
        connection: str | None = None,
        message: str | None = None,
        body: bytes | str | Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: int | str | None = None,
        method: str | None = None,
        path: str | None = None,
    ) -> None:
        """Make the next requests fail. Earlier faults apply first.

        Args:
            status: Respond with this HTTP status and do nothing else, unless `executed`.
            times: How many requests fail.
            lost: Execute the request, then close the connection without a response, as connection="dropped" does.
            executed: Execute the request, then respond with `status`, as a proxy does that loses the response.
            connection: Fail below HTTP. Before the request is sent: "refused", "unknown host", "tls",
                "connect timeout", "pool timeout". After the request was executed: "dropped", "reset", "cut",
                "cut chunk", "not http", "read timeout", "write timeout". A server over HTTP fails on the socket; it
                cannot cause the first five or the last, since the client has reached it, and drops the connection.
            message: The message in the error envelope; by default the documented one.
            body: The whole body instead of the error envelope; a mapping becomes JSON.
            headers: Additional headers.
            retry_after: The `Retry-After` header. The default message of a 429 states the same time.
            method: Fail only requests with this HTTP method.
            path: Fail only requests for this path.

        Raises:
            ValueError: Not exactly one of status, lost and connection is given, its value is invalid, or `executed`
                is given without status.
        """
        connection = connection_fault(status, lost=lost, connection=connection)
        if executed and status is None:
            raise ValueError("executed needs a status: without one, lost and connection say what is executed")
        if times < 1:
            raise ValueError(f"times must be 1 or more, got {times}")
        response = None
        if status is not None:
            response = scripted_response(
                status, _PROBLEMS.get(status), message=message, body=body, headers=headers, retry_after=retry_after
            )
        with self._pipeline.lock:
            self._pipeline.faults.append(Fault(times, method, path, connection, response, executed=executed))

    def revoke_tokens(self) -> None:
        """Revoke all tokens, as a logout in another process of the account does."""
        with self._pipeline.lock:
            self._auth.revoke()

    def client(self, **options: Any) -> OctopusCards:
        """Return a client of this emulator, in process.

        Args:
            options: The arguments of OctopusCards. With `api_key` and `api_secret` the client logs in; by default it
                uses the token that does not expire.
        """
        return OctopusCards(**self._client_options(options))

    def async_client(self, **options: Any) -> AsyncOctopusCards:
        """Return an asynchronous client of this emulator, in process.

        Args:
            options: The arguments of AsyncOctopusCards, with the same defaults as for `client`.
        """
        return AsyncOctopusCards(**self._client_options(options))

    def _client_options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        defaults: dict[str, Any] = {
            "random": Random(self._seed),
            "clock": self.clock,
            "base_url": "https://emulator.invalid",
            "transport": in_process(self.handle),
        }
        if not given.keys() & {"api_key", "api_secret"}:
            defaults["token"] = self.token
        return defaults | dict(given)

    def serve(self, port: int = 0) -> AbstractContextManager[str]:
        """Serve over HTTP on loopback while the context is open; the context value is the base URL.

        Args:
            port: The port; 0 chooses a free one.

        Raises:
            OSError: The port is in use.
        """
        return serving(self.handle, port)

    def handle(self, incoming: Incoming) -> RawResponse:
        """Respond to one request; the transports call it.

        Raises:
            ConnectionFault: A fault makes the connection fail.
        """
        return self._pipeline.handle(incoming)
