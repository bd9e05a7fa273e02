"""The emulator itself."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from random import Random
from typing import Any

from octopus_cards import AsyncOctopusCards, OctopusCards
from octopus_cards._base.credentials import check_token
from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import Incoming, in_process
from octopus_cards.emulator._areas.auth import Auth
from octopus_cards.emulator._areas.store import Store, all_steps, past_orders
from octopus_cards.emulator._areas.topup_orders import Api
from octopus_cards.emulator._core.assumptions import Assumptions
from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.faults import Fault, failing_connection, scripted_answer
from octopus_cards.emulator._core.http_server import serving
from octopus_cards.emulator._core.pipeline import Handling
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.scenarios import Scenario, set_up


class Emulator:
    """An Octopus Cards server without orders, whose every answer follows from its seed and what is done to it.

    Args:
        seed: What ids, products and request ids are drawn from.
        token: A bearer token that it accepts from the start, until a logout.
        api_key: The key that one can log in with.
        api_secret: Its secret.
        access_lifetime: How many seconds an access token is good for after a login.
        refresh_lifetime: How many seconds a refresh token is good for.
        clock: Its time; by default one that stands until it is moved or slept by.
        assumptions: What holds where the documentation leaves something open.

    Attributes:
        clock: Its time.
        requests: What it received, in order.
        token: The bearer token that it accepts from the start.
        api_key: The key that one can log in with.
        api_secret: Its secret.
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
        assumptions: Assumptions = Assumptions(),  # noqa: B008
    ) -> None:
        self.clock = clock or EmulatorClock()
        self.token = check_token(token)
        self.api_key, self.api_secret = api_key, api_secret
        if not 0 < access_lifetime <= refresh_lifetime:
            came = f"{access_lifetime!r} and {refresh_lifetime!r}"
            raise ValueError(f"lifetimes must be above 0, that of the refresh token the longer one, got {came}")
        self._seed = seed
        self._random = Random(seed)
        self._store = Store(self._random, self.clock.now, assumptions.back_channel_every)
        lifetimes, draw = (access_lifetime, refresh_lifetime), Random(f"tokens {seed}")  # so a login changes no order
        self._auth = Auth((api_key, api_secret), token, lifetimes, draw, self.clock.now, assumptions)
        self._handling = Handling(Api(self._store, self._auth, assumptions).answer, self.clock, self._random)
        self.requests: list[ReceivedRequest] = self._handling.requests

    @classmethod
    def playing(cls, scenario: Scenario | str, *, clock: EmulatorClock | None = None) -> Emulator:
        """An emulator that plays the server's part of a scenario.

        Raises:
            ValueError: There is no scenario of this name.
        """
        emulator = cls(clock=clock)
        set_up(
            Scenario.load(scenario) if isinstance(scenario, str) else scenario,
            emulator._store,
            emulator._handling.faults,
        )
        return emulator

    def add_order(
        self,
        *,
        delivered_after: float | None = None,
        failed_after: float | None = None,
        cancelled_after: float | None = None,
        life: Sequence[tuple[float, str]] = (),
        status: str = "PENDING",
        status_text: str | None = None,
        client_reference: str | None = None,
        product_id: int | None = None,
        product_name: str | None = None,
        variant_name: str | None = None,
        country_code: str | None = None,
        amount: Decimal | int | str | None = None,
        currency: str | None = None,
        input_data: Mapping[str, Any] | None = None,
        created_at: datetime.datetime | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> int:
        """Stores a new order on top of the list and returns its id.

        Args:
            delivered_after: Seconds after its creation at which fulfilment delivers it. As with the real
                API the stored order changes only when it is read, or when the back-channel reports.
            failed_after: Seconds after which it fails.
            cancelled_after: Seconds after which it is cancelled.
            life: Any other course, as (seconds after its creation, status).
            status: The status at first; a final one completes the order at its creation.
            status_text: The detail for people; by default one that fits the status.
            client_reference: The caller's own key, unique.
            product_id: This and the other fields of the product: what is not given comes from a small
                catalogue, drawn by the seed.
            product_name: See `product_id`.
            variant_name: See `product_id`.
            country_code: See `product_id`.
            amount: What was debited, with the digits that shall be on the wire.
            currency: See `product_id`.
            input_data: The recipient.
            created_at: By default now.
            extra: Fields that the contract does not know.

        Raises:
            ValueError: The client_reference is taken, a time is negative, or created_at is naive.
        """
        steps = all_steps(life, {"DELIVERED": delivered_after, "FAILED": failed_after, "CANCELLED": cancelled_after})
        if created_at is not None and created_at.tzinfo is None:
            raise ValueError(f"created_at must be aware of its offset, got {created_at!r}")
        given = {
            "status": status,
            "status_text": status_text,
            "client_reference": client_reference,
            "product_id": product_id,
            "product_name": product_name,
            "variant_name": variant_name,
            "country_code": country_code,
            "amount": None if amount is None else Decimal(amount),
            "currency": currency,
            "input_data": None if input_data is None else dict(input_data),
            "created_at": created_at,
        }
        with self._handling.lock:
            return self._store.add(given, steps, extra or {})

    def populate(self, count: int) -> list[int]:
        """Stores so many orders, one each few minutes of the past, and returns their ids.

        Most are final, as soon as somebody looks; some are delivered within the next minute.
        """
        if count < 0:
            raise ValueError(f"count must be 0 or more, got {count}")
        return [self.add_order(**order) for order in past_orders(count, self._random, self.clock.now())]

    def fail_next(
        self,
        status: int | None = None,
        *,
        times: int = 1,
        lost: bool = False,
        connection: str | None = None,
        message: str | None = None,
        body: bytes | str | Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        retry_after: int | str | None = None,
        method: str | None = None,
        path: str | None = None,
    ) -> None:
        """Lets the next requests fail. Faults asked for earlier come first.

        Args:
            status: Answer with this HTTP status, and do nothing else.
            times: How many requests.
            lost: Do what was asked, then drop the connection without an answer; the same as connection="dropped".
            connection: Fail below HTTP. Before anything is sent: "refused", "unknown host", "tls",
                "connect timeout", "pool timeout". With the request sent and done: "dropped", "reset", "cut",
                "cut chunk", "not http", "read timeout", "write timeout". Over HTTP they happen on the socket; the
                first five and the last cannot, since the server was reached, and act as "dropped".
            message: The message of the error envelope; by default as documented.
            body: The whole body instead: a mapping becomes JSON.
            headers: More headers.
            retry_after: The `Retry-After` header.
            method: Only requests with this HTTP method.
            path: Only requests for this path.

        Raises:
            ValueError: Not exactly one of status, `lost` and connection is given; or one that cannot be.
        """
        connection = failing_connection(status, lost=lost, connection=connection)
        if times < 1:
            raise ValueError(f"times must be 1 or more, got {times}")
        answer = None if status is None else scripted_answer(status, message, body, headers, retry_after)
        with self._handling.lock:
            self._handling.faults.append(Fault(times, method, path, connection, answer))

    def revoke_tokens(self) -> None:
        """Ends all tokens, as another process of the account does that logs out."""
        with self._handling.lock:
            self._auth.revoke()

    def client(self, **options: Any) -> OctopusCards:
        """A client of this emulator, in process; `options` as for OctopusCards.

        It has the fixed token, which does not expire; with `api_key` and `api_secret` it logs in.
        """
        return OctopusCards(**self._options(options))

    def async_client(self, **options: Any) -> AsyncOctopusCards:
        """An async client of this emulator, in process; `options` as for AsyncOctopusCards, else as `client`."""
        return AsyncOctopusCards(**self._options(options))

    def _options(self, given: Mapping[str, Any]) -> dict[str, Any]:
        own: dict[str, Any] = {
            "random": Random(self._seed),
            "clock": self.clock,
            "base_url": "https://emulator.invalid",
            "transport": in_process(self.handle),
        }
        if not given.keys() & {"api_key", "api_secret"}:
            own["token"] = self.token
        return own | dict(given)

    def serve(self, port: int = 0) -> AbstractContextManager[str]:
        """A real HTTP server on loopback while the context is open; gives its base URL.

        Args:
            port: Where it listens; 0 takes a free one.

        Raises:
            OSError: The port is taken.
        """
        return serving(self.handle, port)

    def handle(self, incoming: Incoming) -> RawResponse:
        """Answers one request; what the transports call.

        Raises:
            ConnectionFault: A fault says that no answer shall come.
        """
        return self._handling.handle(incoming)
