"""A server that both checks are run against: the emulator, or the emulator with a fault in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator import Assumptions, Emulator, Problem
from octopus_cards.emulator._core.http_server import serving

# The examples of the contract, so that a generated login is one that succeeds.
KEYS = {"username": "the-api-key", "password": "the-api-secret"}
LIST = "/api/v1/topups/orders"


def account() -> Emulator:
    """An account with orders of each kind, final and in flight, whose logins are not limited."""
    # What a locked address answers is not documented. With 403 a 400 to a good address is told as what it is.
    locked = Problem(403, "ForbiddenError", "FORBIDDEN", "Notification email cannot be changed for a completed order")
    assumptions = Assumptions(rate_limits=False, locked_email=locked)
    emulator = Emulator(api_key=KEYS["username"], api_secret=KEYS["password"], assumptions=assumptions)
    emulator.populate(20)
    for _ in range(60):
        emulator.add_order(delivered_after=1e6)
    return emulator


@dataclass(frozen=True)
class Fault:
    """Something that a server could do wrong.

    Attributes:
        told: What.
        change: The answer to a request instead of the right one.
        schemathesis: The check that must notice; none where that is beyond it.
        prism: The place that the proxy must name; none likewise.
    """

    told: str
    change: Callable[[Incoming, RawResponse], RawResponse]
    schemathesis: str | None = None
    prism: str | None = None


def faulty(fault: Fault, handle: Callable[[Incoming], RawResponse]) -> Callable[[Incoming], RawResponse]:
    """A server with a fault."""
    return lambda incoming: fault.change(incoming, handle(incoming))


@contextmanager
def served(fault: Fault | None = None) -> Generator[str]:
    """The account over HTTP."""
    handle = account().handle
    with serving(faulty(fault, handle) if fault else handle, 0) as url:
        yield url


def _orders(change: Callable[[dict[str, Any]], object]) -> Callable[[Incoming, RawResponse], RawResponse]:
    """Changes each order of an answer."""

    def changed(incoming: Incoming, answer: RawResponse) -> RawResponse:
        if answer.status_code != 200 or not incoming.target.startswith(LIST) or incoming.method != "GET":
            return answer
        body = json.loads(answer.content)
        for order in body if isinstance(body, list) else [body]:
            change(order)
        return RawResponse(answer.status_code, answer.headers, json.dumps(body).encode())

    return changed


def _header(name: str, value: str) -> Callable[[Incoming, RawResponse], RawResponse]:
    """Gives a header that is there another value."""

    def changed(_: Incoming, answer: RawResponse) -> RawResponse:
        headers = dict(answer.headers) | ({name: value} if name in answer.headers else {})
        return RawResponse(answer.status_code, headers, answer.content)

    return changed


def _instead(
    when: Callable[[Incoming, RawResponse], bool], status: int, body: object, **headers: str
) -> Callable[[Incoming, RawResponse], RawResponse]:
    """Another answer to some requests."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    made = {"content-type": "application/json", "x-request-id": "made"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return lambda incoming, answer: RawResponse(status, made, content) if when(incoming, answer) else answer


def _refused(status: int) -> Callable[[Incoming, RawResponse], bool]:
    return lambda _, answer: answer.status_code == status


def _error(code: str) -> dict[str, object]:
    return {"error": {"name": "Made", "code": code, "message": "made"}}


_SUCCESS = {"success": True, "message": "Notification email updated successfully"}

FAULTS = [
    Fault("an order without its currency", _orders(lambda order: order.pop("currency")),
          "ST108 Response violates schema", "response.body"),
    Fault("an amount as text", _orders(lambda order: order.update(amount=str(order["amount"]))),
          "ST108 Response violates schema", "response.body.amount"),
    Fault("a date in words", _orders(lambda order: order.update(created_at="yesterday")),
          "ST108 Response violates schema", "response.body.created_at"),
    Fault("a status that is a number", _orders(lambda order: order.update(status=7)),
          "ST108 Response violates schema", "response.body.status"),
    Fault("a total in words", _header("x-total-count", "many"),
          "ST108 Response header does not conform to the schema", "response.header.x-total-count"),
    Fault("X-Has-More says yes", _header("x-has-more", "yes"),
          None, "response.header.x-has-more"),
    Fault("an error without its envelope", _instead(_refused(404), 404, {"message": "no"}),
          "ST108 Response violates schema", "response.body"),
    Fault("a page of HTML", _instead(_refused(404), 404, b"<html>no</html>", content_type="text/html"),
          "ST105 Undocumented Content-Type", None),
    Fault("a status that is not documented", _instead(_refused(404), 410, _error("GONE")),
          "ST103 Undocumented status code", None),
    Fault("a server that fails", _instead(_refused(404), 500, _error("INTERNAL_SERVER_ERROR")),
          "ST101 Server error", None),
    Fault("a list without a token", _instead(_refused(401), 200, []),
          "ST401 API accepts requests without authentication", None),
    Fault("a page that is too long is served", _instead(_refused(400), 200, []),
          "ST201 Schema-violating request accepted", None),
    Fault("an address that is good is refused",
          _instead(lambda incoming, answer: (incoming.method, answer.status_code) == ("PATCH", 200), 400, _error("NO")),
          "ST202 Schema-valid request rejected", None),
    Fault("a method that is not there is answered", _instead(_refused(405), 200, _SUCCESS),
          "ST204 Wrong response to undeclared method", None),
]  # fmt: skip
