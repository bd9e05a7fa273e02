"""Tasks that outlive the task that starts them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any


def in_trio() -> bool:
    """Return whether the caller runs under trio, also where trio runs as a guest of asyncio."""
    trio: Any = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_task()


def spawn(work: Callable[[], Coroutine[Any, Any, None]], tasks: set[object]) -> None:
    """Start a task of the event loop. Neither the end nor the cancellation of the current task ends it.

    Args:
        work: What the task runs. An exception would end trio's event loop.
        tasks: Holds the task while it runs: asyncio itself keeps only a weak reference.
    """
    if in_trio():
        trio: Any = sys.modules["trio"]
        trio.lowlevel.spawn_system_task(_contained, work)
        return
    task = asyncio.get_running_loop().create_task(work(), name="octopus-cards")
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def _contained(work: Callable[[], Awaitable[None]]) -> None:
    with suppress(Exception):
        await work()
