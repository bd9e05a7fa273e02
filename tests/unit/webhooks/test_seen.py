"""The stores of seen events: one claim at a time, none lost in a crash, none kept forever."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from octopus_cards.emulator import EmulatorClock
from octopus_cards.webhooks import MemorySeenEvents, SeenEvents, SQLiteSeenEvents
from support.deliveries import AT, claim_all, die_while_processing, event

Open = Callable[..., SeenEvents]


@pytest.fixture
def clock() -> EmulatorClock:
    return EmulatorClock(start=AT)


@pytest.fixture(params=["memory", "sqlite"])
def seen(request: pytest.FixtureRequest, tmp_path: Path, clock: EmulatorClock) -> SeenEvents:
    options: dict[str, Any] = {"keep": 1_000, "lease": 100, "clock": clock}
    return MemorySeenEvents(**options) if request.param == "memory" else SQLiteSeenEvents(tmp_path / "seen", **options)


def test_only_the_first_delivery_is_the_first(seen: SeenEvents) -> None:
    assert [seen.first_time(each) for each in ("a", "a", "b", "a")] == [True, False, True, False]
    seen.done("a")
    assert not seen.first_time("a")


def test_a_released_event_can_be_claimed_again(seen: SeenEvents) -> None:
    assert seen.first_time("a")
    seen.release("a")
    assert seen.first_time("a")
    assert not seen.first_time("a")


def test_a_done_event_is_not_released(seen: SeenEvents) -> None:
    seen.first_time("a")
    seen.done("a")
    seen.release("a")
    seen.release("unknown")
    assert not seen.first_time("a")
    assert seen.first_time("unknown")


def test_a_claim_ends_with_its_lease(seen: SeenEvents, clock: EmulatorClock) -> None:
    seen.first_time("a")
    clock.advance(99)
    assert not seen.first_time("a")
    clock.advance(1)
    assert seen.first_time("a")
    assert not seen.first_time("a")


def test_a_done_event_is_remembered_for_as_long_as_asked(seen: SeenEvents, clock: EmulatorClock) -> None:
    seen.first_time("a")
    seen.done("a")
    clock.advance(999)
    assert not seen.first_time("a")
    clock.advance(1)
    assert seen.first_time("a")


def test_unfinished_events_are_claimed_as_they_are_yielded(seen: SeenEvents, clock: EmulatorClock) -> None:
    for each in ("crashed", "released", "done"):
        assert seen.first_time(each, event(each))
    seen.first_time("without a body")
    seen.release("released")
    seen.done("done")
    assert list(seen.unfinished()) == [event("released")]
    assert list(seen.unfinished()) == []
    clock.advance(100)
    assert {each.id for each in seen.unfinished()} == {"crashed", "released"}
    assert not seen.first_time("crashed")
    seen.done("crashed")
    clock.advance(100)
    assert [each.id for each in seen.unfinished()] == ["released"]


def test_an_event_that_ends_meanwhile_is_not_yielded(seen: SeenEvents) -> None:
    for each in ("a", "b"):
        seen.first_time(each, event(each))
        seen.release(each)
    found = seen.unfinished()
    first = next(found)
    other = ({"a", "b"} - {first.id}).pop()
    assert seen.first_time(other, event(other))
    assert list(found) == []


def test_threads_claim_an_event_once(seen: SeenEvents) -> None:
    ids = [str(number % 20) for number in range(160)]
    barrier = threading.Barrier(8)

    def claim(part: int) -> list[str]:
        barrier.wait()
        return [each for each in ids[part::8] + ids if seen.first_time(each)]

    with ThreadPoolExecutor(8) as pool:
        claimed = Counter(each for part in pool.map(claim, range(8)) for each in part)
    assert claimed == Counter(set(ids))


@pytest.mark.parametrize("name", ["keep", "lease"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_time_must_be_positive(tmp_path: Path, name: str, seconds: float) -> None:
    options: dict[str, Any] = {name: seconds}
    with pytest.raises(ValueError, match=name):
        MemorySeenEvents(**options)
    with pytest.raises(ValueError, match=name):
        SQLiteSeenEvents(tmp_path / "seen", **options)


def test_memory_forgets_what_is_old(clock: EmulatorClock) -> None:
    seen = MemorySeenEvents(keep=1_000, lease=100, clock=clock)
    for number in range(10_000):
        seen.first_time(str(number))
        if number % 2:
            seen.done(str(number))
        clock.advance(1)
    assert len(seen) < 3_000


def rows(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        count = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    connection.close()
    return int(count)


def test_the_file_forgets_what_is_old_but_nothing_unfinished(tmp_path: Path, clock: EmulatorClock) -> None:
    seen = SQLiteSeenEvents(tmp_path / "seen", keep=1_000, lease=100, clock=clock)
    seen.first_time("done")
    seen.done("done")
    seen.first_time("abandoned")
    seen.first_time("unfinished", event("unfinished"))
    clock.advance(2_000)
    assert rows(tmp_path / "seen") == 3
    assert seen.first_time("later")
    assert rows(tmp_path / "seen") == 2
    assert list(seen.unfinished()) == [event("unfinished")]


def test_a_body_stays_in_the_file_until_the_event_is_done(tmp_path: Path) -> None:
    path = tmp_path / "seen"
    seen = SQLiteSeenEvents(path)
    seen.first_time("a", event("a"))
    assert b"reference-1" in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    seen.done("a")
    assert [each for each in tmp_path.iterdir() if b"reference-1" in each.read_bytes()] == []


def test_another_process_sees_the_claims(tmp_path: Path) -> None:
    SQLiteSeenEvents(tmp_path / "seen").first_time("a")
    assert not SQLiteSeenEvents(tmp_path / "seen").first_time("a")


def test_processes_claim_an_event_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results, barrier = context.Queue(), context.Barrier(3)
    workers = [context.Process(target=claim_all, args=(tmp_path / "seen", results, barrier)) for _ in range(3)]
    for worker in workers:
        worker.start()
    claimed = [number for _ in workers for number in results.get(timeout=60)]
    for worker in workers:
        worker.join()
    assert sorted(claimed) == list(range(50))


def test_a_killed_process_leaves_its_event_to_the_next(tmp_path: Path, clock: EmulatorClock) -> None:
    worker = multiprocessing.get_context("spawn").Process(target=die_while_processing, args=(tmp_path / "seen",))
    worker.start()
    worker.join(60)
    assert worker.exitcode == 9
    seen = SQLiteSeenEvents(tmp_path / "seen", lease=100, clock=clock)
    assert not seen.first_time("a")
    clock.advance(100)
    assert list(seen.unfinished()) == [event("a")]


def test_a_failed_transaction_changes_nothing(tmp_path: Path) -> None:
    seen = SQLiteSeenEvents(tmp_path / "seen", timeout=0.01)
    other = sqlite3.connect(tmp_path / "seen", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        seen.first_time("a")
    other.execute("ROLLBACK")
    other.close()
    assert seen.first_time("a")


def change(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_another_programs_database_is_refused_and_not_changed(tmp_path: Path) -> None:
    change(tmp_path / "other", "CREATE TABLE t (x)")
    before = (tmp_path / "other").read_bytes()
    with pytest.raises(ValueError, match="another program"):
        SQLiteSeenEvents(tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == before
    SQLiteSeenEvents(tmp_path / "later")
    change(tmp_path / "later", "PRAGMA user_version = 2")
    with pytest.raises(ValueError, match="later version"):
        SQLiteSeenEvents(tmp_path / "later")
