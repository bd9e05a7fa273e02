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

Beside these only ValueError and TypeError come out of a call, for its arguments, before anything
is sent. Every exception can be pickled and copied, and prints without secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from octopus_cards._redaction import withheld

if TYPE_CHECKING:
    from octopus_cards._wire import TopupOrder


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
        passing: Whether trying again can help; not so once the client is closed, say.
    """

    passing: bool = True
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
        return [f"{self.method} {self.path}", *tries]

    def __str__(self) -> str:
        return withheld(f"{self.args[0]} [{', '.join(self._context())}]")


class NotSentError(RequestError):
    """Nothing reached the server, so anything may be repeated."""


class OutcomeUnknownError(RequestError):
    """The request was sent and its answer was lost, so only reads may be repeated."""


class _Answered(RequestError):
    """The base of what is raised for an answer that is in hand.

    Attributes:
        status_code: The HTTP status.
        request_id: The `X-Request-Id` of the answer; quote it to support. None where it had none.
        body: The body as it was received. It may hold private data and is never printed.
    """

    status_code: int
    request_id: str | None
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
        request_id = [f"request {self.request_id}"] if self.request_id else []
        return [f"HTTP {self.status_code}", *super()._context(), *request_id]


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
        self.message = message
        self.name = name
        self.code = code

    def _context(self) -> list[str]:
        return [*([self.code] if self.code else []), *super()._context()]

    @classmethod
    def for_status(cls, status_code: int, code: str | None) -> type[APIError]:
        """The class that stands for an HTTP status and an error code."""
        if status_code == 400 and code == "VALIDATION_FAILURE":
            return ValidationFailedError
        if status_code >= 500:
            return ServerError
        return _BY_STATUS.get(status_code, cls)


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
    """429: too many requests.

    Attributes:
        retry_after: How many seconds the server asked to wait; None where it did not say.

    Source: documentation page best-practices/rate-limits.
    """

    retry_after: float | None = None

    def _context(self) -> list[str]:
        asked = [] if self.retry_after is None else [f"retry after {self.retry_after:g} s"]
        return [*super()._context(), *asked]


class ServerError(APIError):
    """5xx: the server, or something in front of it, failed."""


_BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    429: RateLimitError,
}


class InvalidResponseError(_Answered):
    """The answer is not what the contract says: HTML, cut JSON, a wrong type, another order."""


class WaitTimeoutError(OctopusCardsError):
    """The order was not final within the time of the wait. It may still complete: nothing was cancelled.

    Attributes:
        order: The order as it was last seen.
        elapsed: How many seconds were waited.
        polls: How often the order was read.
    """

    order: TopupOrder
    elapsed: float
    polls: int

    @classmethod
    def after(cls, order: TopupOrder, *, elapsed: float, polls: int) -> Self:
        """The exception for a wait that saw `order` last."""
        error = cls(
            f"topup order {order.id} is still {order.status} after {elapsed:.1f} s and {polls} read{'s'[: polls > 1]}. "
            f"It may still complete: wait again, or set a notification e-mail."
        )
        error.order, error.elapsed, error.polls = order, elapsed, polls
        return error


class WaitCancelledError(OctopusCardsError):
    """The caller's `cancel` ended the wait; the order itself goes on.

    Attributes:
        order: The order as it was last seen; None when it was not read yet.
    """

    order: TopupOrder | None = None

    @classmethod
    def after(cls, order_id: int, order: TopupOrder | None) -> Self:
        """The exception for a wait that saw `order` last."""
        seen = f"last seen {order.status}" if order is not None else "not read yet"
        error = cls(f"the wait for topup order {order_id} was cancelled ({seen}); the order itself goes on")
        error.order = order
        return error
