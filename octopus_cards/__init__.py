"""A client of the Octopus Cards API: topup orders listed, found and waited for.

from octopus_cards import OctopusCards

with OctopusCards() as client:  # the token from OCTOPUS_CARDS_TOKEN
    for order in client.topups.orders.list(status="PENDING"):
        print(client.topups.orders.wait(order.id).status)
"""

import logging

from octopus_cards._answers import RawResponse
from octopus_cards._clients import AsyncOctopusCards, OctopusCards
from octopus_cards._clock import Clock, SystemClock
from octopus_cards._config import Timeouts
from octopus_cards._exceptions import (
    APIError,
    AuthenticationError,
    BadRequestError,
    InvalidResponseError,
    NotFoundError,
    NotSentError,
    OctopusCardsError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitError,
    RequestError,
    ServerError,
    ValidationFailedError,
    WaitCancelledError,
    WaitTimeoutError,
)
from octopus_cards._orders import TopupOrderList, TopupOrders
from octopus_cards._orders_async import AsyncTopupOrderList, AsyncTopupOrders
from octopus_cards._pages import Page
from octopus_cards._retrying import Retry
from octopus_cards._version import __version__
from octopus_cards._waiting import TOPUP_ORDER, Cadence, is_final
from octopus_cards._walking import ListPosition
from octopus_cards._wire import NotificationEmailConfirmation, TopupOrder, TopupStatus

__all__ = [
    "TOPUP_ORDER",
    "APIError",
    "AsyncOctopusCards",
    "AsyncTopupOrderList",
    "AsyncTopupOrders",
    "AuthenticationError",
    "BadRequestError",
    "Cadence",
    "Clock",
    "InvalidResponseError",
    "ListPosition",
    "NotFoundError",
    "NotSentError",
    "NotificationEmailConfirmation",
    "OctopusCards",
    "OctopusCardsError",
    "OutcomeUnknownError",
    "Page",
    "PermissionDeniedError",
    "RateLimitError",
    "RawResponse",
    "RequestError",
    "Retry",
    "ServerError",
    "SystemClock",
    "Timeouts",
    "TopupOrder",
    "TopupOrderList",
    "TopupOrders",
    "TopupStatus",
    "ValidationFailedError",
    "WaitCancelledError",
    "WaitTimeoutError",
    "__version__",
    "is_final",
]

# Who does not ask for the log sees none of it.
logging.getLogger(__name__).addHandler(logging.NullHandler())

# Users see where a name is imported from, not where it is kept; the generated models stay where they are.
for _public in [globals()[name] for name in __all__]:
    if isinstance(_public, type) and _public.__module__.startswith("octopus_cards._"):
        _public.__module__ = __name__
