"""Read the event in a verified delivery."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from octopus_cards._base.narrowing import is_mapping
from octopus_cards.webhooks._errors import WebhookVerificationError
from octopus_cards.webhooks._events import Event
from octopus_cards.webhooks._hidden import Delivery
from octopus_cards.webhooks._times import read_moment

_MAX_ID_LENGTH = 512


def read_event(delivery: Delivery) -> Event:
    """Return the event.

    The envelope was seen on an older page only. So the unsigned headers fill in for an id or a type that is missing in
    the signed body, and anything else may be missing.

    Raises:
        WebhookVerificationError: The body is no JSON object, or there is no id or no type.
    """
    envelope = _envelope(delivery.body)
    event_id = _word(envelope.get("id")) or _word(delivery.only_value("x-event-id"))
    if event_id is None:
        raise WebhookVerificationError("no event id")
    event_type = _word(envelope.get("type")) or _word(delivery.only_value("x-event-type"))
    if event_type is None:
        raise WebhookVerificationError("no event type")
    data = envelope.get("data")
    content: dict[str, Any] = {str(name): value for name, value in data.items()} if is_mapping(data) else {}
    return Event(event_id, event_type, read_moment(envelope.get("created_at")), content, delivery.body)


def _envelope(body: bytes) -> Mapping[object, object]:
    value = _parse(body)
    if value is None:
        raise WebhookVerificationError("not JSON")  # outside of an `except`: the decoder's error contains the body
    if not is_mapping(value[0]):
        raise WebhookVerificationError("not an object")
    return value[0]


def _parse(body: bytes) -> tuple[object] | None:
    """Return the JSON value in a tuple; None where there is none."""
    try:
        return (json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse),)
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and the infinities are no JSON


def _word(value: object) -> str | None:
    """Return a text that can be an id or a type: printable, not empty, and not longer than a database key."""
    return value if isinstance(value, str) and value.isprintable() and 0 < len(value) <= _MAX_ID_LENGTH else None
