"""Deliveries of webhooks."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from octopus_cards.emulator import EmulatorClock
from octopus_cards.webhooks import Event, SQLiteSeenEvents, Webhook

SECRET = "a-made-up-webhook-secret"
AT = datetime.datetime(2025, 1, 15, 14, 35, tzinfo=datetime.UTC)
# The sample of the documentation page webhooks/events.
BODY = (
    b'{"id":"evt_def456","type":"order.partially_delivered","created_at":"2025-01-15T14:35:00Z","data":{"id":12346,'
    b'"reference_code":"BULK_ORDER_001","status":"PARTIALLY_DELIVERED","product_name":"Google Play Gift Card",'
    b'"denomination":25.00,"quantity":100,"amount":2500.00,"delivered_quantity":87,"delivered_on":'
    b'"2025-01-15T14:35:00Z","created_at":"2025-01-15T13:00:00Z"}}'
)


def webhook(**options: Any) -> Webhook:
    """Return the webhook of a clock that is stopped at the time of the sample."""
    return Webhook(SECRET, **({"clock": EmulatorClock(start=AT)} | options))


def event_body(event_id: str, event_type: str = "order.delivered", /, **data: object) -> bytes:
    """Return the body of an event."""
    return json.dumps({"id": event_id, "type": event_type, "created_at": "2025-01-15T14:35:00Z", "data": data}).encode()


def event(event_id: str) -> Event:
    """Return a verified event."""
    body = event_body(event_id, secret="reference-1")
    return webhook().verify(body, webhook().sign(body, event_id=event_id, at=AT))


def claim_all(path: Path, results: Any, barrier: Any) -> None:
    """Claim fifty events in a process of its own."""
    seen = SQLiteSeenEvents(path)
    barrier.wait()
    results.put([number for number in range(50) if seen.first_time(str(number))])


def die_while_processing(path: Path) -> None:
    """Claim an event in a process of its own, and die."""
    seen = SQLiteSeenEvents(path, lease=100, clock=EmulatorClock(start=AT))
    assert seen.first_time("a", event("a"))
    os._exit(9)


@dataclass(frozen=True)
class Sent:
    """A delivery and what must become of it."""

    body: bytes
    headers: dict[str, str]
    is_forged: bool


def storm(count: int, seed: int = 0) -> tuple[set[str], Iterator[Sent]]:
    """Return the ids of genuine events, and this many deliveries: repeated, reordered, and a fifth of them forged."""
    random = Random(seed)
    signer, other = Webhook(SECRET), Webhook("another-secret")
    forged = [random.random() < 0.2 for _ in range(count)]
    genuine = forged.count(False)
    ids = [f"evt_{number}" for number in range(genuine // 2)]
    order = [*ids, *random.choices(ids, k=genuine - len(ids))]
    random.shuffle(order)

    def deliveries() -> Iterator[Sent]:
        remaining = iter(order)
        for number, is_forged in enumerate(forged):
            event_id = f"evt_forged_{number}" if is_forged else next(remaining)
            body = event_body(event_id, number=event_id)
            headers = signer.sign(body, event_id=event_id, at=AT)
            if is_forged:
                body, headers = _forge(random.randrange(5), body, headers, other)
            yield Sent(body, headers, is_forged)

    return set(ids), deliveries()


def _forge(way: int, body: bytes, headers: dict[str, str], other: Webhook) -> tuple[bytes, dict[str, str]]:
    match way:
        case 0:
            return body, other.sign(body, event_id="evt_forged", at=AT)
        case 1:
            return body.replace(b"delivered", b"cancelled"), headers
        case 2:
            return body, {name: value for name, value in headers.items() if name != "X-Signature"}
        case 3:
            return body, headers | {"X-Timestamp": "1"}
        case _:
            return body, headers | {"X-Signature": SECRET}
