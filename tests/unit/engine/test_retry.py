"""When a call is retried, what its caller sees of it, and why it ends."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.retry import MAX_JITTER, TokenBucket
from octopus_cards.emulator import Emulator, EmulatorClock
from support.client_modes import ClientMode
from support.randomness import NoJitter

GIVEN_TOKEN = "a fixed token cannot be renewed: pass api_key and api_secret, or a callable, instead"
ANSWERED: dict[str, Any] = {"method": "GET", "path": "/x", "status_code": 429}


def test_the_hook_sees_attempt_delay_and_cause(mode: ClientMode, emulator: Emulator) -> None:
    seen: list[oc.Retry] = []
    began = emulator.clock.monotonic()
    emulator.fail_next(429, retry_after=12)
    emulator.fail_next(503)
    emulator.fail_next(lost=True)
    mode.call(mode.of(emulator, on_retry=seen.append), "page")
    assert [retry.attempt for retry in seen] == [1, 2, 3]
    assert [type(retry.cause).__name__ for retry in seen] == ["RateLimitError", "ServerError", "OutcomeUnknownError"]
    assert 12.0 < seen[0].delay <= 12.0 + MAX_JITTER
    assert 0 < seen[1].delay < 0.4
    assert emulator.clock.monotonic() - began == pytest.approx(sum(retry.delay for retry in seen))
    assert len({retry.cause.request_id for retry in seen}) == 1


def test_the_hook_may_be_async_where_calls_are(mode: ClientMode, emulator: Emulator) -> None:
    seen: list[oc.Retry] = []

    async def hook(retry: oc.Retry) -> None:
        seen.append(retry)

    emulator.fail_next(503)
    if mode.kind == "sync":
        with pytest.raises(TypeError, match="on_retry must be a plain callable here, got an async one"):
            mode.of(emulator, on_retry=hook)
    else:
        mode.call(mode.of(emulator, on_retry=hook), "page")
        assert len(seen) == 1


def test_an_exception_of_the_hook_ends_the_call(mode: ClientMode, emulator: Emulator) -> None:
    def stop(retry: oc.Retry) -> None:
        raise KeyError(retry.attempt)

    emulator.fail_next(503, times=9)
    with pytest.raises(KeyError):
        mode.call(mode.of(emulator, on_retry=stop), "page")
    assert len(emulator.requests) == 1


@pytest.mark.parametrize(
    ("fault", "attempts", "stopped"),
    [
        ({"status": 503}, 3, "no attempts left"),
        ({"lost": True}, 1, "only one attempt is allowed"),
        ({"status": 429, "retry_after": 121}, 4, "server asked for 121 s; the client waits at most 120 s"),
        ({"status": 503, "retry_after": 3600}, 4, "server asked for 3600 s; the client waits at most 120 s"),
        ({"status": 429, "retry_after": "9" * 400}, 4, "server asked for 1e+09 s; the client waits at most 120 s"),
        ({"status": 404}, 4, None),
        (
            {"status": 401},
            4,
            "a fixed token cannot be renewed: pass api_key and api_secret, or a callable, instead",
        ),
        ({"status": 501}, 4, None),
        ({"status": 200, "body": "<html>"}, 4, None),
    ],
)
def test_an_exception_tells_why_it_was_not_tried_again(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any], attempts: int, stopped: str | None
) -> None:
    emulator.fail_next(**fault, times=9)
    with pytest.raises(oc.RequestError) as failed:
        mode.call(mode.of(emulator, attempts=attempts), "page")
    assert failed.value.stop_reason == stopped
    assert (stopped or "request ") in str(failed.value)
    assert failed.value.request_id == emulator.requests[0].headers["x-request-id"]
    assert f"request {failed.value.request_id}" in str(failed.value)


def test_a_wait_that_has_no_time_left_says_so(emulator: Emulator) -> None:
    order_id = emulator.add_order()
    seen: list[str | None] = []

    def poll(order: oc.TopupOrder) -> None:
        emulator.fail_next(429, retry_after=100, times=2)

    with emulator.client(random=NoJitter(1)) as client:
        with pytest.raises(oc.WaitTimeoutError) as failed:
            client.topups.orders.wait(order_id, timeout=8.0, on_poll=poll)
        cause = failed.value.__cause__
        assert isinstance(cause, oc.RateLimitError)
        seen.append(cause.stop_reason)
    assert seen == ["the next attempt would start in 100.0 s, after the deadline"]


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (403, False), (404, False), (429, True), (500, True), (501, False), (503, True)],
)
def test_retryable_says_whether_another_attempt_can_help(emulator: Emulator, status: int, retryable: bool) -> None:
    emulator.fail_next(status)
    with emulator.client(attempts=1) as client, pytest.raises(oc.APIError) as failed:
        client.topups.orders.page()
    assert failed.value.retryable is retryable


def test_a_date_is_read_by_the_local_clock_if_the_server_names_no_time(mode: ClientMode, emulator: Emulator) -> None:
    handle = emulator.handle

    def without_date(incoming: Any) -> oc.RawResponse:
        response = handle(incoming)
        headers = {name: value for name, value in response.headers.items() if name != "date"}
        return oc.RawResponse(response.status_code, headers, response.content)

    emulator.handle = without_date  # type: ignore[method-assign]
    emulator.fail_next(429, retry_after="Tue, 19 May 2026 14:30:05 GMT")
    mode.call(mode.of(emulator, random=NoJitter(1)), "page")
    assert emulator.clock.monotonic() == 5.0


def test_a_date_is_read_by_the_servers_own_clock(mode: ClientMode, emulator: Emulator) -> None:
    slow = EmulatorClock(emulator.clock.now() - datetime.timedelta(hours=1))
    emulator.fail_next(429, retry_after="Tue, 19 May 2026 14:30:05 GMT")
    mode.call(mode.of(emulator, clock=slow, random=NoJitter(1)), "page")
    assert slow.monotonic() == 5.0


def test_an_invalid_response_has_attempts_and_request_id(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    body = json.loads(emulator.client().topups.orders.get(order_id).to_json()) | {"id": 7, "amount": 1}
    client = mode.of(emulator)
    for headers in ({}, {"x-request-id": f"of {emulator.token}"}):
        emulator.fail_next(503, times=2)
        emulator.fail_next(200, body=body, headers=headers)
        with pytest.raises(oc.InvalidResponseError, match="3 attempts") as failed:
            mode.call(client, "get", order_id, request_id="trace-1")
        assert failed.value.request_id == ("of <withheld>" if headers else "trace-1")
        assert emulator.token not in str(failed.value)


def test_a_token_echoed_as_a_code_is_not_shown(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(400, body={"error": {"code": emulator.token, "name": emulator.token, "message": "no"}})
    with pytest.raises(oc.BadRequestError) as failed:
        mode.call(mode.of(emulator), "page")
    assert (failed.value.code, failed.value.name) == ("<withheld>", "<withheld>")


def test_a_very_short_token_is_not_redacted(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(404)
    with pytest.raises(oc.NotFoundError, match="Order not found"):
        mode.call(mode.of(emulator, token="r"), "page")


@pytest.mark.parametrize("status", [429, 503])
def test_a_503_too_is_waited_for_as_the_server_asks(mode: ClientMode, emulator: Emulator, status: int) -> None:
    emulator.fail_next(status, retry_after=7)
    mode.call(mode.of(emulator, random=NoJitter(1)), "page")
    assert emulator.clock.monotonic() == 7.0


def test_the_message_of_a_503_is_no_command(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(503, body={"error": {"message": "Retry after 100 seconds."}})
    mode.call(mode.of(emulator), "page")
    assert emulator.clock.monotonic() < 1


@pytest.mark.parametrize("first", [{"lost": True}, {"status": 503}])
def test_nothing_was_sent_only_if_nothing_of_any_try_was(
    mode: ClientMode, emulator: Emulator, first: dict[str, Any]
) -> None:
    order_id = emulator.add_order()
    emulator.fail_next(**first)
    emulator.fail_next(connection="refused", times=9)
    with pytest.raises(oc.OutcomeUnknownError, match=r"an earlier attempt was sent.* Connection refused") as failed:
        mode.call(mode.of(emulator), "set_notification_email", order_id, "a@example.com")
    assert (failed.value.attempts, failed.value.stop_reason) == (8, "no attempts left")
    assert (failed.value.method, failed.value.path) == ("PATCH", f"/api/v1/topups/orders/{order_id}/notification-email")
    assert isinstance(failed.value.__cause__, oc.NotSentError)


@pytest.mark.parametrize("first", [{"connection": "refused"}, {"status": 429}, {"status": 401}])
def test_a_rejected_request_was_not_executed(mode: ClientMode, emulator: Emulator, first: dict[str, Any]) -> None:
    tokens = iter(["old", *[emulator.token] * 9])
    emulator.fail_next(**first)
    emulator.fail_next(connection="refused", times=9)
    with pytest.raises(oc.NotSentError):
        mode.call(mode.of(emulator, token=lambda: next(tokens)), "page")


def test_a_hook_may_call_the_client_that_logs_in(mode: ClientMode, emulator: Emulator) -> None:
    seen: list[int] = []

    def sync_hook(retry: oc.Retry) -> None:
        emulator.clock.advance(retry.delay)
        seen.append(len(client.topups.orders.page()))

    async def async_hook(retry: oc.Retry) -> None:
        emulator.clock.advance(retry.delay)
        seen.append(len(await client.topups.orders.page()))

    emulator.fail_next(503, path="/auth/login")
    hook = sync_hook if mode.kind == "sync" else async_hook
    client = mode.of(emulator, api_key=emulator.api_key, api_secret=emulator.api_secret, on_retry=hook)
    mode.call(client, "page")
    assert seen == [0]


def test_a_broken_server_is_left_alone_by_all_threads_together(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(503, times=10_000)
    client = mode.of(emulator, attempts=4, deadline=None)
    errors = [error for _ in range(4) for error in mode.concurrently(32, client, "page")]
    tries = len(emulator.requests)
    # 128 calls, a hundred tries more, and one for each second of the little time that backing off took.
    assert 228 <= tries <= 228 + emulator.clock.monotonic() + 1
    assert sum(error.attempts for error in errors) == tries
    assert {error.stop_reason for error in errors} == {
        "no attempts left",
        "the retry budget of the client is spent",
    }


def test_a_retry_that_the_server_asked_for_costs_no_budget(mode: ClientMode, emulator: Emulator) -> None:
    client = mode.of(emulator, attempts=300, deadline=None)
    emulator.fail_next(429, retry_after="0.25", times=250)  # a budget would have 163 for them
    mode.call(client, "page")
    assert len(emulator.requests) == 251


def test_the_budget_comes_back_with_time_and_with_success() -> None:
    clock = EmulatorClock()
    budget = TokenBucket.for_retries(clock)
    assert [budget.try_acquire() for _ in range(101)] == [True] * 100 + [False]
    clock.advance(2.5)
    assert [budget.try_acquire() for _ in range(3)] == [True, True, False]
    for _ in range(6):
        budget.refund()
    assert [budget.try_acquire() for _ in range(2)] == [True, False]
    clock.advance(10_000)
    assert [budget.try_acquire() for _ in range(101)] == [True] * 100 + [False]


def test_success_earns_nothing_unless_the_budget_says_so() -> None:
    budget = TokenBucket(EmulatorClock(), capacity=1.0, per_second=0.0)
    assert budget.try_acquire()
    budget.refund()
    assert not budget.try_acquire()


@pytest.mark.parametrize("method", ["page", "find", "get", "set_notification_email", "list", "wait", "wait_many"])
def test_a_request_id_is_sent_by_every_call(mode: ClientMode, emulator: Emulator, method: str) -> None:
    order_id = emulator.add_order(status="DELIVERED", client_reference="KEY")
    arguments: dict[str, Any] = {
        "find": {"client_reference": "KEY"},
        "get": {"order_id": order_id},
        "set_notification_email": {"order_id": order_id, "email": "a@example.com"},
        "wait": {"order_id": order_id},
        "wait_many": {"order_ids": [order_id]},
    }
    client = mode.of(emulator)
    emulator.fail_next(503)
    given = arguments.get(method, {})
    for options in ({}, {"request_id": "trace-1"}):
        try:
            mode.call(client, method, **given, **options)
        except oc.BadRequestError:
            assert method == "set_notification_email"
    first, second, third = (request.headers["x-request-id"] for request in emulator.requests)
    assert first == second, "all tries of a call carry one"
    assert len(first) == 27
    assert first.isalnum()
    assert third == "trace-1"


def test_ids_are_made_anew_for_each_call_and_sort_by_time(emulator: Emulator) -> None:
    with oc.OctopusCards(emulator.token, transport=emulator.client()._connection._custom_transport) as client:
        for _ in range(3):
            client.topups.orders.page()
    with emulator.client() as client:
        for _ in range(5):
            client.topups.orders.page()
            emulator.clock.advance(1)
    ids = [request.headers["x-request-id"] for request in emulator.requests]
    assert len(set(ids)) == 8
    assert ids[3:] == sorted(ids[3:])


def test_a_missing_request_id_is_the_one_that_was_sent(mode: ClientMode, emulator: Emulator) -> None:
    handle, emulator.handle = emulator.handle, lambda incoming: without_request_id(handle(incoming))  # type: ignore[method-assign]
    client = mode.of(emulator)
    assert mode.call(client, "page", request_id="trace-1").request_id == "trace-1"
    with pytest.raises(oc.NotFoundError) as failed:
        mode.call(client, "get", 1, request_id="trace-2")
    assert failed.value.request_id == "trace-2"


def without_request_id(answer: oc.RawResponse) -> oc.RawResponse:
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return oc.RawResponse(answer.status_code, headers, answer.content)


def test_two_attempts_are_attempts(emulator: Emulator) -> None:
    emulator.fail_next(503, times=9)
    with emulator.client(attempts=2) as client, pytest.raises(oc.ServerError) as failed:
        client.topups.orders.page()
    assert failed.value.stop_reason == "no attempts left"


@pytest.mark.parametrize(
    ("left", "next_delay"), [(7.0, "the next attempt would start in 7.0 s, after the deadline"), (7.1, 7.0)]
)
def test_no_try_begins_at_the_moment_when_the_time_is_over(emulator: Emulator, left: float, next_delay: Any) -> None:
    error = oc.RateLimitError("slow", **ANSWERED)
    error.retry_after = 7.0
    with emulator.client(random=NoJitter(1)) as client:
        assert client._session.policy.next_delay(error, 1, left, idempotent=True) == next_delay
