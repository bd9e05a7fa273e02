"""One way to call the client in each mode (sync, asyncio, trio), so that one test covers all three."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from operator import attrgetter
from threading import Barrier
from typing import Any

import anyio
from anyio.from_thread import start_blocking_portal

from octopus_cards import AsyncOctopusCards, OctopusCards, OctopusCardsError

CLIENT_MODES = ("sync", "asyncio", "trio")


def method_of(client: Any, name: str) -> Any:
    """Return a method of `client.topups.orders`, or the one at a dotted path such as `topups.products.get`."""
    return attrgetter(name if "." in name else f"topups.orders.{name}")(client)


def returns_items(name: str) -> bool:
    """Return whether a sync method with this name or dotted path returns an iterable that sends requests."""
    return name.rpartition(".")[2] in ("list", "wait_many")


class ClientMode:
    """Calls methods of a client, which `method_of` names, and returns iterables as lists."""

    def __init__(self, kind: str, portal: Any = None) -> None:
        self.kind = kind
        self._portal = portal
        self._clients: list[Any] = []

    def client(self, **options: Any) -> Any:
        """Return a client of this mode; it is closed at the end."""
        client = OctopusCards(**options) if self.kind == "sync" else AsyncOctopusCards(**options)
        self._clients.append(client)
        return client

    def of(self, emulator: Any, **options: Any) -> Any:
        """Return a client of this mode for an emulator in this process."""
        return emulator.client(**options) if self.kind == "sync" else emulator.async_client(**options)

    def call(self, client: Any, method: str, *args: Any, **options: Any) -> Any:
        """Return the result of a method; of `list` and `pages` all items."""
        if method == "logout":
            return self.logout(client)
        if self.kind == "sync":
            return _call(client, method, args, options)
        return self._portal.call(_acall, client, method, args, options)

    def recover(self, client: Any, journal: Any) -> list[Any]:
        """Return the placements of `client.recover`."""
        if self.kind == "sync":
            return list(client.recover(journal))
        return list(self._portal.call(_all, client.recover(journal)))

    def logout(self, client: Any) -> None:
        """Log out."""
        if self.kind == "sync":
            client.logout()
        else:
            self._portal.call(client.logout)

    def concurrently(self, count: int, client: Any, method: str, *args: Any, **options: Any) -> list[Any]:
        """Return the results of concurrent calls; an exception of the package is a result."""
        if self.kind == "sync":
            with ThreadPoolExecutor(count) as pool:
                barrier = Barrier(count)
                return list(pool.map(lambda _: _outcome(barrier, client, method, args, options), range(count)))
        return self._portal.call(_all_concurrently, count, client, method, args, options)  # type: ignore[no-any-return]

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            if self.kind == "sync":
                client.close()
            else:
                self._portal.call(client.aclose)


def _call(client: Any, method: str, args: Any, options: Any) -> Any:
    if method == "pages":
        return list(client.topups.orders.list(*args, **options).pages())
    result = method_of(client, method)(*args, **options)
    return list(result) if returns_items(method) else result


async def _acall(client: Any, method: str, args: Any, options: Any) -> Any:
    if method == "pages":
        return await _all(client.topups.orders.list(*args, **options).pages())
    result = method_of(client, method)(*args, **options)
    if inspect.isawaitable(result):
        return await result
    return await _all(result)


def _outcome(barrier: Barrier, client: Any, method: str, args: Any, options: Any) -> Any:
    barrier.wait(60)
    try:
        return _call(client, method, args, options)
    except OctopusCardsError as error:
        return error


async def _all_concurrently(count: int, client: Any, method: str, args: Any, options: Any) -> list[Any]:
    results: list[Any] = []

    async def one() -> None:
        try:
            results.append(await _acall(client, method, args, options))
        except OctopusCardsError as error:
            results.append(error)

    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(one)
    return results


async def _all(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


@contextmanager
def client_mode(kind: str) -> Iterator[ClientMode]:
    """Yield a client mode, with an event loop in a thread if it needs one."""
    if kind == "sync":
        mode = ClientMode(kind)
        yield mode
        mode.close()
        return
    with start_blocking_portal(kind) as portal:
        mode = ClientMode(kind, portal)
        yield mode
        mode.close()
