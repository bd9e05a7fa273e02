"""The calls that place orders: their arguments are checked at once, requests follow when the flow runs."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from octopus_cards._base.exceptions import DuplicateReferenceError, OutcomeUnknownError, RequestError
from octopus_cards._base.redaction import describe_value
from octopus_cards._engine.calls import find_item
from octopus_cards._engine.effects import Flow
from octopus_cards._engine.evidence import evidence
from octopus_cards._engine.exchange import CallResult, Session, exchange
from octopus_cards._engine.journal_entries import JournalStore
from octopus_cards._engine.listing import check_request_id
from octopus_cards._engine.order_records import OrderRecord
from octopus_cards._engine.placing import Placing
from octopus_cards._engine.purchases import REFERENCE, Placement, PlacingTarget, Purchase, checked_purchase
from octopus_cards._engine.validation import check_value
from octopus_cards_api.operation import Rule

T = TypeVar("T")
_LIMIT = Rule(kind="number", minimum=0)


def create_order(
    target: PlacingTarget[T], arguments: Mapping[str, Any], session: Session, request_id: str | None
) -> Flow[T]:
    """Return the order that one request places."""
    return _create(checked_purchase(target, arguments), session, check_request_id(target.create, request_id))


def _create(purchase: Purchase[T], session: Session, request_id: str | None) -> Flow[T]:
    try:
        result: CallResult[T] = yield from exchange(purchase.call, session, request_id=request_id)
        return purchase.read_order(result)
    except DuplicateReferenceError as error:
        error.client_reference = purchase.reference
        raise
    except RequestError as error:
        if evidence(error) != "unknown":
            raise
        raise _lost(purchase, error) from error


def _lost(purchase: Purchase[Any], error: RequestError) -> OutcomeUnknownError:
    """Return the error for a request that may have placed an order."""
    problem = f"whether {{label}} was placed is unknown: {error.args[0]}"
    unknown = purchase.unknown(problem, error, error.attempts)
    # Without a reference a second request would be a second order.
    unknown.retryable = purchase.reference is not None
    unknown.stop_reason = "a second attempt could execute it twice"
    return unknown


def place_order(
    target: PlacingTarget[T],
    arguments: Mapping[str, Any],
    session: Session,
    *,
    max_debit: Decimal | int | str | None,
    journal: JournalStore | None,
    request_id: str | None,
) -> Flow[Placement[T]]:
    """Place an order at most once."""
    check_value(REFERENCE, _reference_rule(target), arguments.get(REFERENCE))
    limit = None if max_debit is None else check_value("max_debit", _LIMIT, max_debit)
    check_journal(journal)
    trace = check_request_id(target.create, request_id)
    return _place(checked_purchase(target, arguments), session, journal, limit, trace)


def _place(
    purchase: Purchase[T], session: Session, journal: JournalStore | None, limit: Decimal | None, trace: str | None
) -> Flow[Placement[T]]:
    entry = purchase.new_entry(session.server, session.clock.now().timestamp())
    record = OrderRecord(journal, entry, session.clock, session.deadline)
    return (yield from Placing(purchase, session, record, trace).place(limit))


def check_journal(journal: object) -> None:
    """Check that this is a journal, or None.

    Raises:
        TypeError: It has no method `update` that can be called without `await`.
    """
    update = getattr(journal, "update", None)
    if journal is not None and not callable(update):
        raise TypeError(f"journal must be a Journal or None, got {describe_value(journal)}")
    if inspect.iscoroutinefunction(update):
        raise TypeError("journal must have a method update that is not async; it is called in a thread")


def resolve(
    target: PlacingTarget[T], reference: str, session: Session, request_id: str | None
) -> Flow[Placement[T] | None]:
    """Return the order that has a reference; None where the list does not show one."""
    check_value(REFERENCE, _reference_rule(target), reference)
    find = find_item(target.find, target.label, {REFERENCE: reference}, session, request_id)
    return _resolve(find, reference)


def _resolve(find: Flow[Any], reference: str) -> Flow[Placement[Any] | None]:
    order = yield from find
    return None if order is None else Placement(order, created=False, client_reference=reference)


def _reference_rule(target: PlacingTarget[Any]) -> Rule:
    return next(each.rule for each in target.create.parameters if each.argument == REFERENCE)
