"""What a user writes, checked by pyright strict against the built wheel; never run."""

import asyncio
import datetime
from decimal import Decimal
from typing import assert_type

from octopus_cards import (
    AsyncOctopusCards,
    Cadence,
    ListPosition,
    OctopusCards,
    OutcomeUnknownError,
    Page,
    Placement,
    RateLimitError,
    RequestError,
    Retry,
    TopupInputField,
    TopupOrder,
    TopupProduct,
    TopupStatus,
    ValidationFailedError,
    WaitTimeoutError,
)
from octopus_cards.emulator import Emulator
from octopus_cards.journal import Journal
from octopus_cards_api.models import TopupOrder as GeneratedOrder

with OctopusCards("token", environment="sandbox", timeout=20, attempts=2) as client:
    orders = client.topups.orders
    page = orders.page(1, per_page=50, status=TopupStatus.PENDING)
    assert_type(page, Page[TopupOrder])
    assert_type(page.total_count, int | None)
    assert_type(page[0], TopupOrder)
    assert_type(page[:2], tuple[TopupOrder, ...])
    for order in orders.list(status="PENDING", since=datetime.datetime.now(datetime.UTC)):
        assert_type(order, GeneratedOrder)
        assert_type(order.amount, Decimal)
        assert_type(order.status, str)
        assert_type(order.client_reference, str | None)
        assert_type(order.created_at, datetime.datetime)
    assert_type(orders.find("KEY"), TopupOrder | None)
    assert_type(orders.set_notification_email(1, "a@example.com").message, str)
    try:
        done = orders.wait(1, cadence=Cadence([(60, 5)]), on_poll=lambda order: print(order.status))
        assert_type(done, TopupOrder)
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)
        assert_type(error.code, str | None)


def on_retry(retry: Retry) -> None:
    """Print a retry."""
    assert_type(retry.attempt, int)
    assert_type(retry.delay, float)
    assert_type(retry.cause, RequestError)


with OctopusCards(api_key="key", api_secret="secret", on_retry=on_retry) as client:
    orders = client.topups.orders
    try:
        ids = [order.id for order in orders.list(request_id="trace")]
    except RequestError as error:
        assert_type(error.position, ListPosition | None)
        ids = [order.id for order in orders.list(resume=error.position)]
    try:
        for order in orders.wait_many(ids, timeout=60):
            assert_type(order, TopupOrder)
    except WaitTimeoutError as error:
        assert_type(error.elapsed, float)
    client.logout()


async def heard(retry: Retry) -> None:
    """Print a retry, asynchronously."""


async def token() -> str:
    """Return a token."""
    return "token"


async def main() -> None:
    """Return a token, asynchronously."""
    async with AsyncOctopusCards(token, on_retry=heard) as client:
        orders = client.topups.orders
        assert_type(await orders.page(), Page[TopupOrder])
        async for order in orders.list():
            assert_type(order, TopupOrder)
        async for page in orders.list().pages():
            assert_type(page, Page[TopupOrder])
        assert_type(await orders.wait(1, timeout=None), TopupOrder)
        async for order in orders.wait_many([1, 2]):
            assert_type(order, TopupOrder)
        await client.logout()


asyncio.run(main())

emulator = Emulator(seed=0)
assert_type(emulator.add_order(delivered_after=8.0), int)
with emulator.serve(port=0) as url:
    assert_type(url, str)
with emulator.client() as emulated:
    assert_type(emulated, OctopusCards)


def on_order(placement: Placement[TopupOrder]) -> None:
    """Use what `place` returns."""
    assert_type(placement.order, TopupOrder)
    assert_type(placement.created, bool)
    assert_type(placement.client_reference, str)


with OctopusCards() as client, Journal.open("orders.db") as journal:
    topups = client.topups
    for product in topups.products.list(type="GAMING", search="pubg"):
        assert_type(product, TopupProduct)
        details = topups.products.get(product.id)
        assert_type(details.input_fields, tuple[TopupInputField, ...] | None)
        for variant in topups.products.variants(product.id):
            assert_type(variant.fixed_amounts, tuple[Decimal, ...] | None)
            assert_type(variant.accepts("4.99"), bool)
    operators = topups.lookup("+910000000000")
    assert_type(operators[0].identified, bool)
    assert_type(topups.estimate_charges(1, 5).total_payable, Decimal | None)
    try:
        on_order(topups.orders.place(1, Decimal("4.99"), client_reference="KEY", max_debit=5, journal=journal))
    except OutcomeUnknownError as error:
        assert_type(error.client_reference, str | None)
    except ValidationFailedError as error:
        assert_type(error.field, str | None)
    assert_type(topups.orders.create(1, 5), TopupOrder)
    assert_type(topups.orders.resolve("KEY"), Placement[TopupOrder] | None)
    for recovered in client.recover(journal):
        assert_type(recovered.client_reference, str)
