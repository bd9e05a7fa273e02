"""The server for both checks: the emulator, or the emulator with a fault."""

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
    """Return an account with orders in every state and without rate limits."""
    # The response for a locked address is not documented. With 403, a 400 for a valid address remains a fault.
    locked = Problem(403, "ForbiddenError", "FORBIDDEN", "Notification email cannot be changed for a completed order")
    assumptions = Assumptions(locked_email=locked)
    emulator = Emulator(api_key=KEYS["username"], api_secret=KEYS["password"], limits=None, assumptions=assumptions)
    emulator.populate(20)
    for _ in range(60):
        emulator.add_order(delivered_after=1e6)
    return emulator


@dataclass(frozen=True)
class Fault:
    """A fault of a server.

    Attributes:
        title: The fault in words.
        change: Replaces the correct response to a request.
        schemathesis: The check that must detect the fault; None if Schemathesis cannot detect it.
        prism: The place that the proxy must name; None if Prism cannot detect it.
    """

    title: str
    change: Callable[[Incoming, RawResponse], RawResponse]
    schemathesis: str | None = None
    prism: str | None = None


def faulty(fault: Fault, handle: Callable[[Incoming], RawResponse]) -> Callable[[Incoming], RawResponse]:
    """Return a server with a fault."""
    return lambda incoming: fault.change(incoming, handle(incoming))


@contextmanager
def served(fault: Fault | None = None) -> Generator[str]:
    """Serve the account over HTTP, with or without a fault."""
    handle = account().handle
    with serving(faulty(fault, handle) if fault else handle, 0) as url:
        yield url


def _orders(change: Callable[[dict[str, Any]], object]) -> Callable[[Incoming, RawResponse], RawResponse]:
    """Change each order of a response."""

    def changed(incoming: Incoming, response: RawResponse) -> RawResponse:
        if response.status_code != 200 or not incoming.target.startswith(LIST) or incoming.method != "GET":
            return response
        body = json.loads(response.content)
        for order in body if isinstance(body, list) else [body]:
            change(order)
        return RawResponse(response.status_code, response.headers, json.dumps(body).encode())

    return changed


def _header(name: str, value: str) -> Callable[[Incoming, RawResponse], RawResponse]:
    """Replace the value of a header if the response has it."""

    def changed(_: Incoming, response: RawResponse) -> RawResponse:
        headers = dict(response.headers) | ({name: value} if name in response.headers else {})
        return RawResponse(response.status_code, headers, response.content)

    return changed


def _instead(
    when: Callable[[Incoming, RawResponse], bool], status: int, body: object, **headers: str
) -> Callable[[Incoming, RawResponse], RawResponse]:
    """Replace the response to some requests."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    made = {"content-type": "application/json", "x-request-id": "made"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return lambda incoming, response: RawResponse(status, made, content) if when(incoming, response) else response


def _refused(status: int) -> Callable[[Incoming, RawResponse], bool]:
    return lambda _, response: response.status_code == status


def _accepted_patch(incoming: Incoming, response: RawResponse) -> bool:
    return (incoming.method, response.status_code) == ("PATCH", 200)


def _error(code: str) -> dict[str, object]:
    return {"error": {"name": "Made", "code": code, "message": "made"}}


_SUCCESS = {"success": True, "message": "Notification email updated successfully"}

FAULTS = [
    Fault("an order without its currency", _orders(lambda order: order.pop("currency")),
          "ST108 Response violates schema", "response.body"),
    Fault("an amount as text", _orders(lambda order: order.update(amount=str(order["amount"]))),
          "ST108 Response violates schema", "response.body.amount"),
    Fault("a date that is not RFC 3339", _orders(lambda order: order.update(created_at="yesterday")),
          "ST108 Response violates schema", "response.body.created_at"),
    Fault("a status that is a number", _orders(lambda order: order.update(status=7)),
          "ST108 Response violates schema", "response.body.status"),
    Fault("a total that is not a number", _header("x-total-count", "many"),
          "ST108 Response header does not conform to the schema", "response.header.x-total-count"),
    Fault("X-Has-More is not a boolean", _header("x-has-more", "yes"),
          None, "response.header.x-has-more"),
    Fault("an error without its envelope", _instead(_refused(404), 404, {"message": "no"}),
          "ST108 Response violates schema", "response.body"),
    Fault("a page of HTML", _instead(_refused(404), 404, b"<html>no</html>", content_type="text/html"),
          "ST105 Undocumented Content-Type", None),
    Fault("an undocumented status", _instead(_refused(404), 410, _error("GONE")),
          "ST103 Undocumented status code", None),
    Fault("a server error", _instead(_refused(404), 500, _error("INTERNAL_SERVER_ERROR")),
          "ST101 Server error", None),
    Fault("a list without authentication", _instead(_refused(401), 200, []),
          "ST401 API accepts requests without authentication", None),
    Fault("an invalid page is accepted", _instead(_refused(400), 200, []),
          "ST201 Schema-violating request accepted", None),
    Fault("a valid address is rejected",
          _instead(_accepted_patch, 400, _error("NO")),
          "ST202 Schema-valid request rejected", None),
    Fault("an undeclared method is accepted", _instead(_refused(405), 200, _SUCCESS),
          "ST204 Wrong response to undeclared method", None),
]  # fmt: skip
