"""Placing an order so that its client_reference is accepted at most once, and finding out what became of it.

Every attempt is evidence (see `evidence`). Doubt stays: after one attempt with an unknown outcome, only an accepted
response or the order itself settles it. An order missing from the list proves nothing. A second request does: the
server accepts it, or calls it a duplicate.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from octopus_cards._base.exceptions import (
    InvalidResponseError,
    OctopusCardsError,
    OutcomeUnknownError,
    RequestError,
)
from octopus_cards._base.order_errors import DebitLimitError, ReferenceConflictError
from octopus_cards._engine.effects import Flow
from octopus_cards._engine.evidence import describe, evidence
from octopus_cards._engine.exchange import CallResult, Session, exchange, pause_before_retry
from octopus_cards._engine.journal_entries import Entry, State
from octopus_cards._engine.lookups import Lookup
from octopus_cards._engine.order_records import OrderRecord
from octopus_cards._engine.prices import check_price
from octopus_cards._engine.purchases import REFERENCE, Placement, Purchase
from octopus_cards._engine.retry import Retry
from octopus_cards._engine.time_plans import TimePlan

T = TypeVar("T")


class Placing(Generic[T]):
    """The placing of one order: `place` sends it, `recover` continues what another process has left."""

    def __init__(
        self, purchase: Purchase[T], session: Session, record: OrderRecord, request_id: str | None = None
    ) -> None:
        self._purchase = purchase
        self._reference = purchase.reference or ""
        self._session = session
        self._record = record
        self._request_id = request_id
        self._currency: str | None = None
        self._tries = 0
        # Whether a response of this call was lost, and no request of an earlier call can have placed the order.
        self._may_have_created = False
        self._time = TimePlan.of(session)
        self._lookup = Lookup(purchase, session, record, self._time.ends_at, request_id)

    def place(self, max_debit: Decimal | None) -> Flow[Placement[T]]:
        """Place the order, or return the one that an earlier call placed with the same reference."""
        entry = yield from self._record.begin()
        placement = yield from self._place(entry, max_debit)
        order: Any = placement.order
        is_comparable = max_debit is not None and self._currency in (None, order.currency)
        if is_comparable and order.amount > max_debit:
            return Placement(placement.order, placement.created, self._reference, exceeds_max_debit=True)
        return placement

    def recover(self, *, resend: bool) -> Flow[Placement[T]]:
        """Settle an entry that this call has claimed; without `resend`, the order is only looked up."""
        try:
            found = yield from self._lookup.find()
        except RequestError as error:
            raise (yield from self._give_up("the list cannot be read", error)) from error
        if found is not None:
            return (yield from self._found(found))
        if resend:
            return (yield from self._send_until_settled())
        problem = "the list does not show it, and the request cannot be sent again"
        found = yield from self._lookup.repeat()
        if found is not None:
            return (yield from self._found(found))
        yield from self._record.review(problem)
        raise self._purchase.unknown(f"whether {{label}} was placed is unknown: {problem}")

    def _place(self, entry: Entry, max_debit: Decimal | None) -> Flow[Placement[T]]:
        if entry.state == State.ACCEPTED:
            return (yield from self._recorded(entry))
        found = (yield from self._lookup.find_if_readable()) if self._record.may_exist else None
        if found is not None:
            return (yield from self._found(found))
        if max_debit is not None:
            yield from self._check_price(max_debit)
        return (yield from self._send_until_settled())

    def _recorded(self, entry: Entry) -> Flow[Placement[T]]:
        """Return the order that the journal names.

        Raises:
            OutcomeUnknownError: The order exists, and cannot be read now.
            ReferenceConflictError: It belongs to another purchase.
        """
        try:
            order: Any = yield from self._lookup.read(entry.order_id or 0)
        except RequestError as error:
            problem = f"{{label}} {entry.order_id} exists, and cannot be read now: {error.args[0]}"
            unknown = self._purchase.unknown(problem, error)
            unknown.order_id = entry.order_id
            raise unknown from error
        self._lookup.check(order)
        return Placement(order, created=False, client_reference=self._reference)

    def _check_price(self, max_debit: Decimal) -> Flow[None]:
        """Ask for the price.

        Raises:
            DebitLimitError: The order would cost more than `max_debit`, or the server states no price.
            OutcomeUnknownError: The same, or no answer, where an earlier request may have been accepted.
        """
        session = replace(self._session, deadline=self._time.seconds_for_sending(self._session.clock.monotonic()))
        try:
            self._currency = yield from check_price(self._purchase, max_debit, session, self._request_id)
        except OctopusCardsError as error:
            is_refused = isinstance(error, DebitLimitError)
            # Another process may have started to send the same reference meanwhile.
            if self._record.may_exist or (is_refused and not (yield from self._record.rejected(str(error)))):
                problem = str(error) if is_refused else "its price cannot be read"
                raise (yield from self._give_up(problem, error)) from error
            if isinstance(error, OutcomeUnknownError | InvalidResponseError):
                raise self._purchase.not_sent(f"its price cannot be read: {error.args[0]}") from error
            raise

    def _send_until_settled(self) -> Flow[Placement[T]]:
        was_doubtful = self._record.may_exist
        while self._session.clock.monotonic() <= self._time.sends_before:
            try:
                yield from self._record.start_sending()
            except Exception as error:
                if not self._record.may_exist:
                    raise
                raise (yield from self._give_up("the journal failed", error)) from error
            if self._record.entry.state == State.ACCEPTED:
                return (yield from self._recorded(self._record.entry))
            try:
                order = yield from self._send()
            except RequestError as error:
                self._may_have_created = self._may_have_created or (not was_doubtful and evidence(error) == "unknown")
                settled = (yield from self._weigh(error)) or (yield from self._prepare_retry(error))
                if settled is not None:
                    return settled
            else:
                return (yield from self._accepted(order, created=True))
        if self._record.may_exist:
            found = yield from self._lookup.find_if_readable()
            if found is not None:
                return (yield from self._found(found))
            raise (yield from self._give_up("the deadline is over", None))
        raise self._purchase.not_sent("the deadline passed")

    def _send(self) -> Flow[T]:
        """Send the request until the server answers or refuses it, and reserve time for lookups."""
        left = self._session.policy.attempts - self._tries
        policy = replace(self._session.policy, attempts=max(1, left))
        session = replace(
            self._session, deadline=self._time.seconds_for_sending(self._session.clock.monotonic()), policy=policy
        )
        try:
            result: CallResult[T] = yield from exchange(self._purchase.call, session, request_id=self._request_id)
            return self._purchase.read_order(result)
        except RequestError as error:
            self._tries += error.attempts
            raise

    def _weigh(self, error: RequestError) -> Flow[Placement[T] | None]:
        """Return the order where a failed attempt leads to it; None to send the request again.

        Raises:
            RequestError: The order was not placed, or that cannot be known.
        """
        match evidence(error):
            case "not executed":
                yield from self._record.not_executed()
                if not self._record.may_exist:
                    raise error
                return None
            case "unknown":
                yield from self._record.unknown(describe(error), released=False)
                return None
            case "rejected":
                # An earlier call without this journal may have placed the order, and used up the balance.
                try:
                    found = yield from self._lookup.find_before_refusal()
                except RequestError as unreadable:
                    problem = "the server refused it, and whether an earlier call placed it cannot be read"
                    raise (yield from self._give_up(problem, error)) from unreadable
                if found is not None:
                    return (yield from self._found(found))
                if not self._record.may_exist and (yield from self._record.rejected(describe(error))):
                    raise error
                problem = "the server refused it now, which proves nothing about an earlier request"
            case "duplicate":
                problem = "the order exists, and the list does not show it yet"
        return (yield from self._look_up_or_give_up(problem, error))

    def _prepare_retry(self, error: RequestError) -> Flow[Placement[T] | None]:
        """Wait before the next request; where none is possible, return the order if the list shows it in time.

        Raises:
            OutcomeUnknownError: The list does not show it.
        """
        session, left = self._session, self._time.sends_before - self._session.clock.monotonic()
        # Sending it again settles whatever the outcome was, also where a read would not be repeated.
        failure = copy.copy(error)
        failure.retryable = error.retryable or evidence(error) == "unknown"
        delay = session.policy.next_delay(failure, self._tries, left, idempotent=True)
        if isinstance(delay, float):
            yield from pause_before_retry(Retry(self._tries, delay, error), session)
            return None
        problem = f"the last attempt failed ({delay or 'repeating it cannot help'}): {error.args[0]}"
        return (yield from self._look_up_or_give_up(problem, error))

    def _look_up_or_give_up(self, problem: str, error: RequestError) -> Flow[Placement[T]]:
        is_reachable = evidence(error) != "not executed"
        found = yield from (self._lookup.repeat() if is_reachable else self._lookup.find_if_readable())
        if found is not None:
            return (yield from self._found(found))
        raise (yield from self._give_up(problem, error)) from error

    def _found(self, listed: T) -> Flow[Placement[T]]:
        """Return an order of the list, after comparing it with the purchase.

        Raises:
            ReferenceConflictError: It belongs to another purchase.
        """
        order = yield from self._lookup.read_whole(listed)
        try:
            self._lookup.check(order)
        except ReferenceConflictError as error:
            yield from self._record.review(str(error))
            raise
        return (yield from self._accepted(order, created=self._may_have_created))

    def _accepted(self, order: T, *, created: bool) -> Flow[Placement[T]]:
        accepted: Any = order
        is_first = yield from self._record.accepted(accepted.id)
        known = self._record.entry.order_id
        if known != accepted.id:
            problem = (
                f"the server has accepted two orders for this {REFERENCE}, {known} and {accepted.id}; cancel one of "
                "them and report it to support"
            )
            raise ReferenceConflictError(problem, client_reference=self._reference, order=order)
        return Placement(order, created and is_first, self._reference)

    def _give_up(self, problem: str, error: Exception | None) -> Flow[OutcomeUnknownError]:
        """Leave the entry to `recover`, and return the error of the call."""
        note = describe(error) if isinstance(error, RequestError) else type(error).__name__ if error else problem
        yield from self._record.unknown(note, released=True)
        return self._purchase.unknown(f"whether {{label}} was placed is unknown: {problem}", error, self._tries)
