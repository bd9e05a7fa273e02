"""Every exception that a call can raise.

    OctopusCardsError
    ├── RequestError                     one request failed
    │   ├── NotSentError                 nothing reached the server: any call may be repeated
    │   ├── OutcomeUnknownError          the request was sent and the response was lost: only reads may be repeated
    │   ├── APIError                     the server answered with an error
    │   │   ├── BadRequestError          400
    │   │   │   ├── ValidationFailedError    400 with the code VALIDATION_FAILURE
    │   │   │   └── DuplicateReferenceError  400: an order with this client_reference exists
    │   │   ├── AuthenticationError      401
    │   │   ├── PermissionDeniedError    403
    │   │   ├── NotFoundError            404
    │   │   ├── RateLimitError           429
    │   │   └── ServerError              5xx
    │   └── InvalidResponseError         the response does not match the contract
    ├── ReferenceConflictError           the client_reference belongs to another purchase, or to two orders
    ├── DebitLimitError                  an order would cost more than the caller allows; nothing was ordered
    ├── journal.JournalError             the order journal cannot be read or written
    ├── WaitTimeoutError                 an order was not final in time (also a TimeoutError)
    └── WaitCancelledError               the caller ended the wait

Apart from these, a call raises only ValueError and TypeError, for its arguments, before anything is sent, and
whatever a hook of the caller raises. Every exception can be pickled and copied, and prints no secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from octopus_cards._base.redaction import redact

if TYPE_CHECKING:
    from octopus_cards._base.positions import ListPosition  # it imports json, and every program imports the exceptions


class OctopusCardsError(Exception):
    """The base of all exceptions of this package."""

    def __init__(self, *args: object) -> None:
        # Tools that report exceptions read the arguments, too.
        super().__init__(*(redact(arg) if isinstance(arg, str) else arg for arg in args))

    def __str__(self) -> str:
        return redact(str(self.args[0])) if self.args else ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__.copy())


def _restore(kind: type[OctopusCardsError], args: tuple[Any, ...], state: dict[str, Any]) -> OctopusCardsError:
    error = kind.__new__(kind)
    error.args = args  # `__new__` of an OSError leaves them to `__init__`
    error.__dict__.update(state)
    return error


class RequestError(OctopusCardsError):
    """The base of what can go wrong with one request.

    Attributes:
        method: The HTTP method.
        path: The path, without its query.
        attempts: How many times the request was attempted.
        stop_reason: Why the client did not attempt it again although the error is retryable; None otherwise.
        retryable: Whether the same call may succeed later.
        retry_after: Seconds to wait before that, as the server asked or after a failed login.
        request_id: The `X-Request-Id` of the response, else the one of the request; quote it to support. Where a login
            failed, it is that of the call; `__cause__` is the error of the login, with the id of the login.
        position: How far a list was read before the error; `orders.list(resume=error.position)` continues there.
    """

    retryable: bool = False
    retry_after: float | None = None
    stop_reason: str | None = None
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
        attempts = [f"{self.attempts} attempts"] if self.attempts > 1 else []
        request_id = [f"request {self.request_id}"] if self.request_id else []
        return [f"{self.method} {self.path}", *attempts, *request_id]

    def __str__(self) -> str:
        reason = f"; {self.stop_reason}" if self.stop_reason else ""
        position = f"; after {self.position.count} items of the list" if self.position else ""
        return redact(f"{self.args[0]} [{', '.join(self._context())}{reason}{position}]")


class NotSentError(RequestError):
    """Nothing reached the server, so any call may be repeated."""

    retryable = True


class OutcomeUnknownError(RequestError):
    """The request was sent and its response was lost, so only reads may be repeated.

    Attributes:
        client_reference: The reference of the order that may have been placed; None where the call had none. Place it
            again with the same arguments, or ask for it with `resolve`.
        order_id: The id of the order, where it is known to exist and cannot be read now; None otherwise.
    """

    retryable = True
    client_reference: str | None = None
    order_id: int | None = None


class _ResponseError(RequestError):
    """The base of the errors that come with a response.

    Attributes:
        status_code: The HTTP status.
        body: The body as received. It may hold personal data and is never printed. Fields that the contract marks
            as private are masked; the response to a login is left out.
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


# 429 and 5xx: documentation page best-practices/handling-errors, the column Retry. A proxy or a CDN in front of the
# server answers 408, 425 and 520 to 530 when it did not get a response in time.
_RETRYABLE_STATUSES = frozenset({408, 425, 429, *range(500, 600)} - {501, 505, 511})


class APIError(_ResponseError):
    """The server answered with an error.

    Attributes:
        name: The category, e.g. `ValidationException`; None where the response has no error envelope.
        code: The cause, e.g. `VALIDATION_FAILURE`, to branch on; None where the response has no error envelope.
        message: A sentence for people. It may change: log it, do not match on it.

    Source: documentation page best-practices/handling-errors.
    """

    name: str | None
    code: str | None
    message: str

    def __init__(self, message: str, *, name: str | None = None, code: str | None = None, **response: Any) -> None:
        super().__init__(message, **response)
        self.retryable = self.status_code in _RETRYABLE_STATUSES
        self.message = message
        self.name = name
        self.code = code

    def _context(self) -> list[str]:
        retry_after = [] if self.retry_after is None else [f"retry after {self.retry_after:g} s"]
        return [*([self.code] if self.code else []), *super()._context(), *retry_after]


class BadRequestError(APIError):
    """400: the request breaks a rule; repeating it cannot help."""


class ValidationFailedError(BadRequestError):
    """400 `VALIDATION_FAILURE`: a field is missing or not valid.

    Attributes:
        field: The field of the request that the message names, also one of `input_data`; None where it names none.
    """

    field: str | None = None


class DuplicateReferenceError(BadRequestError):
    """400: an order with this client_reference was accepted before, so this request ordered nothing.

    Attributes:
        client_reference: The reference.

    Source: documentation page best-practices/idempotency.
    """

    client_reference: str | None = None


class AuthenticationError(APIError):
    """401: the token is missing, invalid or expired."""


class PermissionDeniedError(APIError):
    """403: the token is valid, but the request is not allowed (address list, feature)."""


class NotFoundError(APIError):
    """404: the object does not exist, or it is not visible to this account."""


class RateLimitError(APIError):
    """429: too many requests; `retry_after` is how many seconds the server asked to wait."""


class ServerError(APIError):
    """5xx: the server, or a proxy in front of it, failed."""


class InvalidResponseError(_ResponseError):
    """The response does not match the contract: HTML, truncated JSON, a wrong type, another order."""
