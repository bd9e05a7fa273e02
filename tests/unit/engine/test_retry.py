"""When a call is tried again, what its caller is told of it, and why it ends."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.retry import Budget
from octopus_cards.emulator import Emulator, EmulatorClock
from support.client_modes import World

GIVEN_TOKEN = "a token that was given cannot be renewed: give api_key and api_secret, or a callable, instead"
ANSWERED: dict[str, Any] = {"method": "GET", "path": "/x", "status_code": 429}


def test_the_hook_sees_attempt_delay_and_cause(world: World, emulator: Emulator) -> None:
    seen: list[oc.Retry] = []
    began = emulator.clock.monotonic()
    emulator.fail_next(429, retry_after=12)
    emulator.fail_next(503)
    emulator.fail_next(lost=True)
    world.call(world.of(emulator, on_retry=seen.append), "page")
    assert [retry.attempt for retry in seen] == [1, 2, 3]
    assert [type(retry.cause).__name__ for retry in seen] == ["RateLimitError", "ServerError", "OutcomeUnknownError"]
    assert seen[0].delay == 12.0
    assert 0 < seen[1].delay < 0.4
    assert emulator.clock.monotonic() - began == pytest.approx(sum(retry.delay for retry in seen))
    assert len({retry.cause.request_id for retry in seen}) == 1


def test_the_hook_may_be_async_where_calls_are(world: World, emulator: Emulator) -> None:
    seen: list[oc.Retry] = []

    async def told(retry: oc.Retry) -> None:
        seen.append(retry)

    emulator.fail_next(503)
    if world.kind == "sync":
        with pytest.raises(TypeError, match="on_retry must be a plain callable here, got an async one"):
            world.of(emulator, on_retry=told)
    else:
        world.call(world.of(emulator, on_retry=told), "page")
        assert len(seen) == 1


def test_what_the_hook_raises_ends_the_call(world: World, emulator: Emulator) -> None:
    def stop(retry: oc.Retry) -> None:
        raise KeyError(retry.attempt)

    emulator.fail_next(503, times=9)
    with pytest.raises(KeyError):
        world.call(world.of(emulator, on_retry=stop), "page")
    assert len(emulator.requests) == 1


@pytest.mark.parametrize(
    ("fault", "attempts", "stopped"),
    [
        ({"status": 503}, 3, "no attempt is left"),
        ({"lost": True}, 1, "only one attempt was allowed"),
        ({"status": 429, "retry_after": 121}, 4, "121 s is longer than the 120 s that a call waits"),
        ({"status": 503, "retry_after": 3600}, 4, "3600 s is longer than the 120 s that a call waits"),
        ({"status": 429, "retry_after": "9" * 400}, 4, "inf s is longer than the 120 s that a call waits"),
        ({"status": 404}, 4, None),
        (
            {"status": 401},
            4,
            "a token that was given cannot be renewed: give api_key and api_secret, or a callable, instead",
        ),
        ({"status": 501}, 4, None),
        ({"status": 200, "body": "<html>"}, 4, None),
    ],
)
def test_an_exception_tells_why_it_was_not_tried_again(
    world: World, emulator: Emulator, fault: dict[str, Any], attempts: int, stopped: str | None
) -> None:
    emulator.fail_next(**fault, times=9)
    with pytest.raises(oc.RequestError) as failed:
        world.call(world.of(emulator, attempts=attempts), "page")
    assert failed.value.stopped == stopped
    assert (stopped or "request ") in str(failed.value)
    assert failed.value.request_id == emulator.requests[0].headers["x-request-id"]
    assert f"request {failed.value.request_id}" in str(failed.value)


def test_a_wait_that_has_no_time_left_says_so(emulator: Emulator) -> None:
    order_id = emulator.add_order()
    seen: list[str | None] = []

    def poll(order: oc.TopupOrder) -> None:
        emulator.fail_next(429, retry_after=100, times=2)

    with emulator.client() as client:
        with pytest.raises(oc.WaitTimeoutError) as failed:
            client.topups.orders.wait(order_id, timeout=8.0, on_poll=poll)
        cause = failed.value.__cause__
        assert isinstance(cause, oc.RateLimitError)
        seen.append(cause.stopped)
    assert seen == ["the time is over"]


@pytest.mark.parametrize(
    ("status", "passing"),
    [(400, False), (401, False), (403, False), (404, False), (429, True), (500, True), (501, False), (503, True)],
)
def test_passing_says_whether_trying_again_can_help(emulator: Emulator, status: int, passing: bool) -> None:
    emulator.fail_next(status)
    with emulator.client(attempts=1) as client, pytest.raises(oc.APIError) as failed:
        client.topups.orders.page()
    assert failed.value.passing is passing


def test_a_date_is_read_by_the_servers_own_clock(world: World, emulator: Emulator) -> None:
    slow = EmulatorClock(emulator.clock.now() - datetime.timedelta(hours=1))
    emulator.fail_next(429, retry_after="Tue, 19 May 2026 14:30:05 GMT")
    world.call(world.of(emulator, clock=slow), "page")
    assert slow.monotonic() == 5.0


def test_a_wrong_answer_says_which_try_it_was_and_what_to_quote(world: World, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    body = emulator.client().topups.orders.get(order_id).to_dict() | {"id": 7, "input_data": None}
    body = json.loads(json.dumps(body, default=str)) | {"amount": 1}
    client = world.of(emulator)
    for headers in ({}, {"x-request-id": f"of {emulator.token}"}):
        emulator.fail_next(503, times=2)
        emulator.fail_next(200, body=body, headers=headers)
        with pytest.raises(oc.InvalidResponseError, match="3 attempts") as failed:
            world.call(client, "get", order_id, request_id="trace-1")
        assert failed.value.request_id == ("of <withheld>" if headers else "trace-1")
        assert emulator.token not in str(failed.value)


def test_a_token_echoed_as_a_code_is_not_shown(world: World, emulator: Emulator) -> None:
    emulator.fail_next(400, body={"error": {"code": emulator.token, "name": emulator.token, "message": "no"}})
    with pytest.raises(oc.BadRequestError) as failed:
        world.call(world.of(emulator), "page")
    assert (failed.value.code, failed.value.name) == ("<withheld>", "<withheld>")


def test_what_is_too_short_for_a_secret_is_no_secret(world: World, emulator: Emulator) -> None:
    emulator.fail_next(404)
    with pytest.raises(oc.NotFoundError, match="Order not found"):
        world.call(world.of(emulator, token="r"), "page")


@pytest.mark.parametrize("status", [429, 503])
def test_a_503_too_is_waited_for_as_the_server_asks(world: World, emulator: Emulator, status: int) -> None:
    emulator.fail_next(status, retry_after=7)
    world.call(world.of(emulator), "page")
    assert emulator.clock.monotonic() == 7.0


def test_the_message_of_a_503_is_no_command(world: World, emulator: Emulator) -> None:
    emulator.fail_next(503, body={"error": {"message": "Retry after 100 seconds."}})
    world.call(world.of(emulator), "page")
    assert emulator.clock.monotonic() < 1


@pytest.mark.parametrize("first", [{"lost": True}, {"status": 503}])
def test_nothing_was_sent_only_if_nothing_of_any_try_was(
    world: World, emulator: Emulator, first: dict[str, Any]
) -> None:
    order_id = emulator.add_order()
    emulator.fail_next(**first)
    emulator.fail_next(connection="refused", times=9)
    with pytest.raises(oc.OutcomeUnknownError, match=r"an earlier attempt was sent.* Connection refused") as failed:
        world.call(world.of(emulator), "set_notification_email", order_id, "a@example.com")
    assert (failed.value.attempts, failed.value.stopped) == (4, "no attempt is left")
    assert (failed.value.method, failed.value.path) == ("PATCH", f"/api/v1/topups/orders/{order_id}/notification-email")
    assert isinstance(failed.value.__cause__, oc.NotSentError)


@pytest.mark.parametrize("first", [{"connection": "refused"}, {"status": 429}, {"status": 401}])
def test_what_was_refused_at_the_door_was_not_done(world: World, emulator: Emulator, first: dict[str, Any]) -> None:
    tokens = iter(["old", *[emulator.token] * 9])
    emulator.fail_next(**first)
    emulator.fail_next(connection="refused", times=9)
    with pytest.raises(oc.NotSentError):
        world.call(world.of(emulator, token=lambda: next(tokens)), "page")


def test_a_hook_may_call_the_client_that_logs_in(world: World, emulator: Emulator) -> None:
    seen: list[int] = []

    def sync_hook(retry: oc.Retry) -> None:
        emulator.clock.advance(retry.delay)
        seen.append(len(client.topups.orders.page()))

    async def async_hook(retry: oc.Retry) -> None:
        emulator.clock.advance(retry.delay)
        seen.append(len(await client.topups.orders.page()))

    emulator.fail_next(503, path="/auth/login")
    hook = sync_hook if world.kind == "sync" else async_hook
    client = world.of(emulator, api_key=emulator.api_key, api_secret=emulator.api_secret, on_retry=hook)
    world.call(client, "page")
    assert seen == [0]


def test_a_broken_server_is_left_alone_by_all_threads_together(world: World, emulator: Emulator) -> None:
    emulator.fail_next(503, times=10_000)
    client = world.of(emulator)
    errors = [error for _ in range(4) for error in world.at_once(32, client, "page")]
    tries = len(emulator.requests)
    # 128 calls, a hundred tries more, and one for each second of the little time that backing off took.
    assert 228 <= tries <= 228 + emulator.clock.monotonic() + 1
    assert sum(error.attempts for error in errors) == tries
    assert {error.stopped for error in errors} == {
        "no attempt is left",
        "the client's retry budget is spent",
    }


def test_a_server_that_asks_for_patience_costs_nothing(world: World, emulator: Emulator) -> None:
    client = world.of(emulator, attempts=300)
    emulator.fail_next(429, retry_after="0.25", times=250)  # a budget would have 163 for them
    world.call(client, "page")
    assert len(emulator.requests) == 251


def test_the_budget_comes_back_with_time_and_with_success() -> None:
    clock = EmulatorClock()
    budget = Budget.for_retries(clock)
    assert [budget.spend() for _ in range(101)] == [True] * 100 + [False]
    clock.advance(2.5)
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    for _ in range(6):
        budget.succeeded()
    assert [budget.spend() for _ in range(2)] == [True, False]
    clock.advance(10_000)
    assert [budget.spend() for _ in range(101)] == [True] * 100 + [False]


@pytest.mark.parametrize("method", ["page", "find", "get", "set_notification_email", "list", "wait", "wait_many"])
def test_a_request_id_is_sent_by_every_call(world: World, emulator: Emulator, method: str) -> None:
    order_id = emulator.add_order(status="DELIVERED", client_reference="KEY")
    arguments: dict[str, Any] = {
        "find": {"client_reference": "KEY"},
        "get": {"order_id": order_id},
        "set_notification_email": {"order_id": order_id, "email": "a@example.com"},
        "wait": {"order_id": order_id},
        "wait_many": {"order_ids": [order_id]},
    }
    client = world.of(emulator)
    emulator.fail_next(503)
    given = arguments.get(method, {})
    for options in ({}, {"request_id": "trace-1"}):
        try:
            world.call(client, method, **given, **options)
        except oc.BadRequestError:
            assert method == "set_notification_email"
    first, second, third = (request.headers["x-request-id"] for request in emulator.requests)
    assert first == second, "all tries of a call carry one"
    assert len(first) == 27
    assert first.isalnum()
    assert third == "trace-1"


def test_ids_are_made_anew_for_each_call_and_sort_by_time(emulator: Emulator) -> None:
    with oc.OctopusCards(emulator.token, transport=emulator.client()._connection._transport) as client:
        for _ in range(3):
            client.topups.orders.page()
    with emulator.client() as client:
        for _ in range(5):
            client.topups.orders.page()
            emulator.clock.advance(1)
    ids = [request.headers["x-request-id"] for request in emulator.requests]
    assert len(set(ids)) == 8
    assert ids[3:] == sorted(ids[3:])


def test_what_the_server_leaves_out_is_what_was_sent(world: World, emulator: Emulator) -> None:
    handle, emulator.handle = emulator.handle, lambda incoming: without_request_id(handle(incoming))  # type: ignore[method-assign]
    client = world.of(emulator)
    assert world.call(client, "page", request_id="trace-1").request_id == "trace-1"
    with pytest.raises(oc.NotFoundError) as failed:
        world.call(client, "get", 1, request_id="trace-2")
    assert failed.value.request_id == "trace-2"


def without_request_id(answer: oc.RawResponse) -> oc.RawResponse:
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return oc.RawResponse(answer.status_code, headers, answer.content)


def test_two_attempts_are_attempts(emulator: Emulator) -> None:
    emulator.fail_next(503, times=9)
    with emulator.client(attempts=2) as client, pytest.raises(oc.ServerError) as failed:
        client.topups.orders.page()
    assert failed.value.stopped == "no attempt is left"


@pytest.mark.parametrize(("left", "verdict"), [(7.0, "the time is over"), (7.1, 7.0)])
def test_no_try_begins_at_the_moment_when_the_time_is_over(emulator: Emulator, left: float, verdict: Any) -> None:
    error = oc.RateLimitError("slow", **ANSWERED)
    error.retry_after = 7.0
    with emulator.client() as client:
        assert client._session.retrying.verdict(error, 1, left, harmless=True) == verdict
