"""The operations of the API as a table, and the dispatch of requests to their handlers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._core.problems import Problem
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import ErrorResponse, error_response


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """An operation: its method and path, and the function that serves it.

    Attributes:
        method: The HTTP method.
        path: The path, with parameters in braces: `/api/v1/topups/orders/{order_id}`.
        handler: Takes the request and, by keyword, the text of each path parameter.
        authenticated: Whether a request needs an access token.
        rate_class: The rate limit that a request counts against; None for no limit.
    """

    method: str
    path: str
    handler: Callable[..., RawResponse]
    authenticated: bool = True
    rate_class: str | None = None


class Router:
    """Dispatches each request to the handler of its route, or answers 401, 404, 405 or 429 itself.

    Args:
        routes: The operations of all areas. A literal path takes precedence over a path with parameters.
        authenticate: Raises `ErrorResponse` for a request without a valid access token.
        admit: Raises `ErrorResponse` where a rate class has reached its limit.
        unknown_route: The error for a path without any route.
        wrong_method: The error for a path whose routes have other methods; it is sent with `Allow`.

    Raises:
        ValueError: Two routes have the same method and path.
    """

    def __init__(
        self,
        routes: Iterable[Route],
        *,
        authenticate: Callable[[ReceivedRequest], None],
        admit: Callable[[str], None],
        unknown_route: Problem,
        wrong_method: Problem,
    ) -> None:
        self._routes = _by_precedence(routes)
        self._authenticate = authenticate
        self._admit = admit
        self._unknown_route = unknown_route
        self._wrong_method = wrong_method

    def respond(self, request: ReceivedRequest) -> RawResponse:
        """Return the response to a request."""
        try:
            return self._dispatch(request)
        except ErrorResponse as error:
            return error_response(error.problem, error.headers)

    def _dispatch(self, request: ReceivedRequest) -> RawResponse:
        matches = [(route, match) for pattern, route in self._routes if (match := pattern.fullmatch(request.path))]
        route, match = next((found for found in matches if found[0].method == request.method), (None, None))
        if matches and route is None:
            allowed = sorted({found.method for found, _ in matches})
            raise ErrorResponse(self._wrong_method, {"allow": ", ".join(allowed)})
        if route is None or route.authenticated:
            self._authenticate(request)
        if route is None or match is None:
            raise ErrorResponse(self._unknown_route)
        if route.rate_class is not None:
            self._admit(route.rate_class)
        return route.handler(request, **match.groupdict())


def _by_precedence(routes: Iterable[Route]) -> list[tuple[re.Pattern[str], Route]]:
    """Compile the paths, those with fewer parameters first."""
    ordered = sorted(routes, key=lambda route: route.path.count("{"))
    seen = [(route.method, _pattern(route.path).pattern) for route in ordered]
    if repeated := [" ".join(operation) for operation in seen if seen.count(operation) > 1]:
        raise ValueError(f"each operation must have one route, got two for {repeated[0]}")
    return [(_pattern(route.path), route) for route in ordered]


def _pattern(path: str) -> re.Pattern[str]:
    """Return the pattern of a path; a parameter matches one segment, which may be empty."""
    literal = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]*)", literal))
