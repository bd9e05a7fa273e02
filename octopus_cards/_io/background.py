"""Tasks that outlive the task that starts them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from typing import Any


def in_trio() -> bool:
    """Return whether the caller runs under trio, also where trio runs as a guest of asyncio."""
    trio: Any = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_task()


def spawn(
    work: Callable[[], Coroutine[Any, Any, None]], tasks: set[object], on_end: Callable[[], object] = lambda: None
) -> None:
    """Start a task of the event loop. Neither the end nor the cancellation of the current task ends it.

    Args:
        work: What the task runs. An exception would end trio's event loop.
        tasks: Holds the task while it runs: asyncio itself keeps only a weak reference.
        on_end: Called when the task ends, also if it is cancelled before it runs.
    """
    if in_trio():
        trio: Any = sys.modules["trio"]
        trio.lowlevel.spawn_system_task(_contained, work, on_end, context=copy_context())
        return
    task = asyncio.get_running_loop().create_task(work(), name="octopus-cards")
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    task.add_done_callback(lambda _: on_end())


async def _contained(work: Callable[[], Awaitable[None]], on_end: Callable[[], object]) -> None:
    try:
        with suppress(Exception):
            await work()
    finally:
        on_end()
