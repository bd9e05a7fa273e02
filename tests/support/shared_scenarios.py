"""Checks the Python client against the scenarios of `spec/scenarios/`, which are for clients of every language.

`spec/README.md` defines their vocabulary.
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
    "bad_request": oc.BadRequestError,
    "invalid_response": oc.InvalidResponseError,
    "not_found": oc.NotFoundError,
    "outcome_unknown": oc.OutcomeUnknownError,
    "permission_denied": oc.PermissionDeniedError,
    "rate_limit": oc.RateLimitError,
    "reference_conflict": oc.ReferenceConflictError,
    "server": oc.ServerError,
    "validation_failed": oc.ValidationFailedError,
    "wait_timeout": oc.WaitTimeoutError,
}


def outcome(call: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Return the result of a call, or the exception of the package that it raises."""
    try:
        return call(**arguments)
    except oc.OctopusCardsError as error:
        return error


def assert_ends(ends: Mapping[str, Any], result: Any) -> None:
    """Assert that a call has the outcome of the scenario."""
    if "error" not in ends and isinstance(result, oc.OctopusCardsError):
        raise AssertionError(f"expected {dict(ends)}, but the call raised {result!r}") from result
    for word, expected in ends.items():
        if word != "perhaps":
            _CHECKS[word](expected, result, ends)


def _orders(expected: list[int], result: Any, ends: Mapping[str, Any]) -> None:
    found = [order.id for page in result for order in (page if isinstance(page, Page) else [page])]
    perhaps = set(ends.get("perhaps", ()))
    assert [order_id for order_id in found if order_id not in perhaps] == expected
    assert len(set(found)) == len(found)


def _error(expected: Mapping[str, Any], result: Any, _: Any) -> None:
    assert type(result) is ERRORS[expected["kind"]], repr(result)
    found: Any = result
    for word, value in expected.items():
        match word:
            case "kind":
                continue
            case "status":
                assert found.status_code == value
            case "last_status":
                assert found.order.status == value
            case _:
                assert getattr(found, word) == value, word


def _order(expected: Mapping[str, Any] | None, result: Any, _: Any) -> None:
    if expected is None:
        assert result is None
        return
    order = result.order if isinstance(result, oc.Placement) else result
    assert order is not None
    assert {name: _neutral(getattr(order, name)) for name in expected} == expected


def _neutral(value: Any) -> Any:
    """Return a value as a scenario contains it: an amount as its digits, a time in RFC 3339, an object as it is."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value) if type(value).__name__ == "Decimal" else dict(value) if isinstance(value, Mapping) else value


def _fields(expected: Mapping[str, Any], result: Any, _: Any) -> None:
    assert {name: getattr(result, name) for name in expected} == expected


_CHECKS: Mapping[str, Callable[[Any, Any, Mapping[str, Any]], None]] = {
    "orders": _orders,
    "error": _error,
    "order": _order,
    "created": lambda expected, result, _: _same(result.created, expected),
    "page": _fields,
    "last_page": lambda expected, result, ends: _fields(expected, result[-1], ends),
    "confirmation": _fields,
    "amounts": lambda expected, result, _: _same([str(order.amount) for order in result], expected),
    "statuses": lambda expected, result, _: _same([order.status for order in result], expected),
    "unknown_fields": lambda expected, result, _: _same(dict(result.additional_properties), expected),
}


def _same(found: Any, expected: Any) -> None:
    assert found == expected
