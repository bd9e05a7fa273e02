"""Faults that a test asks for, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import CONNECTION_FAULTS
from octopus_cards.emulator._core.assumptions import Problem
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import answer, envelope

# As the documentation words them; 404 and 500 have no documented text for topup orders.
DOCUMENTED: Mapping[int, Problem] = {
    400: Problem(400, "ValidationException", "VALIDATION_FAILURE", "Invalid order ID"),
    401: Problem(401, "UnauthorizedError", "UNAUTHORIZED", "Authentication required"),
    403: Problem(403, "ForbiddenError", "FORBIDDEN", "IP address not authorized"),
    404: Problem(404, "NotFoundError", "NOT_FOUND", "Order not found"),
    429: Problem(429, "TooManyRequestsError", "TOO_MANY_REQUESTS", "Rate limit exceeded. Retry after 12 seconds."),
    500: Problem(500, "InternalServerError", "INTERNAL_SERVER_ERROR", "Internal server error"),
}


# What keeps a request from being sent at all; a server that is reached cannot do it.
NOT_SENT = frozenset({"refused", "unknown host", "tls", "connect timeout", "pool timeout"})


@dataclass(slots=True)
class Fault:
    """What happens to the next requests that match; with neither connection nor answer only what comes `then`."""

    times: int
    method: str | None
    path: str | None
    connection: str | None
    answer: RawResponse | None
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    then: Callable[[], None] | None = None

    @property
    def not_sent(self) -> bool:
        """Whether the request does not even arrive."""
        return self.connection in NOT_SENT

    def meets(self, request: ReceivedRequest) -> bool:
        """Whether this request is one of them."""
        if self.method not in (None, request.method) or self.path not in (None, request.path):
            return False
        return all(request.query.get(name) == value for name, value in self.query.items())


def next_fault(faults: list[Fault], request: ReceivedRequest) -> Fault | None:
    """What happens to this request; the first that meets it, which is used up by one."""
    fault = next((fault for fault in faults if fault.meets(request)), None)
    if fault is not None:
        fault.times -= 1
        if fault.times < 1:
            faults.remove(fault)
    return fault


def failing_connection(status: int | None, *, lost: bool, connection: str | None) -> str | None:
    """In which way the connection fails; None where it does not."""
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


def scripted_answer(
    status: int,
    message: str | None,
    body: bytes | str | Mapping[str, object] | None,
    headers: Mapping[str, str] | None,
    retry_after: int | str | None,
) -> RawResponse:
    """The answer that a test describes: the body as given, else the documented envelope, else a proxy's page."""
    extra = {name.lower(): value for name, value in (headers or {}).items()}
    if retry_after is not None:
        extra["retry-after"] = str(retry_after)
    if isinstance(body, Mapping):
        made = answer(status, dict(body))
    elif body is not None:
        made = RawResponse(status, {"content-type": "text/html"}, body.encode() if isinstance(body, str) else body)
    elif (problem := DOCUMENTED.get(status)) is not None:
        made = envelope(Problem(status, problem.name, problem.code, message or problem.message))
    else:
        reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
        page = f"<html><body><h1>{status} {reason}</h1></body></html>"
        made = RawResponse(status, {"content-type": "text/html"}, page.encode())
    return RawResponse(status, {**made.headers, **extra}, made.content)
