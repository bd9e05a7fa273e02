"""What a reseller does with topup orders, on the client of this project."""

import os
from datetime import UTC

from octopus_cards import Cadence, NotFoundError, OctopusCards

with OctopusCards() as client:  # address and token from the environment
    orders = client.topups.orders
    newest = 0
    for number, page in enumerate(orders.list(per_page=3).pages(), 1):
        ids = [order.id for order in page]
        print(f"page {number} of {page.total_pages or '?'}:", *ids)
        newest = newest or ids[0]

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
