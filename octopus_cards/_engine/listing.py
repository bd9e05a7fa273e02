"""Lists of any resource: one page, or all pages in the style that the contract names for the operation."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace as replace_field

from octopus_cards._base.positions import ListPosition
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Emit, Flow, Stream
from octopus_cards._engine.exchange import CallResult, Session, exchange
from octopus_cards._engine.list_queries import list_query
from octopus_cards._engine.moving_list import MAX_READS_WITHOUT_PROGRESS, iterate_moving_list
from octopus_cards._engine.operation import Call, as_text, check_arguments, prepare
from octopus_cards._engine.outcomes import invalid_response
from octopus_cards._engine.pages import Page
from octopus_cards._engine.rows import AsyncOnInvalid, InvalidRow, check_on_invalid, decode_rows, handle, split
from octopus_cards._engine.validation import check_value
from octopus_cards._engine.walk import ListQuery, Slice, WalkState
from octopus_cards_api.operation import Operation, Paging

T = TypeVar("T")
Start = Callable[[], Stream[Page[T]]]


def check_request_id(operation: Operation[Any], value: object) -> str | None:
    """Return a request id of the caller's by the rule of the contract; None where there is none."""
    if value is None:
        return None
    rule = next(each.rule for each in operation.parameters if each.argument == "request_id")
    checked: str = check_value("request_id", rule, value)
    return checked


def fetch_page(call: Call[list[T]], session: Session, request_id: str | None) -> Flow[Page[T]]:
    """Return one page, by one call.

    Raises:
        InvalidResponseError: An item breaks the contract.
    """
    page = yield from _fetch_rows(call, session, request_id, may_lack_fields=True)
    for item in page:
        if isinstance(item, InvalidRow):
            raise item.error
    return page


def _fetch_rows(
    call: Call[list[T]], session: Session, request_id: str | None, *, may_lack_fields: bool = False
) -> Flow[Page[T]]:
    """Return one page, by one call, in which an item that breaks the contract is an `InvalidRow`."""
    undecoded: Any = replace_field(call, operation=replace_field(call.operation, result=RawResponse))
    result: CallResult[Any] = yield from exchange(undecoded, session, request_id=request_id)
    rows: Any = decode_rows(call, result)
    page = Page[T].from_result(CallResult(rows, result.raw, result.request_id))
    if page.size not in (None, len(page)):
        problem = f"X-Page-Size is {page.size}, but the body has {len(page)} items"
        raise invalid_response(call, page.raw, problem, page.request_id)
    ignored = _ignored_filter(call, page, may_lack_fields=may_lack_fields)
    if ignored is not None:
        raise invalid_response(call, page.raw, ignored, page.request_id)
    return page


def _ignored_filter(call: Call[list[T]], page: Page[T], *, may_lack_fields: bool) -> str | None:
    """Return which item the filters of the call exclude, which means that the server ignored one."""
    fields = {each.wire: each.filters for each in call.operation.parameters if each.filters is not None}
    filters = [(wire, wanted, fields[wire]) for wire, wanted in call.query if wire in fields]
    items = [item for item in page.items if item.__class__ is not InvalidRow] if filters else []
    for wire, wanted, field in filters:
        for item in items:
            value = getattr(item, field, None)
            if value is None and not may_lack_fields:
                return f"{wire} was requested, and item {_item_id(item)} has no {field}"
            if value is not None and as_text(value) != wanted:
                return f"{wire} was requested, and item {_item_id(item)} has another {field}"
    return None


def one_page(
    operation: Operation[list[T]],
    arguments: Mapping[str, Any],
    session: Session,
    request_id: str | None,
    on_invalid: AsyncOnInvalid,
) -> Flow[Page[T]]:
    """Return one page of a list, by one call; a page of a moving list says where the list can be resumed."""
    on_invalid = check_on_invalid(on_invalid)
    call, paging = prepare(operation, arguments), operation.paging
    position = None
    if paging is not None and paging.style == "moving":
        known = {each.argument: value for each, value in check_arguments(operation, arguments)}
        position = partial(_position_behind, operation, paging, known)
    return _one_page(call, session, check_request_id(operation, request_id), position, on_invalid)


def _one_page(
    call: Call[list[T]],
    session: Session,
    request_id: str | None,
    position: Callable[[Page[Any]], ListPosition] | None,
    on_invalid: AsyncOnInvalid,
) -> Flow[Page[T]]:
    page: Page[T] = yield from _fetch_rows(call, session, request_id)
    # An empty page behind the end says nothing about where the list continues.
    behind = None if position is None or not page else position(page)
    valid: tuple[T, ...] = ()
    for run, invalid in split(page.items):
        valid += run
        if invalid is not None:
            yield from handle(invalid, on_invalid)
    page = page.with_items(valid)
    return page if behind is None else page.with_position(replace(behind, count=len(valid)))


def _position_behind(
    operation: Operation[Any], paging: Paging, arguments: Mapping[str, Any], page: Page[Any]
) -> ListPosition:
    filters: dict[Any, Any] = dict(arguments)
    number, per_page = filters.pop(paging.page, 1), filters.pop(paging.size, len(page))
    query = ListQuery(operation.name, per_page, per_page, None, filters)
    start = (number - 1) * min(per_page, page.per_page or per_page)
    state = WalkState.start(query, None).mark_taken(page.items, start + len(page))
    return state.position(query)


def all_pages(
    operation: Operation[list[T]],
    arguments: Mapping[str, Any],
    session: Session,
    *,
    since: datetime.datetime | datetime.date | str | None = None,
    resume: ListPosition | None = None,
    request_id: str | None = None,
    on_invalid: AsyncOnInvalid = "raise",
) -> Start[T]:
    """Return what starts the iteration over all pages of a list; the arguments are checked now."""
    paging, on_invalid = operation.paging, check_on_invalid(on_invalid)
    if paging is None:
        raise TypeError(f"{operation.name} returns no list")
    if paging.style != "moving":
        return _numbered_pages(operation, paging, arguments, session, request_id, on_invalid)
    query, resume = list_query(operation, paging, arguments, since, resume)

    def call_of(part: Slice) -> Call[list[T]]:
        numbered: dict[Any, Any] = {paging.page: part.page, paging.size: part.per_page}
        return prepare(operation, {**query.filters, **numbered})

    def fetch(part: Slice) -> Flow[Page[T]]:
        return _fetch_rows(call_of(part), session, request_id)

    def reject(part: Slice, page: Page[T], problem: str) -> Exception:
        return invalid_response(call_of(part), page.raw, problem, page.request_id)

    # Every row of a moving list has an id and a creation time, as its model in the contract says.
    walk: Any = iterate_moving_list
    return lambda: walk(fetch, reject, query, resume, on_invalid)


def _numbered_pages(
    operation: Operation[list[T]],
    paging: Paging,
    arguments: Mapping[Any, Any],
    session: Session,
    request_id: str | None,
    on_invalid: AsyncOnInvalid,
) -> Start[T]:
    """Iterate over a list without a promised order: page after page, each item once by its id."""
    prepare(operation, arguments)  # checks the arguments before the iteration starts

    def stream() -> Stream[Page[T]]:
        seen, number, repeats = set[Any](), 1, 0
        while True:
            numbered = {paging.page: number} if paging.style == "numbered" and paging.page else {}
            page = yield from _fetch_rows(prepare(operation, {**arguments, **numbered}), session, request_id)
            new = tuple(item for item in page if _item_id(item) not in seen)
            seen.update(map(_item_id, new))
            for run, invalid in split(new):
                if run or (number == 1 and not new):
                    yield Emit(page.with_items(run))
                if invalid is not None:
                    yield from handle(invalid, on_invalid)
            repeats = 0 if new else repeats + 1
            if not numbered or not _has_next_page(page, number, arguments.get(paging.size), is_new=bool(new)):
                return
            if repeats > MAX_READS_WITHOUT_PROGRESS:
                problem = f"{repeats} pages in a row have nothing new, but the headers announce more"
                raise invalid_response(prepare(operation, arguments), page.raw, problem, page.request_id)
            number += 1

    return stream


def _item_id(item: Any) -> Any:
    return item.id


def _has_next_page(page: Page[Any], number: int, asked: int | None, *, is_new: bool) -> bool:
    """Return whether any header says that pages follow; without headers, whether the page is full and has new items."""
    signals: list[bool] = []
    if page.has_more is not None:
        signals.append(page.has_more)
    if page.total_pages is not None:
        signals.append(number < page.total_pages)
    size = page.per_page or asked
    if page.total_count is not None and size is not None:
        signals.append(number * size < page.total_count)
    # Without headers and without a known page size only an empty page is certainly the last.
    return any(signals) if signals else is_new and (size is None or len(page) >= size)
