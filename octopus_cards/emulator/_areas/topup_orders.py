"""The documented operations, answered from the store. Source: documentation page reference/topups/orders."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._areas.auth import Auth
from octopus_cards.emulator._areas.store import STATUSES, Store, StoredOrder
from octopus_cards.emulator._core.assumptions import Assumptions
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import Refused, answer, envelope, invalid

_INT64 = range(-(2**63), 2**63)
_METHODS = (
    (re.compile("/auth/(login|refresh|logout)"), "POST"),
    (re.compile("/api/v1/topups/orders(/[^/]*)?"), "GET"),
    (re.compile("/api/v1/topups/orders/[^/]*/notification-email"), "PATCH"),
)


class Api:
    """Answers requests as the documentation says."""

    def __init__(self, store: Store, auth: Auth, assumptions: Assumptions) -> None:
        self._store = store
        self._auth = auth
        self._assume = assumptions

    def answer(self, request: ReceivedRequest) -> RawResponse:
        """The answer to a request."""
        try:
            return self._route(request)
        except Refused as refused:
            return envelope(refused.problem, refused.headers)

    def _route(self, request: ReceivedRequest) -> RawResponse:
        match request.method, request.path:
            case "POST", "/auth/login":
                return self._auth.login(request.body)
            case "POST", "/auth/refresh":
                return self._auth.refresh(request.body)
            case _:
                """All else needs a token."""
        for path, method in _METHODS:
            if path.fullmatch(request.path) and request.method != method:
                raise Refused(self._assume.wrong_method, {"allow": method})
        self._auth.check(request)
        match request.method, request.path.split("/")[1:]:
            case "POST", ["auth", "logout"]:
                return self._auth.logout()
            case "GET", ["api", "v1", "topups", "orders"]:
                return self._list(request.query)
            case "GET", ["api", "v1", "topups", "orders", order_id]:
                return self._read(order_id)
            case "PATCH", ["api", "v1", "topups", "orders", order_id, "notification-email"]:
                return self._set_email(order_id, request.body)
            case _:
                raise Refused(self._assume.unknown_route)

    def _list(self, query: Mapping[str, str]) -> RawResponse:
        page = self._number(query, "page", 1)
        per_page = self._number(query, "per_page", 50, at_most=500)
        filters = list(self._filters(query))
        matching = [order for order in self._store.newest_first() if all(meets(order) for meets in filters)]
        rows = matching[(page - 1) * per_page : page * per_page]
        pages = -(-len(matching) // per_page)
        headers = {
            "x-page": page,
            "x-per-page": per_page,
            "x-total-count": len(matching),
            "x-total-pages": pages,
            "x-page-size": len(rows),
            "x-has-more": "true" if page < pages else "false",
        }
        shown = [order.shown(alone=False) for order in rows]
        return answer(self._assume.success_status, shown, {name: str(value) for name, value in headers.items()})

    def _read(self, order_id: str) -> RawResponse:
        order = self._find(order_id)
        if order.fields["status"] in self._assume.refresh_statuses:
            self._store.refresh(order)
        return answer(self._assume.success_status, order.shown(alone=True))

    def _set_email(self, order_id: str, body: bytes) -> RawResponse:
        number = _order_id(order_id)
        email = _email(body)
        order = self._find(str(number))
        if order.final:
            raise Refused(self._assume.locked_email)
        order.email = email
        confirmation = {"success": True, "message": "Notification email updated successfully"}
        return answer(self._assume.success_status, confirmation)

    def _find(self, order_id: str) -> StoredOrder:
        order = self._store.get(_order_id(order_id))
        if order is None:
            raise Refused(self._assume.unknown_order)
        return order

    def _filters(self, query: Mapping[str, str]) -> Iterable[Callable[[StoredOrder], bool]]:
        """What every order of the list has to meet."""
        if (status := query.get("status")) is not None:
            if status not in STATUSES:
                raise invalid("Invalid status")
            yield lambda order: order.fields["status"] == status
        if "product_id" in query:
            product_id = self._number(query, "product_id", 0)
            yield lambda order: order.fields["product_id"] == product_id
        if (country := query.get("country")) is not None:
            if not re.fullmatch("[A-Z]{3}", country):
                raise invalid("Invalid country")
            yield lambda order: order.fields["country_code"] == country
        if (reference := query.get("client_reference")) is not None:
            if not re.fullmatch("[ -~]{1,255}", reference):
                raise invalid("Invalid client_reference")
            yield lambda order: order.fields.get("client_reference") == reference

    def _number(self, query: Mapping[str, str], name: str, default: int, at_most: int | None = None) -> int:
        text = query.get(name, str(default))
        if not re.fullmatch("[+-]?[0-9]{1,4000}", text):  # Python reads few digits more
            raise invalid(f"Invalid {name}")
        number = max(int(text), 1)
        clamped = number if at_most is None else min(number, at_most)
        if int(text) != clamped and self._assume.out_of_range == "reject":
            raise invalid(f"Invalid {name}")
        return clamped


def _order_id(text: str) -> int:
    if not re.fullmatch("[+-]?[0-9]{1,19}", text) or int(text) not in _INT64:
        raise invalid("Invalid order ID")
    return int(text)


def _email(body: bytes) -> str:
    try:
        decoded: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise invalid("Invalid request body") from None
    email: Any = (cast("dict[str, Any]", decoded).get("email") or "") if isinstance(decoded, dict) else None
    if not isinstance(email, str):
        raise invalid("Invalid request body")
    if not email:
        raise invalid("email is required")
    if len(email) > 254:
        raise invalid("email is too long (max 254 characters)")
    return email
