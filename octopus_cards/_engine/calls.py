"""Calls of any operation as flows: the arguments are checked at once, the request follows when the flow runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Flow
from octopus_cards._engine.exchange import CallResult, Session, exchange
from octopus_cards._engine.listing import check_request_id, fetch_page
from octopus_cards._engine.operation import Call, check_arguments, prepare
from octopus_cards._engine.outcomes import invalid_response
from octopus_cards._engine.pages import Page
from octopus_cards._engine.raw_request import raw_call
from octopus_cards_api.operation import Operation

T = TypeVar("T")


def call_operation(
    operation: Operation[T], arguments: Mapping[str, Any], session: Session, request_id: str | None = None
) -> Flow[T]:
    """Return the result of an operation."""
    return _call(prepare(operation, arguments), session, check_request_id(operation, request_id))


def _call(call: Call[T], session: Session, request_id: str | None) -> Flow[T]:
    result: CallResult[T] = yield from exchange(call, session, request_id=request_id)
    return result.value


def read_item(
    operation: Operation[T],
    label: str,
    arguments: Mapping[str, Any],
    session: Session,
    request_id: str | None = None,
    until: float = math.inf,
) -> Flow[T]:
    """Return one item by its id, the only argument; no attempt starts at or after `until` (monotonic)."""
    (checked,) = check_arguments(operation, arguments)
    call = prepare(operation, arguments)
    return _read(call, label, checked[1], session, until, check_request_id(operation, request_id))


def _read(call: Call[T], label: str, item_id: int, session: Session, until: float, request_id: str | None) -> Flow[T]:
    result: CallResult[T] = yield from exchange(call, session, until=until, request_id=request_id)
    received: Any = result.value
    # An id that the contract calls optional may be absent.
    if received.id not in (None, item_id):
        problem = f"{label} {item_id} was requested, and the response is {label} {received.id}"
        raise invalid_response(call, result.raw, problem, result.request_id)
    return result.value


def find_item(
    operation: Operation[list[T]],
    label: str,
    arguments: Mapping[str, Any],
    session: Session,
    request_id: str | None = None,
) -> Flow[T | None]:
    """Return the only item of a list that has a unique field, the only argument; None where there is no such item."""
    ((parameter, value),) = check_arguments(operation, arguments)
    call, name = prepare(operation, arguments), parameter.argument
    return _find(call, label, name, value, session, check_request_id(operation, request_id))


def _find(
    call: Call[list[T]], label: str, name: str, value: Any, session: Session, request_id: str | None
) -> Flow[T | None]:
    page, count = yield from find_all(call, label, name, value, session, request_id)
    if count > 1:
        problem = f"the response has or announces more than one {label} with this {name}"
        raise invalid_response(call, page.raw, problem, page.request_id)
    return page[0] if page else None


def find_all(
    call: Call[list[T]], label: str, name: str, value: Any, session: Session, request_id: str | None
) -> Flow[tuple[Page[T], int]]:
    """Return the items of a list that have a field with this value, and how many there are by all accounts.

    Raises:
        InvalidResponseError: The response has an item with another value, or lacks the one that it announces.
    """
    page = yield from fetch_page(call, session, request_id)
    count = max(len(page), page.total_count or 0)
    problem = None
    if any(getattr(item, name) != value for item in page):
        problem = f"the response has a {label} without this {name}"
    elif count == 1 and not page:
        problem = f"the response announces a {label} and does not have it"
    if problem is not None:
        raise invalid_response(call, page.raw, problem, page.request_id)
    return page, count


def call_raw(
    session: Session, method: str, path: str, query: Mapping[str, Any] | None, json: Any, *, idempotent: bool
) -> Flow[RawResponse]:
    """Return the response of any endpoint."""
    return _call(raw_call(method, path, query, json, idempotent=idempotent), session, None)
