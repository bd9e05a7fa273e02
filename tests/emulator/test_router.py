"""The routing table: 401, 404, 405 and `Allow` follow from it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator import Problem, ReceivedRequest
from octopus_cards.emulator._core.limits import RateLimiter
from octopus_cards.emulator._core.problems import unauthorized
from octopus_cards.emulator._core.responses import ErrorResponse, json_response
from octopus_cards.emulator._core.router import Route, Router

NOW = datetime.datetime(2026, 5, 19, tzinfo=datetime.UTC)
UNKNOWN, WRONG = Problem(404, "N", "UNKNOWN", "unknown"), Problem(405, "M", "WRONG", "wrong")


def named(name: str) -> Any:
    def handler(request: ReceivedRequest, **parameters: str) -> RawResponse:
        return json_response(200, {"handler": name} | parameters)

    return handler


def check_token(request: ReceivedRequest) -> None:
    if "authorization" not in request.headers:
        raise ErrorResponse(unauthorized("no token"))


def router(*routes: Route) -> Router:
    limiter = RateLimiter({"scarce": 1}, lambda: NOW)
    return Router(routes, authenticate=check_token, admit=limiter.admit, unknown_route=UNKNOWN, wrong_method=WRONG)


ROUTER = router(
    Route(method="GET", path="/things/{thing_id}", handler=named("read")),
    Route(method="GET", path="/things/search", handler=named("search")),
    Route(method="POST", path="/things", handler=named("create"), rate_class="scarce"),
    Route(method="GET", path="/things", handler=named("list")),
    Route(method="PATCH", path="/things/{thing_id}/parts/{part_id}", handler=named("change")),
    Route(method="POST", path="/open.door", handler=named("open"), authenticated=False),
)


def ask(method: str, path: str, *, token: bool = True, server: Router = ROUTER) -> RawResponse:
    headers = {"authorization": "Bearer x"} if token else {}
    return server.respond(ReceivedRequest(method, path, {}, headers, b"", NOW))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/things", {"handler": "list"}),
        ("GET", "/things/7", {"handler": "read", "thing_id": "7"}),
        ("GET", "/things/", {"handler": "read", "thing_id": ""}),
        ("GET", "/things/search", {"handler": "search"}),
        ("PATCH", "/things/7/parts/x%2Fy", {"handler": "change", "thing_id": "7", "part_id": "x%2Fy"}),
        ("POST", "/open.door", {"handler": "open"}),
    ],
)
def test_a_request_reaches_the_handler_of_its_route(method: str, path: str, body: dict[str, str]) -> None:
    response = ask(method, path)
    assert (response.status_code, response.json()) == (200, body)


@pytest.mark.parametrize("path", ["/", "/thing", "/things/7/parts", "/things/7/8", "/openXdoor", "/things\n"])
def test_a_path_without_a_route_is_404_once_the_token_is_valid(path: str) -> None:
    assert (ask("GET", path).status_code, ask("GET", path, token=False).status_code) == (404, 401)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/things", "GET, POST"),
        ("DELETE", "/things/search", "GET"),
        ("GET", "/things/7/parts/8", "PATCH"),
        ("GET", "/open.door", "POST"),
    ],
)
def test_a_wrong_method_is_405_with_the_methods_of_the_path(method: str, path: str, allowed: str) -> None:
    for token in (True, False):
        response = ask(method, path, token=token)
        assert (response.status_code, response.header("Allow")) == (405, allowed)


def test_only_an_open_route_needs_no_token() -> None:
    assert ask("GET", "/things", token=False).status_code == 401
    assert ask("POST", "/open.door", token=False).status_code == 200


def test_a_request_counts_against_its_rate_class_once_it_is_authenticated() -> None:
    server = router(
        Route(method="POST", path="/a", handler=named("a"), rate_class="scarce"),
        Route(method="POST", path="/b", handler=named("b"), rate_class="scarce"),
        Route(method="POST", path="/c", handler=named("c"), rate_class="plentiful"),
    )
    assert ask("POST", "/a", token=False, server=server).status_code == 401
    assert [ask("POST", path, server=server).status_code for path in ("/a", "/b", "/a")] == [200, 429, 429]
    assert {ask("POST", "/c", server=server).status_code for _ in range(9)} == {200}


def test_an_operation_has_one_route() -> None:
    with pytest.raises(ValueError, match="each operation must have one route, got two for GET /things"):
        router(*(Route(method="GET", path="/things", handler=named("list")) for _ in range(2)))
