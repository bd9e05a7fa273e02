"""What to poll, when to poll, and when to stop."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Assumptions, Emulator, EmulatorClock
from support.client_modes import ClientMode
from support.emulator_requests import polled_at


def test_an_order_is_read_at_once_then_by_the_cadence(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(delivered_after=130.0)
    order = mode.call(mode.of(emulator), "wait", order_id)
    assert order.status == oc.TopupStatus.DELIVERED == "DELIVERED"
    assert polled_at(emulator, order_id) == [*range(0, 61, 5), 90, 120, 150]


def test_a_cadence_of_ones_own(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(failed_after=9.0)
    order = mode.call(mode.of(emulator), "wait", order_id, cadence=oc.Cadence([(4, 2), (math.inf, 3)]))
    assert order.status == "FAILED"
    assert polled_at(emulator, order_id) == [0, 2, 4, 7, 10]


@pytest.mark.parametrize("ending", ["delivered_after", "failed_after", "cancelled_after"])
def test_a_final_order_is_read_once(mode: ClientMode, emulator: Emulator, ending: str) -> None:
    options: dict[str, Any] = {ending: 0.0}
    order_id = emulator.add_order(**options)
    order = mode.call(mode.of(emulator), "wait", order_id, timeout=0)
    assert order.status == ending.removesuffix("_after").upper()
    assert polled_at(emulator, order_id) == [0]


@pytest.mark.parametrize("status", ["RECHARGED", "REFUNDED"])
def test_completed_at_settles_every_other_status(mode: ClientMode, emulator: Emulator, status: str) -> None:
    done = emulator.add_order(status=status, extra={"completed_at": "2026-05-19T14:30:00Z"})
    open_ = emulator.add_order(status=status)
    client = mode.of(emulator)
    assert mode.call(client, "wait", done).status == status
    with pytest.raises(oc.WaitTimeoutError):
        mode.call(client, "wait", open_, timeout=20)


def test_a_status_on_the_way_is_waited_through() -> None:
    emulator = Emulator(assumptions=Assumptions(refresh_statuses=frozenset({"PENDING", "RECHARGED"})))
    order_id = emulator.add_order(transitions=[(4.0, "RECHARGED"), (11.0, "DELIVERED")])
    seen: list[str] = []
    with emulator.client() as client:
        client.topups.orders.wait(order_id, on_poll=lambda order: seen.append(order.status))
    assert seen == ["PENDING", "RECHARGED", "RECHARGED", "DELIVERED"]


def test_the_wait_times_out_after_one_last_read(mode: ClientMode, emulator: Emulator) -> None:
    emulator.clock.advance(1000)
    order_id = emulator.add_order()
    with pytest.raises(oc.WaitTimeoutError, match=f"^topup order {order_id} is still PENDING after 72.0 s") as failed:
        mode.call(mode.of(emulator), "wait", order_id, timeout=72.0)
    assert polled_at(emulator, order_id) == [*range(1000, 1061, 5), 1072]
    assert failed.value.order is not None
    assert (failed.value.order.status, failed.value.elapsed, failed.value.polls) == ("PENDING", 72.0, 14)


def test_a_read_is_not_tried_again_once_the_time_is_over(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    client = mode.of(emulator)
    with pytest.raises(oc.WaitTimeoutError) as timed_out:
        mode.call(client, "wait", order_id, timeout=12.0, on_poll=lambda order: emulator.fail_next(503, times=9))
    assert timed_out.value.order is not None
    assert timed_out.value.order.id == order_id
    assert isinstance(timed_out.value.__cause__, oc.ServerError)
    assert timed_out.value.polls == 1


def test_the_first_reads_of_many_share_their_time(mode: ClientMode, emulator: Emulator) -> None:
    ids, handle = [emulator.add_order(), emulator.add_order()], emulator.handle

    def slow(incoming: Any) -> Any:
        emulator.clock.advance(14)
        return handle(incoming)

    emulator.handle = slow  # type: ignore[method-assign]
    emulator.fail_next(503, retry_after=5, path=f"/api/v1/topups/orders/{ids[1]}")
    with pytest.raises(oc.ServerError, match="after the deadline"):
        mode.call(mode.of(emulator), "wait_many", ids, timeout=0)


def test_a_read_does_not_pause_beyond_the_time_of_the_wait(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    client = mode.of(emulator)

    def fail_once(order: oc.TopupOrder) -> None:
        emulator.fail_next(503, retry_after=30)

    with pytest.raises(oc.WaitTimeoutError) as timed_out:
        mode.call(client, "wait", order_id, timeout=12.0, on_poll=fail_once)
    assert (timed_out.value.elapsed, emulator.clock.monotonic()) == (12.0, 12.0)


def test_the_first_read_is_tried_in_full_even_without_time(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(delivered_after=0.0)
    emulator.fail_next(503, times=3)
    assert mode.call(mode.of(emulator), "wait", order_id, timeout=0).status == "DELIVERED"


def test_but_not_for_as_long_as_a_server_pleases(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(429, retry_after=100, times=3)
    with pytest.raises(oc.RateLimitError, match="after the deadline"):
        mode.call(mode.of(emulator), "wait", emulator.add_order(), timeout=5)
    assert emulator.clock.monotonic() == 0


def test_many_orders_are_read_no_faster_than_is_allowed(mode: ClientMode, emulator: Emulator) -> None:
    ids = [emulator.add_order() for _ in range(100)]
    with pytest.raises(oc.WaitTimeoutError):
        mode.call(mode.of(emulator), "wait_many", ids, timeout=300.0)
    moments = [(r.at - emulator.clock.start).total_seconds() for r in emulator.requests]
    assert max(sum(begin < at <= begin + 60 for at in moments) for begin in range(240)) <= 300


def test_an_order_that_was_never_seen_ends_the_wait_with_its_fault(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(503, times=99)
    with pytest.raises(oc.ServerError):
        mode.call(mode.of(emulator), "wait", emulator.add_order())
    assert len(emulator.requests) == 8


def test_a_missed_read_is_no_end_of_the_wait(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(delivered_after=70.0)
    seen: list[str] = []

    def on_poll(order: oc.TopupOrder) -> None:
        seen.append(order.status)
        if len(seen) == 2:
            emulator.fail_next(502, times=6)
            emulator.fail_next(lost=True, times=2)

    assert mode.call(mode.of(emulator), "wait", order_id, on_poll=on_poll).status == "DELIVERED"
    assert len(emulator.requests) == len(seen) + 8


def test_an_error_that_is_not_retryable_ends_the_wait(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    with pytest.raises(oc.PermissionDeniedError):
        mode.call(mode.of(emulator), "wait", order_id, on_poll=lambda order: emulator.fail_next(403))


def test_a_wait_takes_a_year_at_most(mode: ClientMode, emulator: Emulator) -> None:
    order_id, client = emulator.add_order(status="DELIVERED"), mode.of(emulator)
    assert mode.call(client, "wait", order_id, timeout=366 * 86_400).id == order_id
    message = "^timeout must be a number of seconds from 0 to a year, or None for no limit, got 31622401 \\(int\\)$"
    with pytest.raises(ValueError, match=message):
        mode.call(client, "wait", order_id, timeout=366 * 86_400 + 1)


def test_a_wait_without_limit_continues(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(delivered_after=14_400.0)
    assert mode.call(mode.of(emulator), "wait", order_id, timeout=None).status == "DELIVERED"


def test_on_poll_sees_every_read(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(delivered_after=8.0)
    seen: list[oc.TopupOrder] = []
    mode.call(mode.of(emulator), "wait", order_id, on_poll=seen.append)
    assert [order.status for order in seen] == ["PENDING", "PENDING", "DELIVERED"]


def test_on_poll_may_be_async_only_where_calls_are(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(delivered_after=8.0)
    seen: list[str] = []

    async def on_poll(order: oc.TopupOrder) -> None:
        seen.append(order.status)

    if mode.kind == "sync":
        with pytest.raises(TypeError, match="on_poll must be a plain callable here, got an async one"):
            mode.call(mode.of(emulator), "wait", order_id, on_poll=on_poll)
        with pytest.raises(TypeError, match="on_poll must be a plain callable here, got an async one"):
            mode.call(mode.of(emulator), "wait_many", [order_id], on_poll=on_poll)
        assert emulator.requests == []
        with pytest.raises(TypeError, match="an object of type partial is async"):
            mode.call(mode.of(emulator), "wait", order_id, on_poll=partial(lambda *_: on_poll(_[-1]), "hunter2"))
    else:
        mode.call(mode.of(emulator), "wait", order_id, on_poll=on_poll)
        assert seen == ["PENDING", "PENDING", "DELIVERED"]


def test_an_exception_of_on_poll_ends_the_wait(mode: ClientMode, emulator: Emulator) -> None:
    def on_poll(order: oc.TopupOrder) -> None:
        raise LookupError(order.id)

    order_id = emulator.add_order()
    with pytest.raises(LookupError, match=str(order_id)):
        mode.call(mode.of(emulator), "wait", order_id, on_poll=on_poll)
    assert len(emulator.requests) == 1


def test_a_failing_token_callable_ends_a_wait_like_a_call(mode: ClientMode, emulator: Emulator) -> None:
    def broken() -> str:
        raise KeyError("vault")

    with pytest.raises(oc.NotSentError, match="the token callable raised KeyError"):
        mode.call(mode.of(emulator, token=broken), "wait", emulator.add_order())


def test_a_wait_ends_with_the_error_of_a_read(mode: ClientMode, emulator: Emulator) -> None:
    with pytest.raises(oc.NotFoundError):
        mode.call(mode.of(emulator), "wait", 1)


def test_each_of_many_comes_as_it_ends(mode: ClientMode, emulator: Emulator) -> None:
    slow = emulator.add_order(delivered_after=70.0)
    quick = emulator.add_order(failed_after=4.0)
    done = emulator.add_order(status="DELIVERED")
    polls: list[int] = []
    ended = mode.call(
        mode.of(emulator),
        "wait_many",
        (n for n in (slow, quick, slow, done)),
        on_poll=lambda order: polls.append(order.id),
    )
    assert [(order.id, order.status) for order in ended] == [
        (done, "DELIVERED"),
        (quick, "FAILED"),
        (slow, "DELIVERED"),
    ]
    assert polled_at(emulator, quick) == [0, 5]
    assert polled_at(emulator, slow) == [*range(0, 61, 5), 90]
    assert len(polls) == len(emulator.requests)


def test_a_timeout_has_the_orders_that_are_not_final(mode: ClientMode, emulator: Emulator) -> None:
    ids = [emulator.add_order(delivered_after=after) for after in (3.0, 500.0, 600.0)]
    with pytest.raises(
        oc.WaitTimeoutError, match=r"still PENDING \(and 1 other\) after 12\.0 s and 10 reads"
    ) as failed:
        mode.call(mode.of(emulator), "wait_many", ids, timeout=12.0)
    assert [order.id for order in failed.value.orders] == ids[1:]
    assert (failed.value.order, failed.value.polls) == (failed.value.orders[0], 10)
    assert polled_at(emulator, ids[2]) == [0, 5, 10, 12]


def test_a_missed_read_of_one_holds_up_none_of_the_others(mode: ClientMode, emulator: Emulator) -> None:
    ids = [emulator.add_order(delivered_after=8.0) for _ in range(3)]
    client = mode.of(emulator, attempts=1)

    def fail_later(order: oc.TopupOrder) -> None:
        if len(emulator.requests) == 3:
            emulator.fail_next(503, path=f"/api/v1/topups/orders/{ids[1]}", times=2)

    ended = mode.call(client, "wait_many", ids, on_poll=fail_later)
    assert [order.id for order in ended] == [ids[0], ids[2], ids[1]]


def test_one_of_many_that_cannot_be_read_ends_the_wait(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    with pytest.raises(oc.NotFoundError) as failed:
        mode.call(mode.of(emulator), "wait_many", [order_id, 7])
    assert failed.value.path.endswith("/7")


def test_of_no_orders_none_is_waited_for(mode: ClientMode, emulator: Emulator) -> None:
    assert mode.call(mode.of(emulator), "wait_many", []) == []
    assert emulator.requests == []


@pytest.mark.parametrize(
    ("order_ids", "error", "message"),
    [
        ("12", TypeError, "order_ids must be an iterable of integers, got '12' (str)"),
        (5, TypeError, "order_ids must be an iterable of integers, got 5 (int)"),
        ([1, "2"], TypeError, "each of order_ids must be an integer from 1 up, got '2' (str)"),
        ([1, 0], ValueError, "each of order_ids must be an integer from 1 up, got 0"),
    ],
)
def test_bad_ids_are_named_before_anything_is_sent(
    mode: ClientMode, emulator: Emulator, order_ids: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as refused:
        mode.of(emulator).topups.orders.wait_many(order_ids)
    assert message in str(refused.value)
    assert emulator.requests == []


class FrozenClock(EmulatorClock):
    """A clock that does not advance, as some test tools make it."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return 5.0

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        assert len(self.pauses) < 100, "the wait does not end"

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)


@pytest.mark.parametrize("cancel", [None, lambda: False])
def test_a_wait_ends_under_a_clock_that_does_not_advance(mode: ClientMode, emulator: Emulator, cancel: Any) -> None:
    order_id, clock = emulator.add_order(), FrozenClock()
    client = mode.of(emulator, clock=clock)
    with pytest.raises(oc.WaitTimeoutError):
        mode.call(client, "wait", order_id, timeout=1.0, cadence=oc.Cadence([(9, 0.2)]), cancel=cancel)
    assert clock.pauses == pytest.approx([0.2] * 5)


def test_a_rate_limit_postpones_every_item(mode: ClientMode, emulator: Emulator) -> None:
    ids = [emulator.add_order(delivered_after=400) for _ in range(3)]
    started = emulator.clock.now()

    def poll(order: oc.TopupOrder) -> None:
        if len(emulator.requests) == 3:
            emulator.fail_next(429, retry_after=300)

    assert len(mode.call(mode.of(emulator, attempts=1), "wait_many", ids, timeout=600, on_poll=poll)) == 3
    seconds = [(request.at - started).total_seconds() for request in emulator.requests]
    assert not [moment for moment in seconds if seconds[3] < moment < seconds[3] + 300]
    assert len(seconds) > 6


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 507, 520, 522, 524, 530])
def test_a_wait_survives_what_passes(mode: ClientMode, emulator: Emulator, status: int) -> None:
    order_id = emulator.add_order(delivered_after=8)

    def poll(order: oc.TopupOrder) -> None:
        if len(emulator.requests) == 1:
            emulator.fail_next(status, body="<html>edge</html>", times=2)

    assert mode.call(mode.of(emulator, attempts=1), "wait", order_id, on_poll=poll).status == "DELIVERED"
