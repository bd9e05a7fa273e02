"""`octopus-cards demo`: from the catalogue to a delivered order, against an emulator in this process."""

from __future__ import annotations

from collections.abc import Sequence

from octopus_cards import OctopusCards, TopupOrder, ValidationFailedError
from octopus_cards.cli.screen import Progress, Screen
from octopus_cards.cli.table import Column, table
from octopus_cards.emulator import Emulator, EmulatorClock

_PRODUCTS = (Column("ID", 0), Column("PRODUCT", 1), Column("TYPE", 0), Column("COUNTRY", 3), Column("CUR", 2))
_ORDERS = (
    Column("ID", 0),
    Column("REFERENCE", 1),
    Column("PRODUCT", 4),
    Column("AMOUNT", 2, right=True),
    Column("CUR", 2),
    Column("STATUS", 0),
    Column("CREATED (UTC)", 3),
)
_REFERENCE = "PURCHASE-1041"
_PLACE = (
    f'placement = orders.place(4218, "4.99", client_reference="{_REFERENCE}", '
    'input_data={"player_id": "5123456789", "server": "asia"}, max_debit=5)'
)


def demo() -> int:
    """Find a product, price and place an order, wait for it, and handle what goes wrong; takes about three seconds."""
    screen = Screen()
    emulator = Emulator(seed=7, clock=EmulatorClock(speed=8.0))
    emulator.populate(41)
    emulator.plan_next_order(delivered_after=12.0)
    screen.say(
        "The demo calls an emulated Octopus Cards server in this process, running at 8x speed. It uses no network, and "
        "no real money."
    )
    print()
    screen.code('client = OctopusCards(api_key="...", api_secret="...")')
    screen.code("topups, orders = client.topups, client.topups.orders")
    with emulator.client(api_key=emulator.api_key, api_secret=emulator.api_secret) as client:
        _find_and_price(client, screen)
        order = _place(client, emulator, screen)
        _wait(client, order, emulator, screen)
        _list_and_fail(client, screen)
    print()
    screen.say(f"Done after {len(emulator.requests)} requests. With your own API key, the same code uses the real API.")
    return 0


def _find_and_price(client: OctopusCards, screen: Screen) -> None:
    topups = client.topups
    screen.step("Find a product", "topups.products.list()")
    products = list(topups.products.list())
    rows = [(str(each.id), each.name, each.topup_type, each.country_code, each.currency_code) for each in products]
    screen.lines(table(_PRODUCTS, rows, screen.width))

    screen.step("Ask what an order needs", "topups.products.get(4218).input_fields")
    fields = topups.products.get(4218).input_fields or ()
    screen.say(", ".join(f"{field['label']} ({field['name']})" for field in fields))

    screen.step("Choose an amount", "topups.products.variants(4218)")
    for variant in topups.products.variants(4218):
        amounts = ", ".join(f"{amount:f}" for amount in variant.fixed_amounts or ())
        screen.say(f"{variant.name}: {amounts} {variant.currency_code}")

    screen.step("Price it", 'topups.estimate_charges(4218, "4.99").total_payable')
    charges = topups.estimate_charges(4218, "4.99")
    screen.say(f"{charges.total_payable:f}, after a discount of {charges.discount_amount:f}")


def _place(client: OctopusCards, emulator: Emulator, screen: Screen) -> TopupOrder:
    orders = client.topups.orders
    screen.step("Place it, although the first response is lost", _PLACE)
    emulator.fail_next(lost=True, method="POST", path="/api/v1/topups/orders")
    recipient = {"player_id": "5123456789", "server": "asia"}
    placement = orders.place(4218, "4.99", client_reference=_REFERENCE, input_data=recipient, max_debit=5)
    order = placement.order
    screen.say(f"Order {order.id} is {order.status}; the wallet was debited {order.amount:f} {order.currency}, once.")

    screen.step("Place it again, as after a crash", f'orders.place(..., client_reference="{_REFERENCE}")')
    again = orders.place(4218, "4.99", client_reference=_REFERENCE, input_data=recipient)
    screen.say(f"Order {again.order.id}, created={again.created}: the same order.")
    return order


def _wait(client: OctopusCards, order: TopupOrder, emulator: Emulator, screen: Screen) -> None:
    screen.step("Wait until it is final", "order = orders.wait(placement.order.id)")
    progress = Progress(screen, emulator.clock)
    order = client.topups.orders.wait(order.id, on_poll=progress.polled)
    progress.finish()
    screen.say(f"{order.status} at {order.completed_at:%H:%M:%S} UTC." if order.completed_at else order.status)


def _list_and_fail(client: OctopusCards, screen: Screen) -> None:
    orders = client.topups.orders
    screen.step("List the newest orders", "orders.page(per_page=6)")
    page = orders.page(per_page=6)
    screen.lines(table(_ORDERS, [_row(order) for order in page], screen.width))
    screen.say(f"Page {page.number} of {page.total_pages}; {page.total_count} orders in total.")

    screen.step("Handle a refused order", 'orders.place(4218, "4.99", client_reference="PURCHASE-1042")')
    try:
        orders.place(4218, "4.99", client_reference="PURCHASE-1042")
    except ValidationFailedError as error:
        screen.say(f"{type(error).__name__}: {error}")
        screen.say(f"The field is {error.field}; nothing was ordered.")


def _row(order: TopupOrder) -> Sequence[str]:
    created = f"{order.created_at:%m-%d %H:%M}"
    reference = order.client_reference or "-"
    amount = format(order.amount, "f")
    return str(order.id), reference, order.product_name, amount, order.currency, order.status, created
