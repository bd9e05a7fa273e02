"""Smoke program: the topup order operations of a reseller, on the client of this project."""

import os
from datetime import UTC

from octopus_cards import Cadence, NotFoundError, OctopusCards

with OctopusCards() as client:  # reads base URL and token from the environment
    orders = client.topups.orders
    newest = number = 0
    has_more = True
    while has_more:
        number += 1
        page = orders.page(number, per_page=3)
        print(f"page {number} of {page.total_pages or '?'}:", *(order.id for order in page))
        newest = newest or page[0].id
        has_more = len(page) == 3 if page.has_more is None else page.has_more

    order = orders.get(newest)
    print(f"order {order.id}: {order.status}, {order.amount:f} {order.currency}")
    print("e-mail:", orders.set_notification_email(newest, "customer@example.com").message)
    try:
        orders.get(1)
    except NotFoundError as error:
        print(f"error {error.status_code} {error.code}: {error.message}")

    seconds = float(os.environ.get("POLL_SECONDS", "5"))
    order = orders.wait(newest, timeout=600, cadence=Cadence([(60, seconds), (600, 30)]))
    completed = f", completed {order.completed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if order.completed_at else ""
    print(f"final {order.id}: {order.status}{completed}")

    # The server loses the first response; the client sends the request again and finds the order by its reference.
    recipient = {"player_id": "5123456789", "server": "asia"}
    order = orders.place(4218, "4.99", client_reference="PURCHASE-0001", input_data=recipient).order
    print(f"placed {order.client_reference}: {order.status}, {order.amount:f} {order.currency}")
