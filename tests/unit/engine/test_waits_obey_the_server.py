"""A wait reads no sooner than the server allows, and ends whatever numbers it is given."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.retry import MAX_JITTER
from octopus_cards.emulator import Emulator, EmulatorClock
from support.client_modes import ClientMode
from support.randomness import NoJitter


def waited(
    mode: ClientMode, emulator: Emulator, client: Any, fault: dict[str, Any], timeout: float
) -> tuple[list[float], oc.WaitTimeoutError]:
    """Return when a wait that is rejected after its first read sent requests, and the exception that ended it."""
    order_id, before = emulator.add_order(), len(emulator.requests)

    def poll(order: oc.TopupOrder) -> None:
        if len(emulator.requests) == before + 1:
            emulator.fail_next(429, times=999, **fault)

    started = emulator.clock.now()
    with pytest.raises(oc.WaitTimeoutError) as failed:
        mode.call(client, "wait", order_id, on_poll=poll, timeout=timeout)
    return [(request.at - started).total_seconds() for request in emulator.requests[before:]], failed.value


@pytest.mark.parametrize(
    ("fault", "timeout", "moments"),
    [
        ({"retry_after": 300}, 600, [0, 5, 305]),
        ({"retry_after": 300}, 605, [0, 5, 305, 605]),
        ({"retry_after": 300}, 304.9, [0, 5]),
        ({"retry_after": 300}, 305, [0, 5, 305]),
        ({"retry_after": "Tue, 19 May 2026 14:40:00 GMT"}, 700, [0, 5, 600, 630, 660, 690, 700]),
    ],
)
def test_no_read_starts_before_the_server_allows_it(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any], timeout: float, moments: list[float]
) -> None:
    client = mode.of(emulator, attempts=1, random=NoJitter(1))
    sent, error = waited(mode, emulator, client, timeout=timeout, fault=fault)
    assert sent == moments
    assert error.elapsed == timeout == emulator.clock.monotonic()
    assert isinstance(error.__cause__, oc.RateLimitError)


def test_waits_that_were_rejected_together_come_back_apart() -> None:
    mode, pauses = ClientMode("sync"), set[float]()
    for seed in range(9):
        emulator = Emulator()
        client = emulator.client(attempts=1, random=Random(seed))
        [_, rejected, again], _ = waited(mode, emulator, client, {"retry_after": 300}, 400)
        assert 300 < again - rejected <= 300 + MAX_JITTER
        pauses.add(again - rejected)
    assert len(pauses) == 9


def test_the_pause_is_that_of_every_order(mode: ClientMode, emulator: Emulator) -> None:
    ids = [emulator.add_order() for _ in range(4)]
    started = emulator.clock.now()

    def poll(order: oc.TopupOrder) -> None:
        if len(emulator.requests) == 6:
            emulator.fail_next(503, retry_after=100)

    client = mode.of(emulator, attempts=1, random=NoJitter(1))
    with pytest.raises(oc.WaitTimeoutError) as failed:
        mode.call(client, "wait_many", ids, timeout=60, on_poll=poll)
    assert len(emulator.requests) == 7
    assert (emulator.requests[-1].at - started).total_seconds() < 7
    assert [order.id for order in failed.value.items] == ids
    assert failed.value.elapsed == 60


@pytest.mark.parametrize("retry_after", ["9" * 400, 10**9, 10**8])
def test_a_wait_without_an_end_reads_at_least_once_a_day(
    mode: ClientMode, emulator: Emulator, retry_after: Any
) -> None:
    order_id = emulator.add_order(delivered_after=90_000)

    def poll(order: oc.TopupOrder) -> None:
        if len(emulator.requests) == 1:
            emulator.fail_next(429, retry_after=retry_after)

    client = mode.of(emulator, random=NoJitter(1))
    assert mode.call(client, "wait", order_id, timeout=None, on_poll=poll).status == "DELIVERED"
    assert 86_400 <= emulator.clock.monotonic() < 2 * 86_400


class Counting(EmulatorClock):
    """A clock that counts its pauses, and that a test can stop."""

    def __init__(self, *, frozen: bool) -> None:
        super().__init__()
        self.frozen = frozen
        self.pauses = 0

    def monotonic(self) -> float:
        return 5e9 if self.frozen else super().monotonic()

    def sleep(self, seconds: float) -> None:
        self.pauses += 1
        assert self.pauses < 200, "the wait does not end"
        super().sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("interval", [5e-324, 1e-20, 1e-9])
def test_no_interval_makes_a_wait_endless(
    mode: ClientMode, emulator: Emulator, interval: float, *, frozen: bool
) -> None:
    reads: list[str] = []

    def poll(order: oc.TopupOrder) -> None:
        reads.append(order.status)
        assert len(reads) < 200, "the wait does not end"

    client, order_id = mode.of(emulator, clock=Counting(frozen=frozen)), emulator.add_order()
    with pytest.raises(oc.WaitTimeoutError):
        mode.call(client, "wait", order_id, timeout=1.0, cadence=oc.Cadence([(9, interval)]), on_poll=poll)
    assert len(reads) > 50
