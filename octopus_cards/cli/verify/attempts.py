"""The requests for orders that the command sends, each with its outcome for the report."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from octopus_cards import APIError, NotSentError, OctopusCards, RawResponse, RequestError
from octopus_cards._base.clock import Clock
from octopus_cards._base.narrowing import is_mapping
from octopus_cards._engine.evidence import evidence
from octopus_cards._engine.outcomes import names_duplicate
from octopus_cards.cli.verify.offers import Offer
from octopus_cards_api.operations import CREATE_TOPUP_ORDER

Outcome = Literal["accepted", "duplicate", "insufficient funds", "refused", "not executed", "unknown"]
# No run places more, whatever the server does.
MAX_ORDERS = 6
PREFIX = "octopus-verify-"


class CheckSkippedError(Exception):
    """A check cannot determine its fact; the message is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A request for an order.

    Attributes:
        reference: Its client_reference; None for one that the command did not make.
        purpose: Why it was sent.
        outcome: What became of it.
        problem: The error, in words; empty where it was accepted.
        request_id: The `X-Request-Id`.
        status_code: The HTTP status; None where there was no response.
        seconds: How long the response took, with the tries before it.
        tries: How many times the request was sent; it is repeated where the server did not execute it.
        order: The order as the server returned it; empty where it was not accepted.
    """

    reference: str | None
    purpose: str
    outcome: Outcome
    problem: str = ""
    request_id: str | None = None
    status_code: int | None = None
    seconds: float = 0.0
    tries: int = 1
    order: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def request_ids(self) -> tuple[str, ...]:
        """The request id for a fact, if there is one."""
        return (self.request_id,) if self.request_id else ()

    def to_json(self) -> dict[str, Any]:
        """Return the attempt as a JSON object, without data of the recipient."""
        return {
            "client_reference": self.reference,
            "purpose": self.purpose,
            "outcome": self.outcome,
            "order_id": self.order.get("id"),
            "http_status": self.status_code,
            "request_id": self.request_id,
        }


class Attempts:
    """The requests for orders of one run.

    Args:
        client: The client of the sandbox.
        clock: The clock that measures the responses.
        offer: What is ordered.

    Attributes:
        made: The attempts so far.
    """

    def __init__(self, client: OctopusCards, clock: Clock, offer: Offer) -> None:
        self._client = client
        self._clock = clock
        self.offer = offer
        self.made: list[Attempt] = []
        self._run = secrets.token_hex(6)
        self._private = {value for value in offer.input_data.values() if len(value) > 2}

    def new_reference(self) -> str:
        """Return a reference of this run; it has letters, so that it can change its case."""
        return f"{PREFIX}{self._run}-{'abcdefgh'[len(self.made)]}"

    def is_own(self, reference: str) -> bool:
        """Return whether this run made a reference."""
        return reference.lower().startswith(f"{PREFIX}{self._run}")

    def order(self, reference: str, purpose: str, *, offer: Offer | None = None, extra: str | None = None) -> Attempt:
        """Send one request for an order, by `client.request`, which shows the HTTP status.

        Args:
            reference: The client_reference.
            purpose: Why it is sent.
            offer: What is ordered; by default the offer of the run.
            extra: A field of the recipient that the product does not have, so that the server refuses the order.

        Raises:
            CheckSkippedError: The run may have placed MAX_ORDERS orders.
        """
        if sum(each.outcome in ("accepted", "unknown") for each in self.made) >= MAX_ORDERS:
            raise CheckSkippedError(f"this run may have placed {MAX_ORDERS} orders, and places no more")
        body = _body(offer or self.offer, reference, extra)
        shown = reference if self.is_own(reference) else None
        started = self._clock.monotonic()
        result: dict[str, Any]
        try:
            response = self._client.request(CREATE_TOPUP_ORDER.method, CREATE_TOPUP_ORDER.path, json=body)
            result = _answered(response)
        except RequestError as error:
            result = _failed(error, self._private if shown else self._private | {reference})
        seconds = self._clock.monotonic() - started
        attempt = Attempt(reference=shown, purpose=purpose, seconds=seconds, **result)
        self.made.append(attempt)
        return attempt


def _body(offer: Offer, reference: str, extra: str | None) -> dict[str, Any]:
    input_data = dict(offer.input_data) | ({extra: "x"} if extra else {})
    body = {"product_id": offer.product_id, "amount": offer.amount, "client_reference": reference}
    wallet = {} if offer.wallet_id is None else {"wallet_id": offer.wallet_id}
    return body | {"input_data": input_data} | wallet


def _answered(response: RawResponse) -> dict[str, Any]:
    try:
        order = response.json()
    except ValueError:
        order = None
    is_order = is_mapping(order) and type(order.get("id")) is int
    return {
        "outcome": "accepted" if is_order else "unknown",
        "problem": "" if is_order else "the response is no order with an id",
        "request_id": response.request_id,
        "tries": response.attempt,
        "status_code": response.status_code,
        "order": order if is_order else {},
    }


def _failed(error: RequestError, private: Collection[str]) -> dict[str, Any]:
    return {
        "outcome": outcome_of(error),
        "problem": describe(error, private),
        "request_id": error.request_id,
        "tries": error.attempts,
        "status_code": getattr(error, "status_code", None),
    }


def outcome_of(error: RequestError) -> Outcome:
    """Return what a failed request for an order means; a plain request does not know a duplicate from another 400."""
    if isinstance(error, APIError) and error.status_code == 400 and names_duplicate(error.code, str(error.args[0])):
        return "duplicate"
    if isinstance(error, APIError) and error.code == "INSUFFICIENT_FUNDS":
        return "insufficient funds"
    match evidence(error):
        case "rejected":
            return "refused"
        case "not executed":
            return "not executed"
        case _:
            return "unknown"


def describe(error: Exception, private: Collection[str] = ()) -> str:
    """Return an error in words, without these texts."""
    text = f"{type(error).__name__}: {error.args[0] if error.args else error}"
    if isinstance(error, APIError):
        text = f"{text} (HTTP {error.status_code}{f', {error.code}' if error.code else ''})"
    if isinstance(error, NotSentError):
        text = f"{text} (nothing reached the server)"
    for value in sorted(private, key=len, reverse=True):
        text = text.replace(value, "***")
    return text


def exact(value: object) -> Decimal | None:
    """Return a number of a response; None for anything else."""
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
