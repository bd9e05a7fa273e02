"""Long lists: the cost of iterating over them, and what reading ahead saves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import ExitStack

import httpx

from octopus_cards import AsyncOctopusCards, OctopusCards

from .measure import in_turns
from .payloads import BASE_URL, LIST, TOKEN, Pages
from .subjects import OURS, reading

ALONE, FETCHED = "decoding alone", "pages got by httpx, and decoding"
DIRECT = "pages got over the transport of httpx, and decoding"
AHEAD, TOGETHER = "octopus-cards, read ahead", "what server and caller take, added up on paper"


class _Server:
    """An in-memory transport with a list, which responds after a latency if one is set."""

    def __init__(self, pages: int, size: int, latency: float = 0.0) -> None:
        self._served, self._latency = Pages(pages, size), latency

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self._latency:
            time.sleep(self._latency)
        return self._response(request)

    def _response(self, request: httpx.Request) -> httpx.Response:
        number, size = int(request.url.params["page"]), int(request.url.params["per_page"])
        headers, content = self._served.headers(number, size), self._served.content(number, size)
        return httpx.Response(200, headers=headers, content=content)

    async def answer_later(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(self._latency)
        return self._response(request)


class _Walks:
    """The subjects that are compared on one list."""

    def __init__(self, pages: int, size: int, stack: ExitStack) -> None:
        self._numbers, self._size, self._served, self._read = range(1, pages + 1), size, Pages(pages, size), reading()
        self._server = _Server(pages, size)
        self._asked = [
            httpx.Request("GET", f"{BASE_URL}{LIST}?page={number}&per_page={size}") for number in self._numbers
        ]
        transport, headers = httpx.MockTransport(self._server.answer), {"Authorization": f"Bearer {TOKEN}"}
        self._transport = transport
        self._ours = stack.enter_context(OctopusCards(token=TOKEN, base_url=BASE_URL, transport=transport))
        self._bare = stack.enter_context(httpx.Client(base_url=BASE_URL, headers=headers, transport=transport))

    def walked(self) -> None:
        count = sum(1 for _ in self._ours.topups.orders.list(per_page=self._size))
        assert count == len(self._numbers) * self._size

    def fetched(self) -> None:
        for number in self._numbers:
            answer = self._bare.get(LIST, params={"page": number, "per_page": self._size})
            self._read(answer.raise_for_status().content)

    def direct(self) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        for number in self._numbers:
            parameters = {"page": number, "per_page": self._size}
            request = httpx.Request("GET", BASE_URL + LIST, params=parameters, headers=headers)
            self._read(self._transport.handle_request(request).read())

    def decoded(self) -> None:
        for number in self._numbers:
            self._read(self._served.content(number))

    def made(self) -> None:
        for number in self._numbers:
            self._served.content(number)

    def answered(self) -> None:
        for request in self._asked:
            self._server.answer(request)


def walk(pages: int, rounds: int, size: int = 500) -> dict[str, float]:
    """Return the seconds for all orders of a list without the server's time, and for decoding the same bytes."""
    with ExitStack() as stack:
        walks = _Walks(pages, size, stack)
        subjects: list[Callable[[], None]] = [
            walks.walked, walks.fetched, walks.direct, walks.decoded, walks.made, walks.answered,
        ]  # fmt: skip
        found = in_turns({subject.__name__: subject for subject in subjects}, rounds=rounds, least=0.0)
    return {
        OURS: found["walked"] - found["answered"],
        FETCHED: found["fetched"] - found["answered"],
        DIRECT: found["direct"] - found["answered"],
        ALONE: found["decoded"] - found["made"],
    }


def read_ahead(pages: int, latency: float = 0.1, work: float = 0.1) -> dict[str, float]:
    """Return the wall-clock seconds with this latency of the server and this work of the caller for each page."""

    def worked(pages: Iterable[object]) -> None:
        for _ in pages:
            time.sleep(work)

    async def worked_later(pages: AsyncIterator[object]) -> None:
        async for _ in pages:
            await asyncio.sleep(work)

    server, found = _Server(pages, 50, latency), {TOGETHER: pages * (latency + work)}
    with OctopusCards(token=TOKEN, base_url=BASE_URL, transport=httpx.MockTransport(server.answer)) as client:
        listed = client.topups.orders.list(per_page=50)
        found[OURS] = _took(lambda: worked(listed.pages()))
        with listed.read_ahead() as ahead:
            found[AHEAD] = _took(lambda: worked(ahead.pages()))

    async def under_asyncio() -> None:
        transport = httpx.MockTransport(server.answer_later)
        client = AsyncOctopusCards(token=TOKEN, base_url=BASE_URL, transport=transport)
        async with client, client.topups.orders.list(per_page=50).read_ahead() as ahead:
            await worked_later(ahead.pages())

    found[f"{AHEAD}, under asyncio"] = _took(lambda: asyncio.run(under_asyncio()))
    return found


def _took(subject: Callable[[], object]) -> float:
    began = time.perf_counter()
    subject()
    return time.perf_counter() - began
