"""Placing an order so that its client_reference is accepted at most once, and finding out what became of it.

Every attempt is evidence: the order was accepted, the request was not executed, the server refused it, the reference is
a duplicate, or the outcome is unknown. Doubt stays: after one attempt with an unknown outcome only an accepted response
or the order itself settles it. That an order is not in the list proves nothing; sending the request again does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

from msgspec.structs import replace

from octopus_cards._base.exceptions import (
    APIError,
    AuthenticationError,
    DebitLimitError,
    DuplicateReferenceError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitError,
    ReferenceConflictError,
    RequestError,
)
from octopus_cards._base.redaction import describe_value
from octopus_cards._engine.calls import call_operation, find_item, read_item
from octopus_cards._engine.effects import Flow, Pause
from octopus_cards._engine.exchange import CallResult, Session, exchange, pause_before_retry
from octopus_cards._engine.journal_entries import Entry, JournalStore, State
from octopus_cards._engine.listing import check_request_id
from octopus_cards._engine.order_records import OrderRecord, is_doubtful
from octopus_cards._engine.purchases import REFERENCE, Placement, PlacingTarget, Purchase, checked_purchase
from octopus_cards._engine.retry import Retry
from octopus_cards._engine.validation import check_value
from octopus_cards_api.operation import Rule

T = TypeVar("T")
# When an order is looked up after its reference proved to be in use, in seconds: at once, because it may be an old one,
# and later, because the list may lag behind.
LOOKUP_TIMES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# How much of the time of a call is kept for finding an order whose response was lost, in seconds and as a share.
SETTLING_TIME, SETTLING_SHARE = 20.0, 0.4
# How long one lookup may take, in seconds; the last one may start at the deadline.
LOOKUP_DEADLINE = 10.0
_LIMIT = Rule(kind="number", minimum=0)
Evidence = Literal["not executed", "duplicate", "rejected", "unknown"]
# A proxy may send these without knowing what the server did: it waited too long, or its client went away.
_STATUSES_OF_PROXIES = frozenset({408, 425, 499})


def evidence(error: RequestError) -> Evidence:
    """Return what a failed attempt says about the order."""
    if isinstance(error, DuplicateReferenceError):
        return "duplicate"
    if isinstance(error, NotSentError | AuthenticationError | RateLimitError):
        return "not executed"
    if isinstance(error, APIError) and error.status_code < 500 and error.status_code not in _STATUSES_OF_PROXIES:
        return "rejected"
    return "unknown"


def create_order(
    target: PlacingTarget[T], arguments: Mapping[str, Any], session: Session, request_id: str | None
) -> Flow[T]:
    """Return the order that one request places; the arguments are checked now."""
    return _created(checked_purchase(target, arguments), session, check_request_id(target.create, request_id))


def _created(purchase: Purchase[T], session: Session, request_id: str | None) -> Flow[T]:
    try:
        result: CallResult[T] = yield from exchange(purchase.call, session, request_id=request_id)
        return purchase.read_order(result)
    except (OutcomeUnknownError, DuplicateReferenceError) as error:
        error.client_reference = purchase.reference
        raise


def place_order(
    target: PlacingTarget[T],
    arguments: Mapping[str, Any],
    session: Session,
    *,
    max_debit: Decimal | int | str | None,
    journal: JournalStore | None,
    request_id: str | None,
) -> Flow[Placement[T]]:
    """Place an order at most once; the arguments are checked now."""
    check_value(REFERENCE, _reference_rule(target), arguments.get(REFERENCE))
    limit = None if max_debit is None else check_value("max_debit", _LIMIT, max_debit)
    if journal is not None and not callable(getattr(journal, "update", None)):
        raise TypeError(f"journal must be a Journal or None, got {describe_value(journal)}")
    trace = check_request_id(target.create, request_id)
    return Placing(checked_purchase(target, arguments), session, journal, trace).place(limit)


def _reference_rule(target: PlacingTarget[Any]) -> Rule:
    return next(each.rule for each in target.create.parameters if each.argument == REFERENCE)


def resolve(
    target: PlacingTarget[T], reference: str, session: Session, request_id: str | None
) -> Flow[Placement[T] | None]:
    """Return the order that has a reference; None where the list does not show one."""
    check_value(REFERENCE, _reference_rule(target), reference)
    find = find_item(target.find, target.label, {REFERENCE: reference}, session, request_id)
    return _resolved(find, reference)


def _resolved(find: Flow[T | None], reference: str) -> Flow[Placement[T] | None]:
    order = yield from find
    return None if order is None else Placement(order, created=False, client_reference=reference)


class Placing(Generic[T]):
    """The placing of one order: `place` sends it, `recover` continues what another process has left."""

    def __init__(
        self, purchase: Purchase[T], session: Session, journal: JournalStore | None, request_id: str | None = None
    ) -> None:
        self._purchase = purchase
        self._target = purchase.target
        self._reference = purchase.reference or ""
        self._session = session
        self._request_id = request_id
        self._ends_at = math.inf
        # Whether an attempt of this call had an unknown outcome, so that it may have placed the order.
        self._lost = False
        entry = purchase.new_entry(session.clock.now().timestamp())
        self._record = OrderRecord(journal, entry, session.clock, session.deadline)

    def place(self, max_debit: Decimal | None) -> Flow[Placement[T]]:
        """Place the order, or return the one that an earlier call placed with the same reference."""
        self._ends_at = self._session.ends_at(self._session.clock.monotonic())
        entry = yield from self._record.begin()
        if entry.state == State.ACCEPTED:
            return (yield from self._recorded(entry))
        found = (yield from self._find_once()) if is_doubtful(entry) else None
        if found is not None:
            return (yield from self._found(found))
        if max_debit is None:
            return (yield from self._send_until_settled())
        currency = yield from self._check_price(max_debit)
        placement = yield from self._send_until_settled()
        order: Any = placement.order
        exceeds = order.amount > max_debit and currency in (None, order.currency)
        return Placement(placement.order, placement.created, self._reference, exceeds)

    def recover(self, entry: Entry, *, resend: bool) -> Flow[Placement[T] | None]:
        """Settle an unfinished entry of a dead process; return None where another process works on it.

        Without `resend`, the order is only looked up.
        """
        self._ends_at = self._session.ends_at(self._session.clock.monotonic())
        self._record.entry = entry
        if not (yield from self._record.claim()):
            return None
        found = yield from self._find_once()
        if found is not None:
            return (yield from self._found(found))
        if resend:
            return (yield from self._send_until_settled())
        yield from self._record.review("the list does not show the order, and the request cannot be sent again")
        raise self._unknown("the list does not show the order")

    def _recorded(self, entry: Entry) -> Flow[Placement[T]]:
        """Return the order that the journal names."""
        arguments = {self._target.id_argument: entry.order_id}
        order = yield from read_item(self._target.get, self._target.label, arguments, self._session, self._request_id)
        return Placement(order, created=False, client_reference=self._reference)

    def _check_price(self, max_debit: Decimal) -> Flow[str | None]:
        """Return the currency of the debit.

        Raises:
            DebitLimitError: The order would cost more than `max_debit`, or the server states no price.
        """
        arguments = self._purchase.price_call()
        charges = yield from call_operation(self._target.price, arguments, self._session, self._request_id)
        payable: Decimal | None = charges.total_payable
        details = charges.charges_details
        currency: str | None = None if details is None else details.destination_currency
        if payable is not None and payable <= max_debit:
            return currency
        price = "no price" if payable is None else f"a price of {payable:f} {currency or ''}".rstrip()
        problem = f"the {self._target.label} was not placed: the server stated {price}, and max_debit is {max_debit:f}"
        yield from self._record.rejected(problem)
        raise DebitLimitError(problem, charges=charges, max_debit=max_debit)

    def _send_until_settled(self) -> Flow[Placement[T]]:
        tries = 0
        while True:
            tries += 1
            yield from self._record.start_sending()
            if self._record.entry.state == State.ACCEPTED:
                return (yield from self._recorded(self._record.entry))
            try:
                order = yield from self._send()
            except RequestError as error:
                settled = (yield from self._weigh(error)) or (yield from self._pause(error, tries))
                if settled is not None:
                    return settled
            else:
                return (yield from self._accepted(order, created=True))

    def _send(self) -> Flow[T]:
        """Make one attempt, which leaves time to find the order if the response is lost."""
        left = self._ends_at - self._session.clock.monotonic()
        seconds = None if left == math.inf else max(left - SETTLING_TIME, left * (1 - SETTLING_SHARE), 0.001)
        session = replace(self._session, deadline=seconds)
        result: CallResult[T] = yield from exchange(self._purchase.call, session, request_id=self._request_id)
        return self._purchase.read_order(result)

    def _weigh(self, error: RequestError) -> Flow[Placement[T] | None]:
        """Return the order where a failed attempt leads to it; None to send the request again.

        Raises:
            RequestError: The order was not placed, or that cannot be known.
        """
        match evidence(error):
            case "not executed":
                yield from self._record.not_executed()
                if not self._record.in_doubt:
                    raise error
                return None
            case "unknown":
                self._lost = True
                yield from self._record.unknown(released=False)
                return None
            case "rejected":
                # After a lost response a refusal proves nothing: the first attempt may have used up the balance.
                if not self._record.in_doubt and (yield from self._record.rejected(str(error))):
                    raise error
            case "duplicate":
                pass
        return (yield from self._look_up(error))

    def _pause(self, error: RequestError, tries: int) -> Flow[Placement[T] | None]:
        """Wait before the next attempt; where none is possible, return the order if the list shows it.

        Raises:
            OutcomeUnknownError: The list does not show it, and there are no attempts left, no time, or no token.
        """
        session, now = self._session, self._session.clock.monotonic()
        delay = max(session.policy.backoff(tries, session.random), error.retry_after or 0.0)
        is_final = evidence(error) == "not executed" and not error.retryable
        if is_final or tries >= session.policy.attempts or now + delay >= self._ends_at:
            found = yield from self._find_once()
            if found is not None:
                return (yield from self._found(found))
            yield from self._record.unknown(released=True)
            raise self._unknown(f"the last attempt failed: {error.args[0]}") from error
        yield from pause_before_retry(Retry(tries, delay, error), session)
        return None

    def _look_up(self, error: RequestError) -> Flow[Placement[T]]:
        """Return the order that has the reference, as soon as the list shows it.

        Raises:
            OutcomeUnknownError: The list does not show it.
        """
        started = self._session.clock.monotonic()
        for moment in LOOKUP_TIMES:
            wait = started + moment - self._session.clock.monotonic()
            left = self._ends_at - self._session.clock.monotonic()
            yield Pause(max(0.0, min(wait, left)))
            found = yield from self._find_once()
            if found is not None:
                return (yield from self._found(found))
            if left <= wait:
                break
        yield from self._record.unknown(released=True)
        raise self._unknown(
            f"the list does not show the order, and the last attempt failed: {error.args[0]}"
        ) from error

    def _find_once(self) -> Flow[T | None]:
        """Return the order with the reference as the list shows it; None where it does not, or cannot be read."""
        left = self._ends_at - self._session.clock.monotonic()
        session = replace(self._session, deadline=min(LOOKUP_DEADLINE, max(left, 1.0)))
        arguments = {REFERENCE: self._reference}
        try:
            return (yield from find_item(self._target.find, self._target.label, arguments, session, self._request_id))
        except RequestError:
            return None

    def _found(self, listed: T) -> Flow[Placement[T]]:
        """Return an order of the list, after comparing it with the purchase.

        Raises:
            ReferenceConflictError: It is an order of something else.
        """
        order = yield from self._read_whole(listed)
        difference = self._purchase.difference(order)
        if difference is None:
            return (yield from self._accepted(order, created=self._lost))
        problem = f"the {self._target.label} with this {REFERENCE} has another {difference}"
        yield from self._record.review(problem)
        raise ReferenceConflictError(problem, client_reference=self._reference, order=order)

    def _read_whole(self, listed: T) -> Flow[T]:
        """Return an order with the fields that the list leaves out, or as listed where it cannot be read."""
        item: Any = listed
        session = replace(self._session, deadline=LOOKUP_DEADLINE)
        arguments = {self._target.id_argument: item.id}
        try:
            return (yield from read_item(self._target.get, self._target.label, arguments, session, self._request_id))
        except RequestError:
            return listed

    def _accepted(self, order: T, *, created: bool) -> Flow[Placement[T]]:
        accepted: Any = order
        yield from self._record.accepted(accepted.id)
        known = self._record.entry.order_id
        if known not in (None, accepted.id):
            problem = f"the journal has {self._target.label} {known} for this {REFERENCE}, the server {accepted.id}"
            raise ReferenceConflictError(problem, client_reference=self._reference, order=order)
        return Placement(order, created, self._reference)

    def _unknown(self, problem: str) -> OutcomeUnknownError:
        call = self._purchase.call
        text = f"whether the {self._target.label} was placed is unknown: {problem}"
        error = OutcomeUnknownError(text, method=call.method, path=call.path)
        error.client_reference = self._reference
        return error
