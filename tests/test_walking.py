"""A list that moves while it is read loses no row and gives none twice."""

from __future__ import annotations

import datetime
import gc
import inspect
import pickle
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

import octopus_cards as oc
from octopus_cards._flows import Emit, Flow
from octopus_cards._walking import FRUITLESS_READS_MAX, FRUITLESS_ROWS_MAX, SHORT_READS_MAX, ListQuery, walk
from octopus_cards.emulator import Assumptions, Emulator
from worlds import World

NOON = datetime.datetime(2026, 5, 19, 12, tzinfo=datetime.UTC)
RAW = oc.RawResponse(200, {}, b"")
READS_MAX = 5_000


def order(number: int) -> oc.TopupOrder:
    """An order that was created so many seconds after noon."""
    return oc.TopupOrder(
        id=number,
        product_id=1,
        product_name="",
        country_code="GLO",
        amount=Decimal(1),
        currency="USD",
        status="PENDING",
        created_at=NOON + datetime.timedelta(seconds=number),
    )


class Broken(Exception):
    """What the walk refuses with."""


def refuse(page: Any, problem: str) -> Exception:
    return Broken(problem)


@dataclass
class Server:
    """A list, newest first, that changes before each read as its history says.

    A move is how many rows come on top, which positions leave, and which ids enter where they belong.
    """

    rows: list[int]
    history: Iterator[tuple[int, list[int], list[int]]] = field(default_factory=lambda: iter(()))
    per_page: int = 3
    headers: bool = True
    reads: list[int] = field(default_factory=list)
    removed: set[int] = field(default_factory=set)
    top: int = 0

    def move(self) -> None:
        """Inserts so many rows on top, removes those at some positions, and lets others enter."""
        inserted, positions, entering = next(self.history, (0, [], []))
        self.top = max([self.top, *self.rows, *self.removed])
        self.rows = [*range(self.top + inserted, self.top, -1), *self.rows]
        self.top += inserted
        self.rows = sorted({*self.rows, *(row for row in entering if row <= self.top)}, reverse=True)
        for position in positions:
            if self.rows:
                self.removed.add(self.rows.pop(position % len(self.rows)))

    def fetch(self, number: int) -> Flow[oc.Page[oc.TopupOrder]]:
        """A page as it is at this moment."""
        if self.reads:
            self.move()
        self.reads.append(number)
        assert len(self.reads) <= READS_MAX, "the walk does not end"
        rows = self.rows[(number - 1) * self.per_page : number * self.per_page]
        pages = -(-len(self.rows) // self.per_page)
        told = (number, self.per_page, len(self.rows), pages, len(rows), number < pages)
        known: tuple[Any, ...] = told if self.headers else (None,) * 6
        return page_of(rows, *known)
        yield  # a flow that asks for nothing


def page_of(rows: list[int], *headers: Any) -> oc.Page[oc.TopupOrder]:
    number, per_page, total_count, total_pages, size, has_more = headers
    items = tuple(map(order, rows))
    return oc.Page(items, number, per_page, total_count, total_pages, size, has_more, "R", RAW)


def query(per_page: int = 3, since: datetime.datetime | None = None, *, grows_on_top: bool = True) -> ListQuery:
    """What a list is asked for; by a status that comes later, rows enter anywhere."""
    return ListQuery(per_page, since, None if grows_on_top else oc.TopupStatus.DELIVERED, None, None)


def walked(
    fetch: Callable[[int], Flow[Any]],
    per_page: int = 3,
    since: datetime.datetime | None = None,
    *,
    grows_on_top: bool = True,
) -> list[int]:
    """The ids that a walk gives."""
    given: list[int] = []
    for effect in walk(fetch, refuse, query(per_page, since, grows_on_top=grows_on_top)):
        assert isinstance(effect, Emit)
        given += [order.id for order in effect.item]
    return given


ROWS = st.lists(st.integers(0, 60), max_size=8)
COUNTS = st.integers(0, 12)
SIZES = st.integers(1, 7)


@given(count=st.integers(0, 40), moves=st.lists(st.tuples(COUNTS, ROWS), max_size=40), per_page=SIZES)
def test_what_matched_all_the_time_comes_exactly_once(
    count: int, moves: list[tuple[int, list[int]]], per_page: int
) -> None:
    """As without a status filter, or by PENDING: orders come on top, and leave from anywhere."""
    server = Server(list(range(count, 0, -1)), ((n, leaving, []) for n, leaving in moves), per_page)
    given = walked(server.fetch, per_page)
    assert set(range(1, count + 1)) - server.removed <= set(given)
    assert given == sorted(set(given), reverse=True)


@given(rows=st.sets(st.integers(1, 60)), moves=st.lists(st.tuples(COUNTS, ROWS), max_size=40), per_page=SIZES)
def test_what_enters_anywhere_hides_nothing(rows: set[int], moves: list[tuple[int, list[int]]], per_page: int) -> None:
    """As by DELIVERED: orders enter where they belong by their age, and none leaves."""
    server = Server(sorted(rows, reverse=True), ((n, [], entering) for n, entering in moves), per_page)
    given = walked(server.fetch, per_page, grows_on_top=False)
    assert rows <= set(given)
    assert given == sorted(set(given), reverse=True)


@given(
    rows=st.sets(st.integers(1, 60), min_size=20),
    moves=st.lists(st.tuples(st.booleans(), ROWS), max_size=40),
    per_page=SIZES,
)
def test_what_enters_anywhere_and_leaves_in_turns_hides_nothing(
    rows: set[int], moves: list[tuple[bool, list[int]]], per_page: int
) -> None:
    """Growth below the frontier must not make up for a fall above it."""
    history = ((0, [], found) if entering else (0, found, []) for entering, found in moves)
    server = Server(sorted(rows, reverse=True), history, per_page)
    given = walked(server.fetch, per_page, grows_on_top=False)
    assert rows - server.removed <= set(given)


@given(
    rows=st.sets(st.integers(1, 60)),
    moves=st.lists(st.tuples(COUNTS, ROWS, ROWS), max_size=60),
    per_page=SIZES,
    on_top=st.booleans(),
)
def test_whatever_moves_nothing_comes_twice_and_the_walk_ends(
    rows: set[int], moves: list[tuple[int, list[int], list[int]]], per_page: int, *, on_top: bool
) -> None:
    server = Server(sorted(rows, reverse=True), iter(moves), per_page)
    given = walked(server.fetch, per_page, grows_on_top=on_top)
    assert given == sorted(set(given), reverse=True)


@given(count=st.integers(0, 40), inserts=st.lists(st.integers(0, 12), max_size=9), per_page=st.integers(1, 7))
def test_without_totals_nothing_comes_twice_and_inserts_lose_nothing(
    count: int, inserts: list[int], per_page: int
) -> None:
    server = Server(list(range(count, 0, -1)), ((n, [], []) for n in inserts), per_page, headers=False)
    given = walked(server.fetch, per_page)
    assert set(range(1, count + 1)) <= set(given)
    assert given == sorted(set(given), reverse=True)


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (3, 1), (4, 2), (30, 10)])
def test_a_still_list_costs_one_request_a_page(count: int, requests: int) -> None:
    server = Server(list(range(count, 0, -1)))
    assert walked(server.fetch) == list(range(count, 0, -1))
    assert server.reads == list(range(1, requests + 1))


def test_ten_thousand_still_orders_cost_twenty_requests() -> None:
    server = Server(list(range(10_000, 0, -1)), per_page=500)
    assert len(walked(server.fetch, 500)) == 10_000
    assert server.reads == list(range(1, 21))


def test_a_walk_holds_no_more_than_a_page() -> None:
    def peak(pages: int) -> int:
        def fetch(number: int) -> Flow[oc.Page[oc.TopupOrder]]:
            top = (pages - number + 1) * 100
            return page_of(list(range(top, top - 100, -1)), number, 100, pages * 100, pages, 100, number < pages)
            yield

        tracemalloc.start()
        for effect in walk(fetch, refuse, query(100)):
            assert isinstance(effect, Emit)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(3)
    assert peak(100) < 1.2 * peak(10)


def interrupted(server: Server, *, grows_on_top: bool, chances: Iterator[bool]) -> Iterator[int]:
    """The ids that a walk gives which fails now and then, and is taken up by another process each time."""

    def fetch(number: int) -> Flow[oc.Page[oc.TopupOrder]]:
        if next(chances, False):
            raise oc.OutcomeUnknownError("lost", method="GET", path="/x")
        return (yield from server.fetch(number))

    position = None
    handed_out = 0
    while True:
        try:
            for effect in walk(fetch, refuse, query(server.per_page, grows_on_top=grows_on_top), position):
                assert isinstance(effect, Emit)
                for each in effect.item:
                    handed_out += 1
                    yield each.id
        except oc.RequestError as error:
            position = pickle.loads(pickle.dumps(error)).position
            assert position.orders == handed_out
        else:
            return


@given(
    count=st.integers(0, 40),
    moves=st.lists(st.tuples(COUNTS, ROWS), max_size=40),
    per_page=SIZES,
    faults=st.lists(st.booleans(), max_size=30),
)
def test_a_walk_that_is_taken_up_again_keeps_the_promise(
    count: int, moves: list[tuple[int, list[int]]], per_page: int, faults: list[bool]
) -> None:
    server = Server(list(range(count, 0, -1)), ((n, leaving, []) for n, leaving in moves), per_page)
    given = list(interrupted(server, grows_on_top=True, chances=iter(faults)))
    assert set(range(1, count + 1)) - server.removed <= set(given)
    assert given == sorted(set(given), reverse=True)


@given(
    rows=st.sets(st.integers(1, 60)),
    moves=st.lists(st.tuples(COUNTS, ROWS), max_size=40),
    per_page=SIZES,
    faults=st.lists(st.booleans(), max_size=30),
)
def test_so_does_one_that_rows_enter_anywhere(
    rows: set[int], moves: list[tuple[int, list[int]]], per_page: int, faults: list[bool]
) -> None:
    server = Server(sorted(rows, reverse=True), ((n, [], entering) for n, entering in moves), per_page)
    given = list(interrupted(server, grows_on_top=False, chances=iter(faults)))
    assert rows <= set(given)
    assert given == sorted(set(given), reverse=True)


def test_what_a_list_raises_says_how_far_it_came_and_how_to_go_on(world: World, emulator: Emulator) -> None:
    ids = emulator.populate(30)
    client = world.of(emulator, attempts=1)
    emulator.fail_next(lost=True)
    with pytest.raises(oc.OutcomeUnknownError, match="0 orders of the list came before") as failed:
        world.call(client, "list", per_page=10)
    position = failed.value.position
    assert position is not None
    assert (position.orders, position.last_id) == (0, None)
    assert repr(position) == "<ListPosition: after 0 orders, the last None>"
    assert [order.id for order in world.call(client, "list", resume=position)] == ids[::-1]


def test_a_list_goes_on_with_what_it_was_asked_for(emulator: Emulator) -> None:
    emulator.populate(30)
    with emulator.client(attempts=1) as client:
        orders = client.topups.orders
        every = [order.id for order in orders.list(per_page=10, since="2026-05-19")]
        items = iter(orders.list(per_page=10, since="2026-05-19"))
        got = [next(items).id for _ in range(10)]
        emulator.fail_next(503)
        with pytest.raises(oc.ServerError, match="10 orders of the list came before") as failed:
            next(items)
        position = failed.value.position
        assert position is not None
        assert (position.orders, position.last_id) == (10, got[-1])
        emulator.requests.clear()
        got += [order.id for order in orders.list(resume=position)]
        assert got == every
        assert emulator.requests[0].query == {"page": "2", "per_page": "10"}
        assert [order.id for order in orders.list(resume=position, per_page=10, since="2026-05-19")] == every[10:]
        assert len(list(orders.list(resume=position, since="2026-05-19"))) == len(every) - 10
        with pytest.raises(ValueError, match=r"status must be left out with resume, .* None, got 'PENDING'"):
            orders.list(resume=position, status="PENDING")
        with pytest.raises(ValueError, match=r"per_page must be left out with resume, .* 10 \(int\), got 20"):
            orders.list(resume=position, per_page=20)
        with pytest.raises(TypeError, match="resume must be the position of an exception"):
            orders.list(resume=7)  # type: ignore[arg-type]


def test_what_is_no_list_has_no_position(emulator: Emulator) -> None:
    emulator.fail_next(404)
    with emulator.client() as client, pytest.raises(oc.NotFoundError) as failed:
        client.topups.orders.page()
    assert failed.value.position is None


def test_a_fall_of_the_total_steps_back_until_the_pages_overlap() -> None:
    server = Server([9, 8, 7, 6, 5, 4, 3, 2, 1], iter([(0, [], []), (0, [0, 0, 0, 0], [])]))
    assert walked(server.fetch) == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert server.reads == [1, 2, 3, 1, 2]


def test_growth_below_does_not_make_up_for_a_fall_above() -> None:
    """Three enter above the frontier and two below it; then two leave above."""
    server = Server([30, 27, 24, 21, 18, 15, 12, 9, 6], iter([(0, [], [29, 28, 26, 2, 1]), (0, [1, 1], [])]))
    assert walked(server.fetch, grows_on_top=False) == [30, 27, 24, 21, 18, 15, 12, 9, 6, 2, 1]
    assert server.reads[:4] == [1, 2, 3, 2]


@pytest.mark.parametrize(
    ("status", "on_top"),
    [
        (None, True),
        ("PENDING", True),
        ("DELIVERED", False),
        ("FAILED", False),
        ("CANCELLED", False),
        ("RECHARGED", False),
    ],
)
def test_only_a_status_that_every_order_begins_with_lets_a_list_grow_on_top_alone(
    emulator: Emulator, status: str | None, *, on_top: bool
) -> None:
    emulator.fail_next(403)
    with emulator.client() as client, pytest.raises(oc.PermissionDeniedError) as failed:
        list(client.topups.orders.list(status=status))
    assert failed.value.position is not None
    assert failed.value.position.query.grows_on_top == on_top


def test_growth_jumps_ahead() -> None:
    server = Server(list(range(12, 0, -1)), iter([(30, [], [])]))
    assert walked(server.fetch) == list(range(12, 0, -1))
    assert server.reads == [1, 2, 11, 12, 13, 14]


def test_a_jump_too_far_is_brought_back() -> None:
    server = Server(list(range(12, 0, -1)), iter([(30, [], []), (0, [0] * 9, [])]))
    assert walked(server.fetch) == list(range(12, 0, -1))
    assert server.reads == [1, 2, 11, 8, 9, 10, 11]


def test_the_walk_ends_though_rows_come_faster_than_they_are_read() -> None:
    server = Server(list(range(60, 0, -1)), ((7, [], []) for _ in range(10_000)))
    assert walked(server.fetch) == list(range(60, 0, -1))
    assert len(server.reads) < 60


def test_since_stops_at_the_first_older_order() -> None:
    server = Server(list(range(30, 0, -1)))
    assert walked(server.fetch, since=NOON + datetime.timedelta(seconds=25)) == [30, 29, 28, 27, 26, 25]
    assert server.reads == [1, 2, 3]


def scripted(*pages: oc.Page[oc.TopupOrder]) -> Callable[[int], Flow[Any]]:
    """Answers with these pages, the last one for ever."""
    left = list(pages)
    reads = iter(range(READS_MAX))

    def fetch(number: int) -> Flow[Any]:
        assert next(reads, None) is not None, "the walk does not end"
        return left.pop(0) if len(left) > 1 else left[0]
        yield

    return fetch


@pytest.mark.parametrize(
    ("pages", "problem"),
    [
        ([page_of([3, 2, 1], 7, 3, 9, 3, 3, True)], "page 1 was asked for and page 7 came"),
        ([page_of([1, 2, 3], 1, 3, 9, 3, 3, True)], r"not newest first \(order 1 stands before 2\)"),
        ([page_of([3, 3, 2], 1, 3, 9, 3, 3, True)], "not newest first"),
        ([page_of([3, 2, 1], None, 3, 9, None, 3, True)], f"{FRUITLESS_ROWS_MAX // 3 + 1} reads in a row gave"),
        ([page_of([3, 2, 1], None, None, None, None, None, None)], "reads in a row gave nothing new"),
        ([page_of([], None, None, None, None, None, True)], "reads in a row gave nothing new"),
        ([page_of([3, 2], 1, 3, 3, 1, 2, False)], "page 1 lacks 1 of the orders that its total announces"),
        ([page_of([], 1, 50, 10, 1, 0, False)], "page 1 lacks 10 of the orders"),
        (
            [page_of(rows, None, None, None, None, None, True) for rows in ([6, 5, 4], [3, 2, 1], [6, 5, 4])],
            "reads in a row gave nothing new",
        ),
    ],
)
def test_a_server_that_breaks_the_list_is_told_so(pages: list[Any], problem: str) -> None:
    with pytest.raises(Broken, match=problem):
        walked(scripted(*pages))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((2, None, None, None, None, True), False),
        ((None, None, None, 2, None, None), False),
        ((None, None, None, 2, None, False), False),
        ((None, None, None, None, None, None), True),
        ((None, None, None, 1, None, False), True),
    ],
)
def test_a_short_page_ends_the_walk_only_where_no_header_says_more(first: tuple[Any, ...], second: bool) -> None:
    headers = (None, *first[1:])
    fetch = scripted(page_of([9, 8], *headers), page_of([7], None, None, None, 2, None, False))
    assert walked(fetch) == ([9, 8] if second else [9, 8, 7])


def test_pages_leave_out_what_an_earlier_page_had() -> None:
    server = Server([9, 8, 7, 6, 5, 4], iter([(2, [], [])]))
    emitted = walk(server.fetch, refuse, query())
    pages = [[order.id for order in effect.item] for effect in emitted if isinstance(effect, Emit)]
    assert pages == [[9, 8, 7], [6], [5, 4]]


def test_a_walk_over_the_wire(world: World, emulator: Emulator) -> None:
    ids = emulator.populate(23)
    client = world.of(emulator)
    assert [order.id for order in world.call(client, "list", per_page=10)] == ids[::-1]
    assert [len(page) for page in world.call(client, "pages", per_page=10)] == [10, 10, 3]
    assert [r.query for r in emulator.requests[:3]] == [{"page": str(n), "per_page": "10"} for n in (1, 2, 3)]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_breaking_out_of_a_list_leaves_nothing_behind(emulator: Emulator, backend: str) -> None:
    emulator.populate(30)

    async def main() -> None:
        client = emulator.async_client()
        async for _ in client.topups.orders.list(per_page=5):
            break
        async with aclosing(client.topups.orders.list(per_page=5).pages()) as pages:
            async for _ in pages:
                break
        with pytest.raises(StopAsyncIteration):
            await anext(pages)
        gc.collect()
        await client.aclose()

    anyio.run(main, backend=backend)
    assert len(emulator.requests) == 2


def test_a_flow_is_closed_when_its_reader_goes_away(emulator: Emulator) -> None:
    emulator.populate(30)
    client = emulator.client()
    orders = client.topups.orders
    flow = orders._flows.pages(5, None, None, None, None, None, None)()
    pages = orders._driver.iterate(flow)
    next(pages)
    assert inspect.getgeneratorstate(flow) == inspect.GEN_SUSPENDED
    pages.close()  # type: ignore[attr-defined]
    assert inspect.getgeneratorstate(flow) == inspect.GEN_CLOSED


def test_filters_stay_on_every_page(world: World, emulator: Emulator) -> None:
    emulator.populate(60)
    found = world.call(
        world.of(emulator), "list", per_page=2, status="DELIVERED", product_id=4218, country="GLO", since="2026-01-01"
    )
    assert len(found) > 4
    assert len(emulator.requests) > 2
    for request in emulator.requests:
        assert {k: v for k, v in request.query.items() if k != "page"} == {
            "per_page": "2",
            "status": "DELIVERED",
            "product_id": "4218",
            "country": "GLO",
        }


def test_making_a_list_sends_nothing_and_iterating_sends_page_by_page(emulator: Emulator) -> None:
    emulator.populate(30)
    with emulator.client() as client:
        listed = client.topups.orders.list(per_page=10)
        assert emulator.requests == []
        walking = iter(listed)
        next(walking)
        assert len(emulator.requests) == 1
        assert len(list(walking)) == 29
        assert len(list(listed)) == 30  # a walk of its own


def test_a_broken_list_is_told_with_its_answer(world: World, emulator: Emulator) -> None:
    emulator.populate(30)
    emulator.fail_next(200, body=b"[]", headers={"x-page": "4"})
    with pytest.raises(oc.InvalidResponseError, match="page 1 was asked for and page 4 came") as failed:
        world.call(world.of(emulator), "list")
    assert failed.value.body == b"[]"


def test_a_status_that_orders_reach_later_loses_none(emulator: Emulator) -> None:
    """The emulator delivers orders while the list of the delivered is read, far below its top."""
    emulator = Emulator(assumptions=Assumptions(back_channel_every=1.0))
    steady = [emulator.add_order(life=[(0.0 if n % 2 else 2.0 + n % 23, "DELIVERED")]) for n in range(240)][1::2]
    emulator.clock.advance(1)
    given = []
    with emulator.client() as client:
        for page in client.topups.orders.list(status="DELIVERED", per_page=5).pages():
            emulator.clock.advance(1)
            given += [order.id for order in page]
    assert set(steady) <= set(given)
    assert given == sorted(set(given), reverse=True)


def test_replicas_that_disagree_end_the_walk_with_an_error() -> None:
    leading, lagging = list(range(60, 0, -1)), list(range(57, 0, -1))
    reads = iter(range(READS_MAX))

    def fetch(number: int) -> Flow[Any]:
        rows = lagging if next(reads) % 2 else leading
        shown, pages = rows[(number - 1) * 3 : number * 3], -(-len(rows) // 3)
        return page_of(shown, number, 3, len(rows), pages, len(shown), number < pages)
        yield

    with pytest.raises(Broken, match="reads in a row gave nothing new"):
        walked(fetch)


def test_a_page_that_lacks_announced_rows_is_read_again() -> None:
    short = page_of([3, 2], 1, 3, 3, 1, 2, False)
    whole = page_of([3, 2, 1], 1, 3, 3, 1, 3, False)
    assert walked(scripted(short, whole)) == [3, 2, 1]
    for lacking in ([3, 1], [2, 1], [3], []):  # what it lacks may stand above what it has
        assert walked(scripted(page_of(lacking, 1, 3, 3, 1, len(lacking), False), whole)) == [3, 2, 1]


def test_a_server_may_make_its_pages_smaller_than_asked() -> None:
    server = Server(list(range(30, 0, -1)), iter([(0, [], []), (40, [], []), (0, list(range(9)), [])]), per_page=3)
    assert walked(server.fetch, per_page=500) == list(range(30, 0, -1))
    assert len(server.reads) < 20


@pytest.mark.parametrize("method", ["page", "list"])
def test_a_page_of_another_size_than_announced_is_refused(world: World, emulator: Emulator, method: str) -> None:
    emulator.fail_next(200, body=b"[]", headers={"x-page-size": "4"})
    with pytest.raises(oc.InvalidResponseError, match="4 orders were announced and 0 came"):
        world.call(world.of(emulator), method)


def without_total(server: Server, read: int) -> Any:
    """The pages of a server, one of which does not tell the total."""

    def fetch(number: int) -> Flow[Any]:
        page = yield from server.fetch(number)
        if len(server.reads) == read:
            return page_of([order.id for order in page], page.number, page.per_page, None, *[None] * 2, page.has_more)
        return page

    return fetch


def test_a_page_without_a_total_hides_no_fall() -> None:
    server = Server([22, 5, 2], iter([(0, [], []), (0, [0], [])]), per_page=1)
    assert walked(without_total(server, 2), 1, grows_on_top=False) == [22, 5, 2]
    assert server.reads == [1, 2, 3, 1, 2]


def test_the_first_total_is_no_growth() -> None:
    server = Server([2, 1], iter([(2, [], [])]), per_page=1)
    assert walked(server.fetch, 1) == [2, 1]
    assert server.reads == [1, 2, 3, 4]


def test_growth_by_one_counts_no_more_than_by_many_where_rows_enter_anywhere() -> None:
    moves = [(0, [], []), (0, [0], []), (0, [], [14]), (0, [0], [])]
    server = Server([21, 18, 15, 10, 9, 6, 5, 4], iter(moves), per_page=1)
    assert walked(server.fetch, 1, grows_on_top=False) == [21, 18, 15, 14, 10, 9, 6, 5, 4]


def test_the_walk_aims_ahead_only_where_a_whole_page_comes_between_two_reads() -> None:
    whole = Server([3, 2, 1], iter([(2, [], []), (1, [], [])]), per_page=1)
    assert walked(whole.fetch, 1) == [3, 2, 1]
    assert whole.reads == [1, 2, 3, 5, 4, 5, 6]
    fallen = Server([2, 1], iter([(0, [0], []), (3, [], [])]), per_page=1)
    assert walked(fallen.fetch, 1) == [2, 1]
    assert fallen.reads == [1, 2, 1, 3, 4]


def test_the_way_back_leads_to_the_first_page_at_once() -> None:
    server = Server([17, 4, 2], iter([(0, [], []), (0, [1], [])]), per_page=1)
    assert walked(server.fetch, 1, grows_on_top=False) == [17, 4, 2]
    assert server.reads == [1, 2, 3, 1, 2]


def test_each_page_may_be_short_as_often_as_any() -> None:
    first = page_of([6, 5, 4], 1, 3, 6, 2, 3, True)
    short, whole = page_of([3, 2], 2, 3, 6, 2, 2, False), page_of([3, 2, 1], 2, 3, 6, 2, 3, False)
    assert walked(scripted(first, *[short] * (SHORT_READS_MAX - 1), whole)) == [6, 5, 4, 3, 2, 1]
    with pytest.raises(Broken, match="page 2 lacks 1"):
        walked(scripted(first, *[short] * SHORT_READS_MAX, whole))


@pytest.mark.parametrize(
    ("pages", "fruitless"),
    [
        ([page_of([], None, 30, None, None, None, True)], FRUITLESS_READS_MAX + 1),
        ([page_of([3, 2, 1], None, 30, None, None, None, True)], FRUITLESS_READS_MAX + 1),
    ],
)
def test_so_many_reads_in_a_row_and_no_more_give_nothing(pages: list[Any], fruitless: int) -> None:
    with pytest.raises(Broken, match=f"^{fruitless} reads in a row gave nothing new"):
        walked(scripted(*pages))


@pytest.mark.parametrize(
    "page",
    [
        page_of([3, 2, 1], 7, 3, 9, 3, 3, True),
        page_of([1, 2, 3], 1, 3, 9, 3, 3, True),
        page_of([3, 2], 1, 3, 3, 1, 2, False),
        page_of([], None, None, None, None, None, True),
    ],
)
def test_what_isrefused_is_the_page_itself(page: Any) -> None:
    refused: list[Any] = []

    def refuse(page: Any, problem: str) -> Exception:
        refused.append(page)
        return Broken(problem)

    with pytest.raises(Broken):
        list(walk(scripted(page), refuse, query()))
    assert refused == [page]


def test_a_total_alone_says_that_pages_follow() -> None:
    first, last = page_of([9, 8, 7], None, 3, 4, None, None, None), page_of([6], None, 3, 4, None, None, None)
    assert walked(scripted(first, last)) == [9, 8, 7, 6]


def broken_off(*pages: Any) -> Any:
    """Answers with these pages, and then with none."""
    left = list(pages)

    def fetch(number: int) -> Flow[Any]:
        if not left:
            raise oc.OutcomeUnknownError("lost", method="GET", path="/x")
        return left.pop(0)
        yield

    return fetch


@pytest.mark.parametrize(
    ("page", "times"),
    [
        (page_of([3, 2], 1, 3, 3, 1, 2, False), SHORT_READS_MAX - 1),
        (page_of([], None, 30, *[None] * 3, True), FRUITLESS_READS_MAX),
    ],
)
def test_a_list_that_is_taken_up_again_has_all_its_patience(page: Any, times: int) -> None:
    with pytest.raises(oc.OutcomeUnknownError) as failed:
        list(walk(broken_off(*[page] * times), refuse, query()))
    whole = page_of([3, 2, 1], None, 3, None, None, 3, False)
    emitted = list(walk(broken_off(*[page] * times, whole), refuse, query(), failed.value.position))
    assert [order.id for effect in emitted for order in effect.item] == [3, 2, 1]  # type: ignore[union-attr]


def test_after_news_the_patience_is_whole_again() -> None:
    read = []
    page = page_of([3, 2, 1], None, 30, None, None, None, True)

    def fetch(number: int) -> Flow[Any]:
        read.append(number)
        return page
        yield

    with pytest.raises(Broken, match=f"^{FRUITLESS_READS_MAX + 1} reads"):
        walked(fetch)
    assert len(read) == 1 + FRUITLESS_READS_MAX + 1


def test_a_list_without_orders_has_one_page_and_no_page_without_news_is_given() -> None:
    def pages(fetch: Any) -> list[list[int]]:
        return [[order.id for order in effect.item] for effect in walk(fetch, refuse, query())]  # type: ignore[union-attr]

    assert pages(Server([]).fetch) == [[]]
    server = Server([6, 5, 4, 3, 2, 1], iter([(3, [], [])]))
    assert pages(server.fetch) == [[6, 5, 4], [3, 2, 1]]
    assert server.reads == [1, 2, 3]
