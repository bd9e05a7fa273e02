"""The output of the commands: a terminal of any width, or a pipe."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence

from octopus_cards import TopupOrder
from octopus_cards.emulator import EmulatorClock

_BREAK = "\0"  # followed by a space, it marks where `Screen.code` may break a line


class Screen:
    """Standard output, with lines that fit its width.

    Attributes:
        width: The number of columns.
        live: Whether a line can be overwritten; false in a pipe.
    """

    def __init__(self) -> None:
        self.width = max(20, shutil.get_terminal_size((80, 24)).columns - 1)
        self.live = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._bold = ("\x1b[1m", "\x1b[0m") if self.live and "NO_COLOR" not in os.environ else ("", "")
        self._steps = 0

    def step(self, title: str, code: str) -> None:
        """Print the heading of the next step and its code."""
        self._steps += 1
        on, off = self._bold
        print()
        self.lines([f"{on}{line}{off}" for line in textwrap.wrap(f"{self._steps}. {title}", self.width)])
        self.code(code)

    def code(self, text: str) -> None:
        """Print a line of code with a Python prompt, wrapped at spaces and after opening parentheses."""
        breakable = text.replace("(", f"({_BREAK} ")
        lines = textwrap.wrap(breakable, self.width, initial_indent=">>> ", subsequent_indent="    ")
        self.lines([line.replace(f"{_BREAK} ", "").replace(_BREAK, "") for line in lines])

    def say(self, text: str) -> None:
        """Print a paragraph, wrapped."""
        self.lines(textwrap.wrap(text, self.width))

    def lines(self, lines: Sequence[str]) -> None:
        """Print lines without wrapping them."""
        print("\n".join(lines), flush=True)

    def rewrite(self, text: str) -> None:
        """Overwrite the current line."""
        print(f"\r\x1b[K{text[: self.width]}", end="", flush=True)


class Progress:
    """The progress of a wait: one line that changes on a terminal, one line for each read in a pipe."""

    def __init__(self, screen: Screen, clock: EmulatorClock) -> None:
        self._screen = screen
        self._clock = clock
        self._start = clock.monotonic()

    def polled(self, order: TopupOrder) -> None:
        """Print an order as it was just read."""
        elapsed = self._clock.monotonic() - self._start
        text = f"{elapsed:5.1f} s  {order.status:<9}  {order.status_text}"
        if self._screen.live:
            self._screen.rewrite(text)
        else:
            self._screen.lines([text[: self._screen.width]])

    def finish(self) -> None:
        """End the line that changes."""
        if self._screen.live:
            print()
