"""`octopus-cards demo`: the main job, shown against an emulator in this process."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence

from octopus_cards import OctopusCards, TopupOrder, ValidationFailedError
from octopus_cards.cli.table import Column, table
from octopus_cards.emulator import Emulator, EmulatorClock

_COLUMNS = (
    Column("ID", 0),
    Column("REFERENCE", 1),
    Column("PRODUCT", 4),
    Column("AMOUNT", 2, right=True),
    Column("CUR", 2),
    Column("STATUS", 0),
    Column("CREATED (UTC)", 3),
)


def demo() -> int:
    """Lists, finds, sets an e-mail, waits, and meets an error; about two seconds."""
    screen = Screen()
    emulator = Emulator(seed=7, clock=EmulatorClock(speed=8.0))
    emulator.populate(41)
    emulator.add_order(client_reference="CAMPAIGN_DEC_24", product_id=4218, delivered_after=12.0)
    screen.say("An emulated Octopus Cards server in this process, its time eight times as fast. No network is used.")
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        _show(client, emulator, screen)
    screen.say("")
    screen.say(f"Done: {len(emulator.requests)} requests. The same code talks to the real API with your key.")
    return 0


def _show(client: OctopusCards, emulator: Emulator, screen: Screen) -> None:
    orders = client.topups.orders
    screen.step("List", "orders.page(per_page=6)")
    page = orders.page(per_page=6)
    screen.lines(table(_COLUMNS, [_row(order) for order in page], screen.width))
    screen.say(f"Page {page.number} of {page.total_pages}, {page.total_count} orders in all, newest first.")

    screen.step("Find by your own key", 'orders.find("CAMPAIGN_DEC_24")')
    order = orders.find("CAMPAIGN_DEC_24")
    assert order is not None
    screen.say(f"Order {order.id} is {order.status}: {order.status_text}.")

    screen.step("Attach an e-mail", f'orders.set_notification_email({order.id}, "customer@example.com")')
    screen.say(orders.set_notification_email(order.id, "customer@example.com").message + ".")

    screen.step("Wait until it is final", f"orders.wait({order.id})")
    progress = Progress(screen, emulator.clock)
    order = orders.wait(order.id, on_poll=progress.polled)
    progress.finish()
    screen.say(f"{order.status} at {order.completed_at:%H:%M:%S}; {order.amount} {order.currency} were debited.")

    screen.step("Meet a documented error", f"orders.get({2**63})")
    try:
        orders.get(2**63)
    except ValidationFailedError as error:
        screen.say(f"{type(error).__name__}: {error}")


def _row(order: TopupOrder) -> Sequence[str]:
    created = f"{order.created_at:%m-%d %H:%M}"
    reference = order.client_reference or "-"
    amount = format(order.amount, "f")
    return str(order.id), reference, order.product_name, amount, order.currency, order.status, created


class Screen:
    """Where the demo writes: a terminal of any width, or a pipe."""

    def __init__(self) -> None:
        self.width = max(20, shutil.get_terminal_size((80, 24)).columns - 1)
        self.live = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._bold = ("\x1b[1m", "\x1b[0m") if self.live and "NO_COLOR" not in os.environ else ("", "")
        self._steps = 0

    def step(self, title: str, code: str) -> None:
        """Begins a step."""
        self._steps += 1
        on, off = self._bold
        print()
        self.lines([f"{on}{line}{off}" for line in textwrap.wrap(f"{self._steps}. {title}", self.width)])
        self.lines(textwrap.wrap(code, self.width, initial_indent=">>> ", subsequent_indent="    "))

    def say(self, text: str) -> None:
        """Writes a sentence, wrapped."""
        self.lines(textwrap.wrap(text, self.width))

    def lines(self, lines: Sequence[str]) -> None:
        """Writes lines as they are."""
        print("\n".join(lines), flush=True)

    def rewrite(self, text: str) -> None:
        """Writes a line over the one before."""
        print(f"\r\x1b[K{text[: self.width]}", end="", flush=True)


class Progress:
    """What a wait looks like: one line that changes at a terminal, a line for each read in a pipe."""

    def __init__(self, screen: Screen, clock: EmulatorClock) -> None:
        self._screen = screen
        self._clock = clock
        self._began = clock.monotonic()

    def polled(self, order: TopupOrder) -> None:
        """Shows an order as it was just read."""
        elapsed = self._clock.monotonic() - self._began
        text = f"{elapsed:5.1f} s  {order.status:<9}  {order.status_text}"
        if self._screen.live:
            self._screen.rewrite(text)
        else:
            self._screen.lines([text[: self._screen.width]])

    def finish(self) -> None:
        """Leaves the line."""
        if self._screen.live:
            print()
