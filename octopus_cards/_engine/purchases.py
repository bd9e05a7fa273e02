"""What is ordered, how such an order is found again, and whether an order is the one that was asked for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msgspec import MsgspecError, Struct
from msgspec.json import Encoder

from octopus_cards._base.exceptions import NotSentError, OutcomeUnknownError, RequestError
from octopus_cards._base.narrowing import is_mapping
from octopus_cards._base.redacted import Redacted
from octopus_cards._engine.decoding import decode_json
from octopus_cards._engine.exchange import CallResult
from octopus_cards._engine.journal_entries import Entry, State
from octopus_cards._engine.operation import Call, check_arguments, encode_json, prepare
from octopus_cards._engine.outcomes import invalid_response
from octopus_cards_api.operation import Operation

T = TypeVar("T")
REFERENCE = "client_reference"
_encode_sorted = Encoder(decimal_format="number", order="deterministic").encode
# Bytes of the fingerprint of private arguments: enough to notice another request, too few to guess a phone number.
_FINGERPRINT_BYTES = 2


class PlacingTarget(Struct, Generic[T], frozen=True):
    """The operations of one kind of order.

    Attributes:
        create: Places an order.
        find: Lists the orders with a client_reference.
        get: Returns an order by `id_argument`.
        price: Returns what an order would cost.
        label: What such an order is called in messages.
        same: The arguments that the order repeats in a field of the same name.
    """

    create: Operation[T]
    find: Operation[list[T]]
    get: Operation[T]
    price: Operation[Any]
    label: str
    id_argument: str = "order_id"
    same: tuple[str, ...] = ("product_id", "input_data")


@dataclass(frozen=True, slots=True)
class Placement(Generic[T]):
    """An order, and whether this call placed it.

    Attributes:
        order: The order as the server returned it last.
        created: Whether this call placed it: False if the order may stem from an earlier call with the same
            client_reference, or from a concurrent one that shares the journal. After a lost response it is True,
            although a concurrent call without a shared journal may have placed it.
        client_reference: The reference of the order.
        exceeds_max_debit: Whether the wallet was debited more than `max_debit`, also for an order of an earlier call.
    """

    __module__ = "octopus_cards"

    order: T
    created: bool
    client_reference: str
    exceeds_max_debit: bool = False


class Purchase(Redacted, Generic[T], frozen=True):
    """One order that is to be placed, with checked arguments."""

    target: PlacingTarget[T]
    arguments: Mapping[str, Any]
    call: Call[T]

    @property
    def reference(self) -> str | None:
        """The client_reference."""
        value: str | None = self.arguments.get(REFERENCE)
        return value

    def price_arguments(self) -> Mapping[str, Any]:
        """Return the arguments of the operation that prices this order."""
        taken = {each.argument for each in self.target.price.parameters}
        return {name: value for name, value in self.arguments.items() if name in taken}

    def read_order(self, result: CallResult[T]) -> T:
        """Return the order in the response to the request.

        Raises:
            InvalidResponseError: It is another order, or has an id that no order has.
        """
        order: Any = result.value
        difference = self.difference(result.value)
        if order.client_reference not in (None, self.reference):
            difference = REFERENCE
        if difference is not None:
            problem = f"the response is a {self.target.label} with another {difference}"
            raise invalid_response(self.call, result.raw, problem, result.request_id)
        if not 0 < order.id < 2**63:
            raise invalid_response(self.call, result.raw, "the id is out of range", result.request_id)
        return result.value

    def difference(self, order: T) -> str | None:
        """Return the argument in which an order differs from this purchase; None where it agrees.

        The server may write private values in another form, leave them out or mask them: their letters and digits are
        compared where it shows them.
        """
        for name in self.target.same:
            asked, found = self.arguments.get(name), getattr(order, name, None)
            if asked is None or found is None:
                continue
            if is_mapping(asked) and is_mapping(found):
                shown = (each for each in asked if found.get(each) is not None and not _is_masked(found[each]))
                key = next((each for each in shown if _plain(asked[each]) != _plain(found[each])), None)
                if key is not None:
                    return f"{name}[{key!r}]"
            elif asked != found:
                return name
        return None

    def not_sent(self, problem: str) -> NotSentError:
        """Return the error for an order that was not placed, and no request was sent."""
        text = f"the {self.target.label} was not placed: {problem}"
        return NotSentError(text, method=self.call.method, path=self.call.path)

    def unknown(self, problem: str, error: Exception | None = None, attempts: int = 1) -> OutcomeUnknownError:
        """Return the error for an order that may exist; `{label}` becomes "the" and the name of such orders."""
        text = problem.replace("{label}", f"the {self.target.label}")
        if self.reference is not None:
            text = f"{text} ({REFERENCE} {self.reference})"
        unknown = OutcomeUnknownError(text, method=self.call.method, path=self.call.path, attempts=max(1, attempts))
        unknown.client_reference = self.reference
        if isinstance(error, RequestError):
            unknown.request_id, unknown.retry_after = error.request_id, error.retry_after
        return unknown

    def new_entry(self, server: str, now: float) -> Entry:
        """Return the journal's entry of the intent to place it at this server."""
        private = {name: value for name, value in self.arguments.items() if name in self.target.create.sensitive}
        encoded = encode_json(private) if private else None
        return Entry(
            reference=self.reference or "",
            state=State.INTENT,
            operation=self.target.create.name,
            request={name: value for name, value in self.arguments.items() if name not in private},
            fingerprint="" if encoded is None else _fingerprint(encoded, secrets.token_hex(8)),
            server=server,
            private=encoded,
            created_at=now,
            updated_at=now,
        )


def checked_purchase(target: PlacingTarget[T], arguments: Mapping[str, Any]) -> Purchase[T]:
    """Return the purchase with these arguments.

    Raises:
        TypeError, ValueError: An argument breaks a rule of the contract.
    """
    known = {parameter.argument: value for parameter, value in check_arguments(target.create, arguments)}
    return Purchase(target, known, prepare(target.create, arguments))


def purchase_of(entry: Entry, target: PlacingTarget[T]) -> Purchase[T]:
    """Return the purchase that a journal's entry describes, without private arguments that the journal lacks.

    Raises:
        TypeError, ValueError: The entry breaks a rule of the contract.
    """
    private: dict[str, Any] = {}
    if entry.private is not None and has_private_arguments(entry):
        private = decode_json(entry.private)
    return checked_purchase(target, {**entry.request, **private, REFERENCE: entry.reference})


def has_private_arguments(entry: Entry) -> bool:
    """Return whether the journal has all private arguments of a request, as they were."""
    return _has_fingerprint(entry.private, entry.fingerprint)


def request_difference(known: Entry, asked: Entry) -> str | None:
    """Return how an entry of the journal differs from a request with its reference; None where it does not."""
    if known.server != asked.server:
        return f"the journal has this client_reference for another server, {known.server}"
    same = (known.operation, dict(known.request)) == (asked.operation, dict(asked.request))
    if same and _has_fingerprint(asked.private, known.fingerprint):
        return None
    return "the journal has another request with this client_reference"


def _has_fingerprint(private: bytes | None, fingerprint: str) -> bool:
    if private is None:
        return fingerprint == ""
    try:
        return fingerprint == _fingerprint(private, fingerprint.partition(":")[0])
    except MsgspecError:  # what was decrypted is no JSON
        return False


def _fingerprint(private: bytes, salt: str) -> str:
    digest = hashlib.sha256(salt.encode() + _encode_sorted(decode_json(private))).digest()
    return f"{salt}:{digest[:_FINGERPRINT_BYTES].hex()}"


def _is_masked(value: object) -> bool:
    return isinstance(value, str) and any(mask in value for mask in ("*", "•", "xxx", "XXX"))


def _plain(value: object) -> str:
    return "".join(filter(str.isalnum, str(value))).casefold()
