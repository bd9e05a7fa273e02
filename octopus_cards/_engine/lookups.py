"""Finding an order by its reference, and reading it, within the time that is left."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from octopus_cards._base.exceptions import AuthenticationError, RequestError
from octopus_cards._base.order_errors import ReferenceConflictError
from octopus_cards._engine.calls import find_all, read_item
from octopus_cards._engine.effects import Flow, Pause
from octopus_cards._engine.evidence import evidence
from octopus_cards._engine.exchange import Session
from octopus_cards._engine.operation import prepare
from octopus_cards._engine.order_records import OrderRecord
from octopus_cards._engine.purchases import REFERENCE, Purchase

T = TypeVar("T")
# How long one lookup may take, in seconds.
LOOKUP_DEADLINE = 10.0
# Seconds after a duplicate response at which the client looks the order up: at once for an old order, later for a list
# that lags.
LOOKUP_TIMES = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# The last lookup starts this long before the deadline, in seconds.
LAST_LOOKUP_TIME = 1.0
MIN_DEADLINE = 0.001


class Lookup(Generic[T]):
    """Looks for the order of a purchase until a time of the monotonic clock."""

    def __init__(
        self,
        purchase: Purchase[T],
        session: Session,
        record: OrderRecord,
        ends_at: float,
        request_id: str | None,
    ) -> None:
        self._purchase = purchase
        self._record = record
        self._target = purchase.target
        self._reference = purchase.reference or ""
        self._session = session
        self._ends_at = ends_at
        self._request_id = request_id

    def repeat(self) -> Flow[T | None]:
        """Return the order as soon as the list shows it; None where it does not in time."""
        clock = self._session.clock
        started = clock.monotonic()
        for moment in LOOKUP_TIMES:
            left = self._ends_at - LAST_LOOKUP_TIME - clock.monotonic()
            if left <= 0 and moment:
                return None
            yield Pause(max(0.0, min(started + moment - clock.monotonic(), left)))
            found = yield from self.find_if_readable()
            if found is not None:
                return found
        return None

    def find_if_readable(self) -> Flow[T | None]:
        """Return the order that the list shows; None where it shows none or cannot be read."""
        try:
            return (yield from self.find())
        except RequestError:
            return None

    def find_before_refusal(self) -> Flow[T | None]:
        """Return the order that the list shows, before the refusal of a request is believed.

        Raises:
            RequestError: The list cannot be read, and nothing else proves that no earlier call has placed the order.
        """
        try:
            return (yield from self.find())
        except RequestError as error:
            # A server that refuses reads as well refuses everything.
            is_proven = self._record.is_durable or self._record.may_exist or evidence(error) == "rejected"
            if is_proven or isinstance(error, AuthenticationError):
                return None
            raise

    def find(self) -> Flow[T | None]:
        """Return the order that the list shows; None where it shows none.

        Raises:
            RequestError: The list cannot be read, or shows an order with another reference.
            ReferenceConflictError: The list shows more than one order, which is for a person.
        """
        call = prepare(self._target.find, {REFERENCE: self._reference})
        label, session = self._target.label, self._limited_session()
        page, count = yield from find_all(call, label, REFERENCE, self._reference, session, self._request_id)
        if count > 1:
            orders: list[Any] = list(page)
            ids = ", ".join(str(order.id) for order in orders) or "none shown"
            problem = f"the server has {count} orders with this {REFERENCE} ({ids}); report it to support"
            yield from self._record.review(problem)
            raise ReferenceConflictError(problem, client_reference=self._reference, order=next(iter(orders), None))
        return page[0] if page else None

    def check(self, order: Any) -> None:
        """Compare an order with the purchase.

        Raises:
            ReferenceConflictError: It belongs to another purchase.
        """
        difference = self._purchase.difference(order)
        if order.client_reference not in (None, self._reference):
            difference = REFERENCE
        if difference is not None:
            problem = f"the {self._target.label} {order.id} with this {REFERENCE} has another {difference}"
            raise ReferenceConflictError(problem, client_reference=self._reference, order=order)

    def read_whole(self, listed: T) -> Flow[T]:
        """Return an order with the fields that the list leaves out, or as listed where it cannot be read."""
        item: Any = listed
        try:
            return (yield from self.read(item.id))
        except RequestError:
            return listed

    def read(self, order_id: int) -> Flow[T]:
        """Return an order by its id."""
        arguments = {self._target.id_argument: order_id}
        session = self._limited_session()
        return (yield from read_item(self._target.get, self._target.label, arguments, session, self._request_id))

    def _limited_session(self) -> Session:
        """Return the session for one lookup, within the time that is left."""
        left = self._ends_at - self._session.clock.monotonic()
        return replace(self._session, deadline=max(MIN_DEADLINE, min(LOOKUP_DEADLINE, left)))
