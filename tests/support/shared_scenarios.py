"""Plays the scenarios of `spec/scenarios/`, which are for clients of every language, with ours.

`spec/README.md` says what the words in them mean.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import octopus_cards as oc
from octopus_cards import Page

ERRORS: Mapping[str, type[oc.OctopusCardsError]] = {
    "api": oc.APIError,
    "authentication": oc.AuthenticationError,
    "invalid_response": oc.InvalidResponseError,
    "not_found": oc.NotFoundError,
    "permission_denied": oc.PermissionDeniedError,
    "rate_limit": oc.RateLimitError,
    "server": oc.ServerError,
    "validation_failed": oc.ValidationFailedError,
    "wait_timeout": oc.WaitTimeoutError,
}


def outcome(call: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """What a call comes to; an exception of the package is a result."""
    try:
        return call(**arguments)
    except oc.OctopusCardsError as error:
        return error


def assert_ends(ends: Mapping[str, Any], result: Any) -> None:
    """A call ended as the scenario says."""
    if "error" not in ends and isinstance(result, oc.OctopusCardsError):
        raise AssertionError(f"it should end with {dict(ends)}, and raised {result!r}") from result
    for word, wanted in ends.items():
        if word != "perhaps":
            _CHECKS[word](wanted, result, ends)


def _orders(wanted: list[int], result: Any, ends: Mapping[str, Any]) -> None:
    found = [order.id for page in result for order in (page if isinstance(page, Page) else [page])]
    perhaps = set(ends.get("perhaps", ()))
    assert [order_id for order_id in found if order_id not in perhaps] == wanted
    assert len(set(found)) == len(found)


def _error(wanted: Mapping[str, Any], result: Any, _: Any) -> None:
    assert type(result) is ERRORS[wanted["kind"]], repr(result)
    found: Any = result
    for word, value in wanted.items():
        match word:
            case "kind":
                continue
            case "status":
                assert found.status_code == value
            case "last_status":
                assert found.order.status == value
            case _:
                assert getattr(found, word) == value, word


def _order(wanted: Mapping[str, Any] | None, result: Any, _: Any) -> None:
    if wanted is None:
        assert result is None
        return
    assert result is not None
    assert {name: _neutral(getattr(result, name)) for name in wanted} == wanted


def _neutral(value: Any) -> Any:
    """Money as its digits, moments as in RFC 3339, objects as such: what any language can be compared with."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value) if type(value).__name__ == "Decimal" else dict(value) if isinstance(value, Mapping) else value


def _fields(wanted: Mapping[str, Any], result: Any, _: Any) -> None:
    assert {name: getattr(result, name) for name in wanted} == wanted


_CHECKS: Mapping[str, Callable[[Any, Any, Mapping[str, Any]], None]] = {
    "orders": _orders,
    "error": _error,
    "order": _order,
    "page": _fields,
    "last_page": lambda wanted, result, ends: _fields(wanted, result[-1], ends),
    "confirmation": _fields,
    "amounts": lambda wanted, result, _: _same([str(order.amount) for order in result], wanted),
    "statuses": lambda wanted, result, _: _same([order.status for order in result], wanted),
    "unknown_fields": lambda wanted, result, _: _same(dict(result.additional_properties), wanted),
}


def _same(found: Any, wanted: Any) -> None:
    assert found == wanted
