"""The operations on topup orders. Source: documentation page reference/topups/orders."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._areas.documented_limits import READ
from octopus_cards.emulator._areas.topup_listing import TopupFilters
from octopus_cards.emulator._areas.topup_order import STATUSES, StoredTopupOrder
from octopus_cards.emulator._areas.topup_store import TopupStore
from octopus_cards.emulator._assumptions import Assumptions
from octopus_cards.emulator._core.paging import paging_headers, query_integer
from octopus_cards.emulator._core.problems import Problem, validation_failure
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import ErrorResponse, invalid, json_object, json_response
from octopus_cards.emulator._core.router import Route

# Errors of this area by their status. The 404 is assumed: no page shows one for topup orders.
DOCUMENTED_PROBLEMS: Mapping[int, Problem] = MappingProxyType(
    {
        400: validation_failure("Invalid order ID"),
        404: Problem(404, "NotFoundError", "NOT_FOUND", "Order not found"),
    }
)
_INT64 = range(-(2**63), 2**63)


class TopupOrders:
    """The handlers of the topup orders in a store."""

    def __init__(self, store: TopupStore, assumptions: Assumptions) -> None:
        self._store = store
        self._assumptions = assumptions

    def routes(self) -> Sequence[Route]:
        """Return the operations of this area."""
        orders = "/api/v1/topups/orders"
        email = f"{orders}/{{order_id}}/notification-email"
        return (
            Route(method="GET", path=orders, handler=self._list, rate_class=READ),
            Route(method="GET", path=f"{orders}/{{order_id}}", handler=self._get, rate_class=READ),
            Route(method="PATCH", path=email, handler=self._set_notification_email),
        )

    def _list(self, request: ReceivedRequest) -> RawResponse:
        page = self._integer(request.query, "page", 1)
        per_page = self._integer(request.query, "per_page", 50, maximum=500)
        filters = self._filters(request.query)
        rows, total = self._store.select(filters, (page - 1) * per_page, per_page)
        body = [order.to_json(detail=False) for order in rows]
        return json_response(self._assumptions.success_status, body, paging_headers(page, per_page, len(rows), total))

    def _get(self, request: ReceivedRequest, order_id: str) -> RawResponse:
        order = self._find(_parse_id(order_id))
        if order.fields["status"] in self._assumptions.refresh_statuses:
            self._store.refresh(order)
        return json_response(self._assumptions.success_status, order.to_json(detail=True))

    def _set_notification_email(self, request: ReceivedRequest, order_id: str) -> RawResponse:
        number = _parse_id(order_id)
        email = _email(request)
        order = self._find(number)
        if order.final:
            raise ErrorResponse(self._assumptions.locked_email)
        order.email = email
        confirmation = {"success": True, "message": "Notification email updated successfully"}
        return json_response(self._assumptions.success_status, confirmation)

    def _find(self, order_id: int) -> StoredTopupOrder:
        order = self._store.get(order_id)
        if order is None:
            raise ErrorResponse(self._assumptions.unknown_order)
        return order

    def _filters(self, query: Mapping[str, str]) -> TopupFilters:
        status, country, reference = (query.get(name) for name in ("status", "country", "client_reference"))
        if status is not None and status not in STATUSES:
            raise invalid("Invalid status")
        product_id = self._integer(query, "product_id", 1) if "product_id" in query else None
        if country is not None and not re.fullmatch("[A-Z]{3}", country):
            raise invalid("Invalid country")
        if reference is not None and not re.fullmatch("[ -~]{1,255}", reference):
            raise invalid("Invalid client_reference")
        return TopupFilters(status=status, product_id=product_id, country=country, client_reference=reference)

    def _integer(self, query: Mapping[str, str], name: str, default: int, maximum: int | None = None) -> int:
        clamp = self._assumptions.out_of_range == "clamp"
        return query_integer(query, name, default, maximum=maximum, clamp=clamp)


def _parse_id(text: str) -> int:
    if not re.fullmatch("[+-]?[0-9]{1,19}", text) or int(text) not in _INT64:
        raise invalid("Invalid order ID")
    return int(text)


def _email(request: ReceivedRequest) -> str:
    email = json_object(request).get("email") or ""
    if not isinstance(email, str):
        raise invalid("Invalid request body")
    if not email:
        raise invalid("email is required")
    if len(email) > 254:
        raise invalid("email is too long (max 254 characters)")
    return email
