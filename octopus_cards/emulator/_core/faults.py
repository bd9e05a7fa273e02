"""Faults that a test or a scenario schedules for the next requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import CONNECTION_FAULTS
from octopus_cards.emulator._core.problems import Problem, rate_limited, rate_limited_without_time
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import error_response, json_response

# Connection faults that prevent sending; a server that was reached cannot cause them.
NOT_SENT = frozenset({"refused", "unknown host", "tls", "connect timeout", "pool timeout"})


@dataclass(slots=True)
class Fault:
    """A change to how the next matching requests are served.

    Attributes:
        times: How many requests it applies to.
        method: The method it applies to; None for all.
        path: The path it applies to; None for all.
        connection: How the connection fails; None where it does not.
        response: The response instead of the server's; None where the server responds.
        query: Query parameters that a request must have; it may have others.
        then: A change of the stored state after the response.
        executed: Whether the server executes the request before it sends `response`.
    """

    times: int
    method: str | None
    path: str | None
    connection: str | None
    response: RawResponse | None
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    then: Callable[[], None] | None = None
    executed: bool = False

    @property
    def not_sent(self) -> bool:
        """Whether the request does not arrive at all."""
        return self.connection in NOT_SENT

    def matches(self, request: ReceivedRequest) -> bool:
        """Return whether the fault applies to this request."""
        if self.method not in (None, request.method) or self.path not in (None, request.path):
            return False
        return all(request.query.get(name) == value for name, value in self.query.items())


def next_fault(faults: list[Fault], request: ReceivedRequest) -> Fault | None:
    """Use up one application of the first fault that matches, and return it."""
    fault = next((fault for fault in faults if fault.matches(request)), None)
    if fault is not None:
        fault.times -= 1
        if fault.times < 1:
            faults.remove(fault)
    return fault


def connection_fault(status: int | None, *, lost: bool, connection: str | None) -> str | None:
    """Check that exactly one kind of fault is given, and return how the connection fails."""
    if (status is not None) + lost + (connection is not None) != 1:
        raise ValueError(
            "one of status, lost and connection must be given, "
            f"got status={status!r}, lost={lost!r}, connection={connection!r}"
        )
    if status is not None and status not in range(200, 1000):
        raise ValueError(f"status must be an integer from 200 to 999, got {status!r}")
    connection = "dropped" if lost else connection
    if connection is not None and connection not in CONNECTION_FAULTS:
        raise ValueError(f"connection must be one of {', '.join(CONNECTION_FAULTS)}, got {connection!r}")
    return connection


def scripted_response(
    status: int,
    problem: Problem | None,
    *,
    message: str | None,
    body: bytes | str | Mapping[str, object] | None,
    headers: Mapping[str, str] | None,
    retry_after: int | str | None,
) -> RawResponse:
    """Return the response that a test describes: this body, else this problem, else the error page of a proxy."""
    extra = {name.lower(): value for name, value in (headers or {}).items()}
    if retry_after is not None:
        extra["retry-after"] = str(retry_after)
    if isinstance(body, Mapping):
        made = json_response(status, dict(body))
    elif body is not None:
        made = _html(status, body)
    elif problem is not None:
        made = error_response(_worded(problem, message, extra.get("retry-after")))
    else:
        reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
        made = _html(status, f"<html><body><h1>{status} {reason}</h1></body></html>")
    return RawResponse(status, {**made.headers, **extra}, made.content)


def _html(status: int, body: bytes | str) -> RawResponse:
    return RawResponse(status, {"content-type": "text/html"}, body.encode() if isinstance(body, str) else body)


def _worded(problem: Problem, message: str | None, retry_after: str | None) -> Problem:
    """Return the problem with its message: the given one; on a 429, one that agrees with `Retry-After`."""
    if message:
        return replace(problem, message=message)
    if problem.status_code != 429 or retry_after is None:
        return problem
    is_seconds = re.fullmatch(r"[0-9]+(\.[0-9]+)?", retry_after)
    return rate_limited(retry_after) if is_seconds else rate_limited_without_time()
