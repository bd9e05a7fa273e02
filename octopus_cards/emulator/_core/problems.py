"""The errors that every operation of the API can answer with, worded as the documentation words them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Problem:
    """An error response of the API.

    Attributes:
        status_code: The HTTP status.
        name: The `name` in the error envelope.
        code: The `code` in the error envelope.
        message: The `message` in the error envelope.
    """

    status_code: int
    name: str
    code: str
    message: str


def unauthorized(message: str) -> Problem:
    """Return a 401 with this message."""
    return Problem(401, "UnauthorizedError", "UNAUTHORIZED", message)


def validation_failure(message: str) -> Problem:
    """Return the 400 for an invalid value, with this message."""
    return Problem(400, "ValidationException", "VALIDATION_FAILURE", message)


def rate_limited(seconds: int | str) -> Problem:
    """Return the 429 that asks the client to wait this many seconds."""
    return _too_many_requests(f"Rate limit exceeded. Retry after {seconds} seconds.")


def rate_limited_without_time() -> Problem:
    """Return a 429 whose message states no waiting time."""
    return _too_many_requests("Rate limit exceeded.")


def _too_many_requests(message: str) -> Problem:
    return Problem(429, "TooManyRequestsError", "TOO_MANY_REQUESTS", message)


# The message of the 500 is assumed: no page shows one for topup orders.
COMMON_PROBLEMS: Mapping[int, Problem] = MappingProxyType(
    {
        401: unauthorized("Authentication required"),
        403: Problem(403, "ForbiddenError", "FORBIDDEN", "IP address not authorized"),
        429: rate_limited(12),
        500: Problem(500, "InternalServerError", "INTERNAL_SERVER_ERROR", "Internal server error"),
    }
)
