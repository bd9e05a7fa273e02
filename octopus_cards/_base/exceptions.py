"""Everything that a call can raise.

    OctopusCardsError
    ├── RequestError                     one request did not come to its result
    │   ├── NotSentError                 nothing reached the server: safe to repeat anything
    │   ├── OutcomeUnknownError          sent, answer lost: safe to repeat reads only
    │   ├── APIError                     the server answered with an error
    │   │   ├── BadRequestError          400
    │   │   │   └── ValidationFailedError    400 with the code VALIDATION_FAILURE
    │   │   ├── AuthenticationError      401
    │   │   ├── PermissionDeniedError    403
    │   │   ├── NotFoundError            404
    │   │   ├── RateLimitError           429
    │   │   └── ServerError              5xx
    │   └── InvalidResponseError         an answer that is not what the contract says
    ├── WaitTimeoutError                 the order was not final in time; it may still become so
    └── WaitCancelledError               the caller ended the wait

Beside these only ValueError and TypeError come out of a call, for its arguments, before anything is sent,
and what a hook of the caller's raises. Every exception can be pickled and copied, and prints without secrets.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from octopus_cards._base.redaction import withheld

if TYPE_CHECKING:
    from octopus_cards._engine.moving_list import ListPosition
    from octopus_cards._io.codec import TopupOrder


class OctopusCardsError(Exception):
    """The base of all exceptions of this package."""

    def __str__(self) -> str:
        return withheld(super().__str__())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__.copy())


def _restore(kind: type[OctopusCardsError], args: tuple[Any, ...], state: dict[str, Any]) -> OctopusCardsError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class RequestError(OctopusCardsError):
    """The base of what can go wrong with one request.

    Attributes:
        method: The HTTP method.
        path: The path, without its query.
        attempts: How often the request was tried in all.
        stopped: Why it was not tried again though the fault may pass, for people to read; None where repeating
            cannot help.
        passing: Whether the same call may come to something better later.
        retry_after: How many seconds to wait before that, as the server asked, or after a login that failed.
        request_id: The `X-Request-Id` of the answer, else the one that was to be sent; quote it to support.
        position: How far a list was read before this; `orders.list(resume=error.position)` goes on from there.
    """

    passing: bool = False
    retry_after: float | None = None
    stopped: str | None = None
    request_id: str | None = None
    position: ListPosition | None = None
    method: str
    path: str
    attempts: int

    def __init__(self, problem: str, *, method: str, path: str, attempts: int = 1) -> None:
        super().__init__(problem)
        self.method = method
        self.path = path
        self.attempts = attempts

    def _context(self) -> list[str]:
        tries = [f"{self.attempts} attempts"] if self.attempts > 1 else []
        request_id = [f"request {self.request_id}"] if self.request_id else []
        return [f"{self.method} {self.path}", *tries, *request_id]

    def __str__(self) -> str:
        stopped = f"; {self.stopped}" if self.stopped else ""
        position = f"; {self.position.orders} orders of the list came before" if self.position else ""
        return withheld(f"{self.args[0]} [{', '.join(self._context())}{stopped}{position}]")


class NotSentError(RequestError):
    """Nothing reached the server, so anything may be repeated."""

    passing = True


class OutcomeUnknownError(RequestError):
    """The request was sent and its answer was lost, so only reads may be repeated."""

    passing = True


class _Answered(RequestError):
    """The base of what is raised for an answer that is in hand.

    Attributes:
        status_code: The HTTP status.
        body: The body as it was received. It may hold private data and is never printed; of an answer to a login,
            which may hold tokens, it is left out.
    """

    status_code: int
    body: bytes

    def __init__(
        self,
        problem: str,
        *,
        method: str,
        path: str,
        status_code: int,
        request_id: str | None = None,
        body: bytes = b"",
        attempts: int = 1,
    ) -> None:
        super().__init__(problem, method=method, path=path, attempts=attempts)
        self.status_code = status_code
        self.request_id = request_id
        self.body = body

    def _context(self) -> list[str]:
        return [f"HTTP {self.status_code}", *super()._context()]


# Source: documentation page best-practices/handling-errors, the column Retry.
_PASSING = frozenset({429, 500, 502, 503, 504})


class APIError(_Answered):
    """The server answered with an error.

    Attributes:
        name: The category, e.g. `ValidationException`; None where the answer carried no error envelope.
        code: The cause, e.g. `VALIDATION_FAILURE`, to branch on; None likewise.
        message: A sentence for people. It may change: log it, do not match on it.

    Source: documentation page best-practices/handling-errors.
    """

    name: str | None
    code: str | None
    message: str

    def __init__(self, message: str, *, name: str | None = None, code: str | None = None, **answered: Any) -> None:
        super().__init__(message, **answered)
        self.passing = self.status_code in _PASSING
        self.message = message
        self.name = name
        self.code = code

    def _context(self) -> list[str]:
        asked = [] if self.retry_after is None else [f"retry after {self.retry_after:g} s"]
        return [*([self.code] if self.code else []), *super()._context(), *asked]


class BadRequestError(APIError):
    """400: the request breaks a rule; repeating it cannot help."""


class ValidationFailedError(BadRequestError):
    """400 `VALIDATION_FAILURE`: a field is missing or not valid."""


class AuthenticationError(APIError):
    """401: the token is missing, invalid or expired."""


class PermissionDeniedError(APIError):
    """403: the token is good, but the request is not allowed (address list, feature)."""


class NotFoundError(APIError):
    """404: there is no such thing, or it is not visible to this account."""


class RateLimitError(APIError):
    """429: too many requests; `retry_after` says how many seconds the server asked to wait."""


class ServerError(APIError):
    """5xx: the server, or something in front of it, failed."""


class InvalidResponseError(_Answered):
    """The answer is not what the contract says: HTML, cut JSON, a wrong type, another order."""


class WaitTimeoutError(OctopusCardsError):
    """An order was not final within the time of the wait. It may still complete: nothing was cancelled.

    Attributes:
        order: The order as it was last seen; of several the first.
        orders: All orders that are not final yet, as they were last seen.
        elapsed: How many seconds were waited.
        polls: How often orders were read.
    """

    order: TopupOrder
    orders: tuple[TopupOrder, ...]
    elapsed: float
    polls: int

    @classmethod
    def after(cls, orders: Sequence[TopupOrder], *, elapsed: float, polls: int) -> Self:
        """The exception for a wait that saw these orders last."""
        order, others = orders[0], len(orders) - 1
        more = f" (and {others} other{'s'[: others > 1]})" if others else ""
        error = cls(
            f"topup order {order.id} is still {order.status}{more} after {elapsed:.1f} s and "
            f"{polls} read{'s'[: polls > 1]}. It may still complete: wait again, or set a notification e-mail."
        )
        error.order, error.orders, error.elapsed, error.polls = order, tuple(orders), elapsed, polls
        return error


class WaitCancelledError(OctopusCardsError):
    """The caller's `cancel` ended the wait; the order itself goes on.

    Attributes:
        order: The order as it was last seen, of several the first; None when none was read yet.
        orders: All orders that are not final yet and were read, as they were last seen.
    """

    order: TopupOrder | None = None
    orders: tuple[TopupOrder, ...] = ()

    @classmethod
    def after(cls, order_ids: Sequence[int], orders: Sequence[TopupOrder]) -> Self:
        """The exception for a wait for these orders that saw those last."""
        seen = f"last seen {orders[0].status}" if orders else "not read yet"
        others = f" and {len(order_ids) - 1} more" if len(order_ids) > 1 else ""
        error = cls(
            f"the wait for topup order {order_ids[0]}{others} was cancelled ({seen}); nothing happens to the orders"
        )
        error.order, error.orders = (orders[0] if orders else None), tuple(orders)
        return error
