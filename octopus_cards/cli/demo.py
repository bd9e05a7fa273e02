"""`octopus-cards demo`: the main calls of the client, against an emulator in this process."""

from __future__ import annotations

from collections.abc import Sequence

from octopus_cards import OctopusCards, TopupOrder, ValidationFailedError
from octopus_cards.cli.screen import Progress, Screen
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
_REFERENCE = "CAMPAIGN_DEC_24"


def demo() -> int:
    """List orders, find one, set its e-mail address, wait for it, and handle an error; takes about two seconds."""
    screen = Screen()
    emulator = Emulator(seed=7, clock=EmulatorClock(speed=8.0))
    emulator.populate(41)
    emulator.add_topup_order(client_reference=_REFERENCE, product_id=4218, delivered_after=12.0)
    screen.say(
        "The demo calls an emulated Octopus Cards server in this process, running at 8x speed. It uses no network."
    )
    print()
    screen.code('client = OctopusCards(api_key="...", api_secret="...")')
    screen.code("orders = client.topups.orders")
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        _show(client, emulator, screen)
    print()
    screen.say(f"Done after {len(emulator.requests)} requests. With your own API key, the same code uses the real API.")
    return 0


def _show(client: OctopusCards, emulator: Emulator, screen: Screen) -> None:
    orders = client.topups.orders
    screen.step("List the newest orders", "orders.page(per_page=6)")
    page = orders.page(per_page=6)
    screen.lines(table(_COLUMNS, [_row(order) for order in page], screen.width))
    screen.say(f"Page {page.number} of {page.total_pages}; {page.total_count} orders in total.")

    screen.step("Find an order by your reference", f'order = orders.find("{_REFERENCE}")')
    order = orders.find(_REFERENCE)
    assert order is not None
    screen.say(f"Order {order.id} is {order.status}: {order.status_text}.")

    screen.step("Set its notification e-mail", 'orders.set_notification_email(order.id, "customer@example.com")')
    screen.say(orders.set_notification_email(order.id, "customer@example.com").message + ".")

    screen.step("Wait until it is final", "order = orders.wait(order.id)")
    progress = Progress(screen, emulator.clock)
    order = orders.wait(order.id, on_poll=progress.polled)
    progress.finish()
    completed = f"{order.status} at {order.completed_at:%H:%M:%S} UTC" if order.completed_at else order.status
    screen.say(f"{completed}; the wallet was debited {format(order.amount, 'f')} {order.currency}.")

    screen.step("Handle a documented error", f"orders.get({2**63})")
    try:
        orders.get(2**63)
    except ValidationFailedError as error:
        screen.say(f"{type(error).__name__}: {error}")


def _row(order: TopupOrder) -> Sequence[str]:
    created = f"{order.created_at:%m-%d %H:%M}"
    reference = order.client_reference or "-"
    amount = format(order.amount, "f")
    return str(order.id), reference, order.product_name, amount, order.currency, order.status, created
