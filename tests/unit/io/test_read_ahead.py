"""Lists that are read one page ahead: what they give, what they ask for, and how they end."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import os
import signal
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

import anyio
import httpx
import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])


@pytest.fixture
def emulator() -> Emulator:
    emulator = Emulator()
    emulator.populate(70)  # five pages of 20 rows or fewer, of which each overlaps the one before
    return emulator


def run(backend: str, main: Callable[[], Awaitable[None]]) -> None:
    anyio.run(main, backend=backend)


def pages_asked(emulator: Emulator) -> list[str]:
    return [request.query["page"] for request in emulator.requests]


def until(wanted: Callable[[], bool]) -> None:
    """Wait until another thread has done something."""
    done = threading.Event()
    for _ in range(500):
        if wanted():
            return
        done.wait(0.01)
    raise AssertionError("it did not come to that")


def test_prefetch_yields_the_items_of_the_list(emulator: Emulator) -> None:
    with emulator.client() as client:
        listed = client.topups.orders.list(per_page=20)
        with listed.read_ahead() as ahead:
            assert list(ahead) == list(listed)
        with listed.read_ahead() as ahead:
            assert [page.items for page in ahead.pages()] == [page.items for page in listed.pages()]


@BACKENDS
def test_prefetch_yields_the_items_of_the_list_to_tasks(emulator: Emulator, backend: str) -> None:
    async def main() -> None:
        async with emulator.async_client() as client:
            listed = client.topups.orders.list(per_page=20)
            async with listed.read_ahead() as ahead:
                assert [order async for order in ahead] == [order async for order in listed]
            async with listed.read_ahead() as ahead:
                assert [page.items async for page in ahead.pages()] == [page.items async for page in listed.pages()]

    run(backend, main)


def test_one_page_is_on_its_way_and_no_more(emulator: Emulator) -> None:
    with emulator.client() as client, client.topups.orders.list(per_page=20).read_ahead() as ahead:
        until(lambda: pages_asked(emulator) == ["1"])
        pages = ahead.pages()
        for number in range(1, 5):
            assert next(pages).number == number
            until(lambda: len(emulator.requests) == number + 1)
        assert next(pages).number == 4
        assert next(pages, None) is None
    assert pages_asked(emulator) == ["1", "2", "3", "4", "4"]


@BACKENDS
def test_one_page_is_on_its_way_and_no_more_for_tasks(emulator: Emulator, backend: str) -> None:
    async def main() -> None:
        async with emulator.async_client() as client, client.topups.orders.list(per_page=20).read_ahead() as ahead:
            await anyio.wait_all_tasks_blocked()
            assert pages_asked(emulator) == ["1"]
            pages = ahead.pages()
            for number in (1, 2, 3):
                assert (await anext(pages)).number == number
                await anyio.wait_all_tasks_blocked()
                assert len(emulator.requests) == number + 1

    run(backend, main)


def test_leaving_early_costs_at_most_one_request_and_leaves_no_thread(emulator: Emulator) -> None:
    before = threading.active_count()
    with emulator.client() as client:
        with client.topups.orders.list(per_page=20).read_ahead() as ahead:
            orders = iter(ahead)
            next(orders)
        until(lambda: threading.active_count() == before)
        for step in (lambda: next(orders), lambda: list(ahead)):
            with pytest.raises(ValueError, match="iterated once, within its block"):
                step()
    assert pages_asked(emulator) in (["1"], ["1", "2"])


@BACKENDS
def test_leaving_early_leaves_no_task(emulator: Emulator, backend: str) -> None:
    async def main() -> None:
        async with emulator.async_client() as client:
            async with client.topups.orders.list(per_page=20).read_ahead() as ahead:
                orders = aiter(ahead)
                await anext(orders)
            with pytest.raises(ValueError, match="iterated once, within its block"):
                await anext(orders)
            if backend == "asyncio":
                assert asyncio.all_tasks() == {asyncio.current_task()}
            assert (await client.topups.orders.page(per_page=2)).total_count == 70

    run(backend, main)
    assert len(emulator.requests) <= 3


def test_it_is_entered_once_and_iterated_once(emulator: Emulator) -> None:
    with emulator.client() as client:
        ahead = client.topups.orders.list(per_page=20).read_ahead()
        with pytest.raises(ValueError, match=r"within its block \(`with ... as ahead:`\); the block was not entered"):
            list(ahead)
        with ahead:
            assert len(list(ahead)) == 70
            with pytest.raises(ValueError, match=r"it is finished: call read_ahead\(\) again"):
                list(ahead)
        with pytest.raises(ValueError, match=r"the block was entered before: call read_ahead\(\) again"), ahead:
            pass


@BACKENDS
def test_it_is_entered_once_and_iterated_once_by_tasks(emulator: Emulator, backend: str) -> None:
    async def main() -> None:
        async with emulator.async_client() as client:
            ahead = client.topups.orders.list(per_page=20).read_ahead()
            with pytest.raises(ValueError, match="the block was not entered"):
                aiter(ahead)
            async with ahead:
                assert len([order async for order in ahead]) == 70
                with pytest.raises(ValueError, match="it is finished"):
                    aiter(ahead)
            with pytest.raises(ValueError, match="the block was entered before"):
                async with ahead:
                    pass

    run(backend, main)


@BACKENDS
def test_a_closed_iteration_requests_nothing_more(emulator: Emulator, backend: str) -> None:
    async def main() -> None:
        async with emulator.async_client() as client, client.topups.orders.list(per_page=20).read_ahead() as ahead:
            pages = ahead.pages()
            assert (await anext(pages)).number == 1
            await pages.aclose()
            await anyio.wait_all_tasks_blocked()
            assert len(emulator.requests) == 2

    run(backend, main)


@pytest.mark.skipif("not hasattr(os, 'fork')", reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_does_not_wait_for_a_thread_that_it_lacks(emulator: Emulator) -> None:
    with emulator.client() as client, client.topups.orders.list(per_page=20).read_ahead() as ahead:
        pages = ahead.pages()
        assert next(pages).number == 1
        child = os.fork()
        if not child:
            try:
                next(pages)
            except ValueError:
                ahead.__exit__(None, None, None)
                os._exit(7)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        assert [page.number for page in pages] == [2, 3, 4, 4]


def test_a_failure_comes_where_the_list_would_raise_it_with_its_position(emulator: Emulator) -> None:
    got: list[int] = []
    with emulator.client() as client:
        whole = [order.id for order in client.topups.orders.list()]
        listed = client.topups.orders.list(per_page=20)
        with pytest.raises(oc.PermissionDeniedError) as failed, listed.read_ahead() as ahead:
            for order in ahead:
                got.append(order.id)
                if len(got) == 5:
                    # The second page may be under way already; one of the next three meets it.
                    emulator.fail_next(403)
        assert failed.value.position is not None
        assert failed.value.position.count == len(got)
        with client.topups.orders.list(resume=failed.value.position).read_ahead() as ahead:
            got += [order.id for order in ahead]
    assert got == whole


@BACKENDS
def test_a_failure_comes_bare_to_tasks(emulator: Emulator, backend: str) -> None:
    async def main() -> None:
        emulator.fail_next(403)
        async with emulator.async_client() as client:
            with pytest.raises(oc.PermissionDeniedError):
                async with client.topups.orders.list().read_ahead() as ahead:
                    async for _ in ahead:
                        pass
            # What the caller raises is not wrapped into a group either.
            with pytest.raises(ZeroDivisionError):
                async with client.topups.orders.list(per_page=20).read_ahead() as ahead:
                    async for _ in ahead:
                        raise ZeroDivisionError
            # A list that broke off does not look complete later.
            emulator.fail_next(403)
            async with client.topups.orders.list().read_ahead() as ahead:
                for _ in range(2):
                    with pytest.raises(oc.PermissionDeniedError):
                        await anext(ahead.pages())

    run(backend, main)


def test_prefetch_continues_after_a_break_and_skips_nothing(emulator: Emulator) -> None:
    with emulator.client() as client:
        whole = list(client.topups.orders.list(per_page=20))
        with client.topups.orders.list(per_page=20).read_ahead() as ahead:
            got = [order for order, _ in zip(ahead, range(3), strict=False)]
            with pytest.raises(ValueError, match=r"by its items or by pages\(\), not by both"):
                ahead.pages()
            got += [next(iter(ahead))]
            assert [*whole[:3], *whole[4:]] == [*got, *ahead]


@BACKENDS
def test_prefetch_continues_after_a_break_for_tasks(emulator: Emulator, backend: str) -> None:
    async def main() -> None:
        async with emulator.async_client() as client:
            whole = [order async for order in client.topups.orders.list(per_page=20)]
            async with client.topups.orders.list(per_page=20).read_ahead() as ahead:
                got = [await anext(aiter(ahead)), await anext(aiter(ahead))]
                with pytest.raises(ValueError, match="not by both"):
                    ahead.pages()
                assert whole == got + [order async for order in ahead]

    run(backend, main)


@BACKENDS
@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_exceptions_that_end_programs_are_not_wrapped(
    emulator: Emulator, backend: str, kind: type[BaseException]
) -> None:
    async def main() -> None:
        async with emulator.async_client() as client:
            with pytest.raises(kind):
                async with client.topups.orders.list(per_page=20).read_ahead():
                    raise kind

    run(backend, main)


def test_an_async_generator_may_yield_from_it_under_asyncio(emulator: Emulator) -> None:
    async def main() -> None:
        async with emulator.async_client() as client:

            async def orders() -> AsyncGenerator[oc.TopupOrder]:
                async with client.topups.orders.list(per_page=20).read_ahead() as ahead:
                    async for order in ahead:
                        yield order

            async for _ in orders():
                break
            gc.collect()
            await asyncio.sleep(0.01)
            async with aclosing(orders()) as closed:
                async for _ in closed:
                    break
            await asyncio.sleep(0.01)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


@BACKENDS
@pytest.mark.parametrize("by_pages", [False, True])
def test_two_tasks_do_not_take_from_each_other(emulator: Emulator, backend: str, *, by_pages: bool) -> None:
    async def main() -> None:
        refused: list[ValueError] = []
        async with emulator.async_client() as client, client.topups.orders.list(per_page=20).read_ahead() as ahead:
            way: Any = ahead.pages() if by_pages else aiter(ahead)

            async def step() -> None:
                try:
                    await anext(way)
                except ValueError as error:
                    refused.append(error)

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(step)
                tasks.start_soon(step)
        assert [str(error)[:35] for error in refused] == ["tasks cannot share one iteration: c"]

    run(backend, main)


def test_a_step_that_asyncio_cancels_takes_nothing(emulator: Emulator) -> None:
    """This also holds if the page is ready when the task is cancelled."""

    async def main() -> None:
        async with emulator.async_client() as client, client.topups.orders.list(per_page=20).read_ahead() as ahead:
            pages = ahead.pages()
            got = []
            for waited in (False, True, True, False, True):
                if waited:
                    await anyio.wait_all_tasks_blocked()
                task = asyncio.ensure_future(anext(pages))
                await asyncio.sleep(0)
                task.cancel()
                await asyncio.wait([task])
                assert task.cancelled()
                got.append((await anext(pages)).number)
            assert got == [1, 2, 3, 4, 4]

    asyncio.run(main())


def test_many_threads_share_one(emulator: Emulator) -> None:
    emulator = Emulator()
    ids = emulator.populate(600)
    got: list[int] = []
    with emulator.client() as client, client.topups.orders.list(per_page=7).read_ahead() as ahead:
        orders = iter(ahead)
        threads = [threading.Thread(target=lambda: got.extend(order.id for order in orders)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(got) == ids


@pytest.mark.skipif("not hasattr(signal, 'setitimer')", reason="this system has no such timer")
def test_a_step_that_a_signal_interrupts_takes_nothing(emulator: Emulator) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(*_: object) -> None:
        raise Interrupted

    answers = threading.Event()
    served = emulator.client()._connection._custom_transport

    def answer(request: httpx.Request) -> httpx.Response:
        answers.wait(5)
        response: httpx.Response = served.handle_request(request)
        return response

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with oc.OctopusCards(emulator.token, transport=httpx.MockTransport(answer)) as client:
            with client.topups.orders.list(per_page=20).read_ahead() as ahead:
                orders = iter(ahead)
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                with pytest.raises(Interrupted):
                    next(orders)
                answers.set()
                assert len(list(orders)) == 70
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_blocked_thread_raises_when_the_block_closes(emulator: Emulator) -> None:
    answers = threading.Event()
    messages: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        answers.wait(5)
        return httpx.Response(200, json=[])

    def wait() -> None:
        try:
            next(pages)
        except ValueError as error:
            messages.append(str(error))

    with oc.OctopusCards("t", transport=httpx.MockTransport(answer)) as client:
        with client.topups.orders.list().read_ahead() as ahead:
            pages = ahead.pages()
            waiting = threading.Thread(target=wait)
            waiting.start()
            waiting.join(0.05)
        waiting.join(2)
        answers.set()
    assert [text[:41] for text in messages] == ["a list with prefetch is iterated once, wi"]


@BACKENDS
def test_a_blocked_task_raises_when_the_block_closes(backend: str) -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        await anyio.sleep(5)
        return httpx.Response(200, json=[])

    async def main() -> None:
        messages: list[str] = []

        async def wait() -> None:
            try:
                await anext(pages)
            except ValueError as error:
                messages.append(str(error))

        async with oc.AsyncOctopusCards("t", transport=httpx.MockTransport(answer)) as client:
            async with anyio.create_task_group() as tasks, client.topups.orders.list().read_ahead() as ahead:
                pages = ahead.pages()
                tasks.start_soon(wait)
                await anyio.sleep(0.01)
        assert [text[:41] for text in messages] == ["a list with prefetch is iterated once, wi"]

    run(backend, main)


def test_leaving_waits_for_nothing(emulator: Emulator) -> None:
    answers = threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        answers.wait(5)
        return httpx.Response(200, json=[])

    with oc.OctopusCards("t", transport=httpx.MockTransport(answer)) as client:
        with client.topups.orders.list().read_ahead():
            pass
        assert not answers.is_set()
        assert any(thread.name == "octopus-cards-read-ahead" and thread.daemon for thread in threading.enumerate())
        answers.set()


def test_leaving_ends_a_pause_before_another_try(emulator: Emulator) -> None:
    """A server that asks for two minutes does not delay the end of the block."""
    client = oc.OctopusCards(emulator.token, transport=emulator.client()._connection._custom_transport)
    emulator.fail_next(429, headers={"retry-after": "100"}, times=9)
    with client, client.topups.orders.list().read_ahead():
        until(lambda: len(emulator.requests) == 1)
    assert len(emulator.requests) == 1


@BACKENDS
def test_a_cancelled_block_ends(emulator: Emulator, backend: str) -> None:
    async def main() -> None:
        async with emulator.async_client() as client:
            with anyio.move_on_after(0.05) as scope:
                async with client.topups.orders.list(per_page=20).read_ahead() as ahead:
                    async for _ in ahead:
                        await anyio.sleep_forever()
            assert scope.cancelled_caught
            assert (await client.topups.orders.page(per_page=2)).total_count == 70

    run(backend, main)


def test_a_task_that_is_cancelled_by_asyncio_itself_ends(emulator: Emulator) -> None:
    async def reading() -> None:
        async with emulator.async_client() as client, client.topups.orders.list(per_page=20).read_ahead() as ahead:
            async for _ in ahead:
                await asyncio.sleep(60)

    async def main() -> None:
        task = asyncio.create_task(reading())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())


def test_the_thread_sees_the_callers_context(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    served: contextvars.ContextVar[str] = contextvars.ContextVar("served")
    seen: list[str] = []

    class Seeing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(served.get("nothing"))

    served.set("request 7")
    logger = logging.getLogger("octopus_cards")
    logger.addHandler(handler := Seeing(logging.DEBUG))
    try:
        with emulator.client() as client, client.topups.orders.list(per_page=20).read_ahead() as ahead:
            assert len(list(ahead)) == 70
    finally:
        logger.removeHandler(handler)
    assert set(seen) == {"request 7"}


@pytest.mark.parametrize("per_page", [3, 7])
def test_nothing_is_lost_while_the_list_moves(per_page: int) -> None:
    """The walk is the same: orders leave the filter while a page is on its way, and no other is missed for it."""
    emulator = Emulator()
    ids = [emulator.add_order(delivered_after=None if n % 3 else 1.0) for n in range(60)]
    emulator.clock.advance(2)
    leaving, steady = ids[::3], [order_id for n, order_id in enumerate(ids) if n % 3]
    given: list[int] = []
    with emulator.client() as client:
        with client.topups.orders.list(status="PENDING", per_page=per_page).read_ahead() as ahead:
            for order in ahead:
                given.append(order.id)
                if leaving and len(given) % 2:
                    client.topups.orders.get(leaving.pop())
    assert set(given) >= set(steady)
    assert given == sorted(set(given), reverse=True)
