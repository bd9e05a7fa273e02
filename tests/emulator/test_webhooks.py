"""The emulator sends webhooks over HTTP, by its clock."""

from __future__ import annotations

import datetime
import json
import threading
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from octopus_cards.emulator import Assumptions, Emulator, EmulatorClock, WebhookSender
from octopus_cards.webhooks import Webhook
from support.webhook_receivers import ShopServer

SECRET = "a-made-up-webhook-sécret-€"


@pytest.fixture
def shop(emulator: Emulator) -> ShopServer:
    return ShopServer(Webhook(SECRET, clock=emulator.clock))


@pytest.fixture
def url(shop: ShopServer) -> Iterator[str]:
    with shop.serve() as url:
        yield url


def types(shop: ShopServer) -> list[str]:
    return [event.type for event in shop.handled]


def outcomes(webhooks: WebhookSender) -> list[tuple[int, int | None]]:
    return [(attempt.attempt, attempt.status) for attempt in webhooks.attempts]


def test_an_order_sends_its_creation_and_its_end(emulator: Emulator, shop: ShopServer, url: str) -> None:
    with emulator.send_webhooks_to(url, SECRET) as webhooks, emulator.client() as client:
        emulator.plan_next_order(delivered_after=8.0)
        product = emulator.add_product(input_fields=())
        order = client.topups.orders.create(product, "4.50", client_reference="ORDER-1")
        webhooks.flush()
        assert types(shop) == ["order.pending"]
        emulator.clock.advance(9)
        assert client.topups.orders.get(order.id).status == "DELIVERED"
        webhooks.flush()
    created, delivered = shop.handled
    assert created.id != delivered.id
    assert created.created_at == emulator.clock.start
    found = delivered.order
    assert found is not None
    assert (found.id, found.client_reference, found.status) == (order.id, "ORDER-1", "DELIVERED")
    assert (found.quantity, found.delivered_quantity, found.amount) == (1, 1, Decimal(str(order.amount)))
    assert found.delivered_on == emulator.clock.start + datetime.timedelta(seconds=8)
    assert created.order is not None
    assert (created.order.status, created.order.delivered_quantity) == ("PENDING", 0)


def test_a_delivery_has_the_documented_headers(emulator: Emulator, shop: ShopServer, url: str) -> None:
    with emulator.send_webhooks_to(url, SECRET) as webhooks:
        emulator.add_topup_order()
        webhooks.flush()
    (request,) = shop.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    envelope = json.loads(request.body)
    assert (request.method, request.target) == ("POST", "/hooks?shop=1")
    assert headers["content-type"] == "application/json"
    assert headers["x-event-id"] == envelope["id"] == webhooks.attempts[0].event_id
    assert headers["x-event-type"] == envelope["type"] == "order.pending"
    assert headers["x-timestamp"] == str(int(emulator.clock.start.timestamp()))
    assert headers["user-agent"] == "octopusrewards.com/webhook-agent"
    assert {"x-signature", "x-octopus-webhook-token", "x-webhook-id"} <= headers.keys()


def test_the_back_channel_sends_what_no_client_reads(emulator: Emulator, shop: ShopServer, url: str) -> None:
    with emulator.send_webhooks_to(url, SECRET) as webhooks:
        emulator.add_topup_order(failed_after=5.0)
        emulator.add_topup_order(cancelled_after=6.0, transitions=[(2.0, "RECHARGED")])
        emulator.clock.advance(59)
        webhooks.flush()
        assert types(shop) == ["order.pending", "order.pending"]
        emulator.clock.advance(1)
        webhooks.flush()
    assert types(shop)[2:] == ["order.recharged", "order.cancelled", "order.failed"]


def test_a_delivery_is_repeated_until_it_succeeds(emulator: Emulator, shop: ShopServer, url: str) -> None:
    shop.statuses = [500, 302, 404]
    with emulator.send_webhooks_to(url, SECRET) as webhooks:
        emulator.add_topup_order()
        webhooks.flush()
        for delay, count in ((0.5, 1), (0.5, 2), (1.9, 2), (0.1, 3), (4, 4), (100, 4)):
            emulator.clock.advance(delay)
            webhooks.flush()
            assert len(webhooks.attempts) == count
        assert outcomes(webhooks) == [(1, 500), (2, 302), (3, 404), (4, 200)]
    assert len({request.body for request in shop.requests}) == 1
    stamps = [dict(request.headers)["X-Timestamp"] for request in shop.requests]
    assert [int(stamp) - int(stamps[0]) for stamp in stamps] == [0, 1, 3, 7]
    assert types(shop) == ["order.pending"]


def test_a_delivery_is_given_up(emulator: Emulator, shop: ShopServer, url: str) -> None:
    shop.statuses = [500] * 9
    with emulator.send_webhooks_to(url, SECRET, attempts=2, retry_delay=0) as webhooks:
        emulator.add_topup_order()
        webhooks.flush()
        assert outcomes(webhooks) == [(1, 500), (2, 500)]


def test_a_receiver_that_is_down_is_tried_again(emulator: Emulator) -> None:
    with emulator.send_webhooks_to("http://127.0.0.1:1", SECRET, attempts=3, retry_delay=0) as webhooks:
        emulator.add_topup_order()
        webhooks.flush()
        assert outcomes(webhooks) == [(1, None), (2, None), (3, None)]


def test_stop_ends_an_attempt_that_waits_for_its_answer(emulator: Emulator, shop: ShopServer, url: str) -> None:
    shop.statuses = [0]
    webhooks = emulator.send_webhooks_to(url, SECRET, timeout=600)
    emulator.add_topup_order()
    assert shop.waiting.wait(30)
    with pytest.raises(TimeoutError, match=r"were not sent within 0\.01 s"):
        webhooks.flush(0.01)
    before = threading.active_count()
    webhooks.stop()
    assert threading.active_count() < before
    webhooks.stop()
    emulator.add_topup_order()
    webhooks.flush()
    assert (webhooks.attempts, len(shop.requests)) == ([], 1)


def test_the_seed_decides_what_is_sent(shop: ShopServer, url: str) -> None:
    def sent(seed: int) -> list[bytes]:
        shop.requests.clear()
        emulator = Emulator(seed=seed)
        with emulator.send_webhooks_to(url, SECRET, duplicates=0.5, reorder=10) as webhooks:
            emulator.populate(20)
            emulator.clock.advance(60)
            webhooks.flush()
        return [request.body for request in shop.requests]

    assert sent(1) == sent(1) != sent(2)


def test_several_receivers_get_every_event(emulator: Emulator, shop: ShopServer, url: str) -> None:
    with emulator.send_webhooks_to(url, SECRET) as one, emulator.send_webhooks_to(url, SECRET) as other:
        emulator.add_topup_order()
        one.flush()
        other.flush()
    assert len(shop.requests) == 2


@pytest.mark.parametrize("orders", [200])
def test_a_shop_handles_each_event_once_in_spite_of_everything(orders: int) -> None:
    emulator = Emulator(assumptions=Assumptions(back_channel_every=1))
    shop = ShopServer(Webhook(SECRET, clock=emulator.clock))
    with (
        shop.serve() as url,
        emulator.send_webhooks_to(url, SECRET, duplicates=0.3, reorder=20, retry_delay=0.5) as webhooks,
    ):
        for number in range(orders):
            emulator.add_topup_order(delivered_after=number % 7, created_at=emulator.clock.now())
            emulator.clock.advance(0.2)
            if number % 10 == 0:
                shop.statuses.append(503)
        for _ in range(60):
            emulator.clock.advance(1)
            webhooks.flush()
    handled = Counter(event.id for event in shop.handled)
    assert set(handled.values()) == {1}
    assert Counter(types(shop)) == {"order.pending": orders, "order.delivered": orders}
    assert handled.keys() == {attempt.event_id for attempt in webhooks.attempts}
    assert len(webhooks.attempts) > 2 * orders * 1.2
    ids = [event.order.id for event in shop.handled if event.order and event.type == "order.pending"]
    assert ids != sorted(ids, key=lambda each: each or 0)


def test_a_running_clock_sends_by_itself() -> None:
    emulator = Emulator(clock=EmulatorClock(speed=10_000.0))
    arrived = threading.Event()
    shop = ShopServer(Webhook(SECRET, clock=emulator.clock, tolerance=None))
    with shop.serve() as url, emulator.send_webhooks_to(url, SECRET, reorder=10):
        shop.handled = Arriving(2, arrived)
        shop._receiver.handler = shop.handled.append
        emulator.add_topup_order(delivered_after=5)
        assert arrived.wait(30)
    assert sorted(types(shop)) == ["order.delivered", "order.pending"]


class Arriving(list[Any]):
    """A list that sets an event when it has this many items."""

    def __init__(self, count: int, arrived: threading.Event) -> None:
        super().__init__()
        self._count, self._arrived = count, arrived

    def append(self, item: Any) -> None:
        super().append(item)
        if len(self) == self._count:
            self._arrived.set()


@pytest.mark.parametrize("url", ["", "ftp://shop/", "//shop", "shop/hooks", "http://"])
def test_a_bad_url_is_refused(emulator: Emulator, url: str) -> None:
    with pytest.raises(ValueError, match="url must be an absolute http or https URL"):
        emulator.send_webhooks_to(url, SECRET)


@pytest.mark.parametrize(
    "options", [{"duplicates": 2}, {"reorder": -1}, {"retry_delay": float("inf")}, {"attempts": 0}, {"duplicates": -1}]
)
def test_a_number_out_of_bounds_is_refused(emulator: Emulator, options: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        emulator.send_webhooks_to("http://127.0.0.1:1", SECRET, **options)


@pytest.mark.parametrize("host", ["a" * 70, "a..b"])
def test_a_host_that_cannot_be_reached_is_an_attempt_that_failed(emulator: Emulator, host: str) -> None:
    with emulator.send_webhooks_to(f"http://{host}/", SECRET, attempts=1) as webhooks:
        emulator.add_topup_order()
        webhooks.flush()
        assert outcomes(webhooks) == [(1, None)]
