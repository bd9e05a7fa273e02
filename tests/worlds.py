"""One way to call the client in each of its worlds, so that one test speaks for all."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from anyio.from_thread import start_blocking_portal

from octopus_cards import AsyncOctopusCards, OctopusCards

WORLDS = ("sync", "asyncio", "trio")


class World:
    """Calls methods of `client.topups.orders`; a list comes as what it iterates to."""

    def __init__(self, kind: str, portal: Any = None) -> None:
        self.kind = kind
        self._portal = portal
        self._clients: list[Any] = []

    def client(self, **options: Any) -> Any:
        """A client of this world; closed at the end."""
        client = OctopusCards(**options) if self.kind == "sync" else AsyncOctopusCards(**options)
        self._clients.append(client)
        return client

    def of(self, emulator: Any, **options: Any) -> Any:
        """A client of this world for an emulator, in process."""
        return emulator.client(**options) if self.kind == "sync" else emulator.async_client(**options)

    def call(self, client: Any, method: str, *args: Any, **options: Any) -> Any:
        """The result of a method; of `list` and `pages` all items."""
        orders = client.topups.orders
        if self.kind == "sync":
            return _call(orders, method, args, options)
        return self._portal.call(_acall, orders, method, args, options)

    def close(self) -> None:
        """Closes the clients."""
        for client in self._clients:
            if self.kind == "sync":
                client.close()
            else:
                self._portal.call(client.aclose)


def _call(orders: Any, method: str, args: Any, options: Any) -> Any:
    if method == "pages":
        return list(orders.list(*args, **options).pages())
    result = getattr(orders, method)(*args, **options)
    return list(result) if method == "list" else result


async def _acall(orders: Any, method: str, args: Any, options: Any) -> Any:
    if method == "pages":
        return await _all(orders.list(*args, **options).pages())
    result = getattr(orders, method)(*args, **options)
    if inspect.isawaitable(result):
        return await result
    return await _all(result)


async def _all(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


@contextmanager
def world_of(kind: str) -> Iterator[World]:
    """A world, with an event loop in a thread where it needs one."""
    if kind == "sync":
        world = World(kind)
        yield world
        world.close()
        return
    with start_blocking_portal(kind) as portal:
        world = World(kind, portal)
        yield world
        world.close()
