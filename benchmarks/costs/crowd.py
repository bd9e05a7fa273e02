"""Many calls at the same time, over real sockets on loopback."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx

from octopus_cards import AsyncOctopusCards, OctopusCards

from .payloads import LIST, ORDER_ID, TOKEN
from .processes import HERE
from .subjects import BARE, OURS

# The same with a semaphore before the connections, as who knows the library's queue would do it.
QUEUED = "httpx and json behind a semaphore"
PATH = f"{LIST}/{ORDER_ID}"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Crowd:
    """The best rate in calls a second, and the 99th percentile of a call's seconds in that round."""

    rate: float
    slow: float


@contextmanager
def server() -> Generator[str]:
    """Start the server in its own process and yield its address."""
    command = [sys.executable, str(HERE / "programs" / "serving.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield f"http://127.0.0.1:{json.loads(process.stdout.readline())}"
        process.terminate()


def tasks(count: int, rounds: int, *, plain: bool = True) -> dict[str, Crowd]:
    """Run tasks of one event loop, each with one call; plain httpx is slow and can be left out."""
    with server() as url:

        async def ours() -> list[float]:
            async with AsyncOctopusCards(token=TOKEN, base_url=url) as client:
                return await _all([lambda: client.topups.orders.get(ORDER_ID)] * count)

        async def bare() -> list[float]:
            async with httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=60) as client:

                async def get() -> object:
                    return json.loads((await client.get(PATH)).raise_for_status().content)

                return await _all([get] * count)

        async def queued() -> list[float]:
            places = asyncio.Semaphore(100)
            async with httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=60) as client:

                async def get() -> object:
                    async with places:
                        return json.loads((await client.get(PATH)).raise_for_status().content)

                return await _all([get] * count)

        subjects = {OURS: ours, QUEUED: queued} | ({BARE: bare} if plain else {})
        return _best({name: partial(_run, subject) for name, subject in subjects.items()}, rounds)


def _run(subject: Callable[[], Coroutine[Any, Any, list[float]]]) -> list[float]:
    return asyncio.run(subject())


async def _all(calls: list[Callable[[], Awaitable[object]]]) -> list[float]:
    async def timed(call: Callable[[], Awaitable[object]]) -> float:
        began = time.perf_counter()
        await call()
        return time.perf_counter() - began

    return await asyncio.gather(*map(timed, calls))


def threads(count: int, calls: int, rounds: int) -> dict[str, Crowd]:
    """Run threads that share one client, each with several calls."""
    with server() as url:
        ours = OctopusCards(token=TOKEN, base_url=url)
        bare = httpx.Client(base_url=url, headers=HEADERS, timeout=60)
        with ours, bare, ThreadPoolExecutor(count) as pool:

            def crowd(call: Callable[[], object]) -> list[float]:
                def timed(_: int) -> float:
                    began = time.perf_counter()
                    call()
                    return time.perf_counter() - began

                return list(pool.map(timed, range(count * calls)))

            return _best(
                {
                    OURS: lambda: crowd(lambda: ours.topups.orders.get(ORDER_ID)),
                    BARE: lambda: crowd(lambda: json.loads(bare.get(PATH).raise_for_status().content)),
                },
                rounds,
            )


def _best(subjects: dict[str, Callable[[], list[float]]], rounds: int) -> dict[str, Crowd]:
    found: dict[str, Crowd] = {}
    for _ in range(rounds):
        for name, subject in subjects.items():
            began = time.perf_counter()
            taken = subject()
            crowd = Crowd(len(taken) / (time.perf_counter() - began), statistics.quantiles(taken, n=100)[98])
            found[name] = max(found.get(name, crowd), crowd, key=lambda crowd: crowd.rate)
    return found
