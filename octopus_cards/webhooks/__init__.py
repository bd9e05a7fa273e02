"""Webhooks: verify deliveries, process each event once, and answer in time.

from octopus_cards.webhooks import Webhook

event = Webhook(secret).verify(body, headers)  # the raw bytes, and the headers of any framework

The modules `fastapi`, `starlette`, `flask` and `django` of this package are complete endpoints.
"""

from octopus_cards.webhooks._errors import WebhookVerificationError
from octopus_cards.webhooks._events import KNOWN_EVENT_TYPES, Event, OrderUpdate, WalletUpdate
from octopus_cards.webhooks._receiver import Receiver, Response
from octopus_cards.webhooks._seen import MemorySeenEvents, SeenEvents
from octopus_cards.webhooks._seen_sqlite import SQLiteSeenEvents
from octopus_cards.webhooks._webhook import Webhook

__all__ = [
    "KNOWN_EVENT_TYPES",
    "Event",
    "MemorySeenEvents",
    "OrderUpdate",
    "Receiver",
    "Response",
    "SQLiteSeenEvents",
    "SeenEvents",
    "WalletUpdate",
    "Webhook",
    "WebhookVerificationError",
]

# They name the module that users import them from.
for _public in (Event, MemorySeenEvents, OrderUpdate, Receiver, Response, SQLiteSeenEvents, WalletUpdate, Webhook):
    _public.__module__ = __name__
SeenEvents.__module__ = __name__
del _public
