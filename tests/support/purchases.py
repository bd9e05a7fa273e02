"""A purchase, the answers that a server can give to it, and journals in which it has a state."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import octopus_cards as oc
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Send
from octopus_cards._engine.journal_entries import Entry, State
from octopus_cards._engine.purchases import checked_purchase
from octopus_cards.emulator import EmulatorClock
from octopus_cards.resources.topup_rules import TOPUP_ORDER_PLACING
from support.scripted_flows import SERVER, MemoryJournal, error_answer, json_answer

ARGUMENTS: dict[str, Any] = {
    "product_id": 4218,
    "amount": Decimal("4.99"),
    "client_reference": "KEY-1",
    "input_data": {"player_id": "5123456789", "server": "asia"},
}
ORDER: dict[str, Any] = {
    "id": 77,
    "client_reference": "KEY-1",
    "product_id": 4218,
    "product_name": "PUBG Mobile UC",
    "country_code": "GLO",
    "amount": 4.7405,
    "currency": "USD",
    "status": "PENDING",
    "created_at": "2026-05-19T14:30:00Z",
}
WITH_RECIPIENT = ORDER | {"input_data": {"player_id": "512-345-6789", "server": "Asia"}}
CONTEXT: dict[str, Any] = {"method": "POST", "path": "/api/v1/topups/orders"}


class Server:
    """Answers the POST as scripted, the last answer for ever; its list shows `order` after `hidden` lookups."""

    def __init__(self, *posts: Any, order: dict[str, Any] | None = None, hidden: int = 0) -> None:
        self.posts = list(posts)
        self.order = order
        self.hidden = hidden
        self.sent: list[str] = []
        self.bodies: set[bytes | None] = set()

    def __call__(self, send: Send) -> RawResponse:
        self.sent.append(send.call.operation.name)
        if send.call.method == "POST" and send.call.path.endswith("charges"):
            return json_answer(200, {"total_payable": 4.7405, "charges_details": {"destination_currency": "USD"}})
        if send.call.method == "POST":
            self.bodies.add(send.call.content)
            answer: RawResponse | oc.RequestError = self.posts.pop(0) if len(self.posts) > 1 else self.posts[0]
            if isinstance(answer, oc.RequestError):
                raise answer
            return answer
        if send.call.path.endswith("/77"):
            return json_answer(200, self.order)
        self.hidden -= 1
        return json_answer(200, [self.order] if self.order and self.hidden < 0 else [])


ACCEPTED = json_answer(200, ORDER)
CREATED = json_answer(201, ORDER)
NOT_SENT = oc.NotSentError("refused", **CONTEXT)
LOST = oc.OutcomeUnknownError("reset", **CONTEXT)
DUPLICATE = error_answer(400, "BAD_REQUEST", "Duplicate client_reference")
SHORT_OF_FUNDS = error_answer(400, "INSUFFICIENT_FUNDS", "Insufficient funds")
INVALID = error_answer(400, "VALIDATION_FAILURE", "player_id is invalid")
UNKNOWN = {
    "lost": LOST,
    "500": error_answer(500, "INTERNAL_SERVER_ERROR", "x"),
    "501": error_answer(501, "X", "x"),
    "502": RawResponse(502, {"content-type": "text/html"}, b"<html>"),
    "408": error_answer(408, "X", "x"),
    "425": error_answer(425, "X", "x"),
    "499": error_answer(499, "X", "x"),
    "302": RawResponse(302, {"location": "https://elsewhere.example/"}, b""),
    "html": RawResponse(200, {"content-type": "text/html"}, b"<html>"),
    "cut": RawResponse(200, {"content-type": "application/json"}, b'{"id": 7'),
    "no id": json_answer(200, {"status": "PENDING"}),
    "another reference": json_answer(200, ORDER | {"client_reference": "KEY-2"}),
    "empty": RawResponse(204, {}, b""),
}
NOT_EXECUTED = {
    "not sent": (NOT_SENT, oc.NotSentError),
    "401": (error_answer(401, "UNAUTHORIZED", "x"), oc.AuthenticationError),
    "429": (error_answer(429, "TOO_MANY_REQUESTS", "x"), oc.RateLimitError),
}
REJECTED = {
    "funds": (SHORT_OF_FUNDS, oc.BadRequestError),
    "validation": (INVALID, oc.ValidationFailedError),
    "403": (error_answer(403, "FORBIDDEN", "x"), oc.PermissionDeniedError),
    "404": (error_answer(404, "NOT_FOUND", "x"), oc.NotFoundError),
    "409": (error_answer(409, "CONFLICT", "x"), oc.APIError),
    "422": (error_answer(422, "X", "x"), oc.APIError),
}
CLEAN = (None, State.INTENT, State.REJECTED)
DOUBTFUL = (State.SENDING, State.UNKNOWN, State.CLAIMED, State.REVIEW)


def journal_in(state: State | None, **fields: Any) -> MemoryJournal:
    """Return a journal in which the purchase has this state."""
    if state is None:
        return MemoryJournal()
    entry = checked_purchase(TOPUP_ORDER_PLACING, ARGUMENTS).new_entry(SERVER, EmulatorClock().now().timestamp())
    known = {name: getattr(entry, name) for name in entry.__struct_fields__}
    return MemoryJournal(Entry(**known | {"state": state, "sends": 1} | fields))
