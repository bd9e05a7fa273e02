"""Interrupts and signal handlers at every line of some modules, without real signals and their timing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class Interrupt(BaseException):
    """What a signal handler may raise at any moment, as KeyboardInterrupt."""


def interrupt(_: FrameType) -> None:
    """Raise as a signal handler does."""
    raise Interrupt


def run_with_handler(
    line: int, modules: tuple[str, ...], work: Callable[[], Any], handler: Callable[[FrameType], None] = interrupt
) -> bool:
    """Run the work, and call the handler before the n-th line of these modules; return whether there is such a line.

    An `Interrupt` that the handler raises ends the work.
    """
    lines = iter(range(line + 1))
    called: list[FrameType] = []

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if called or not frame.f_code.co_filename.endswith(modules):
            return None
        if event == "line" and next(lines, None) == line:
            called.append(frame)
            sys.settrace(None)
            handler(frame)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except Interrupt:
        pass
    finally:
        sys.settrace(before)
    return bool(called)
