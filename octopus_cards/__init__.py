"""A client of the Octopus Cards API: topup orders listed, found and waited for.

from octopus_cards import OctopusCards

with OctopusCards() as client:  # the token from OCTOPUS_CARDS_TOKEN
    for order in client.topups.orders.list(status="PENDING"):
        print(client.topups.orders.wait(order.id).status)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
from octopus_cards._version import __version__

if TYPE_CHECKING:
    from octopus_cards._ahead import ReadAhead
    from octopus_cards._ahead_async import AsyncReadAhead
    from octopus_cards._answers import RawResponse
    from octopus_cards._clients import AsyncOctopusCards, OctopusCards
    from octopus_cards._clock import Clock, SystemClock
    from octopus_cards._config import Timeouts
    from octopus_cards._orders import TopupOrderList, TopupOrders
    from octopus_cards._orders_async import AsyncTopupOrderList, AsyncTopupOrders
    from octopus_cards._pages import Page
    from octopus_cards._retrying import Retry
    from octopus_cards._waiting import TOPUP_ORDER, Cadence, is_final
    from octopus_cards._walking import ListPosition
    from octopus_cards._wire import NotificationEmailConfirmation, TopupOrder, TopupStatus

__all__ = [
    "TOPUP_ORDER",
    "APIError",
    "AsyncOctopusCards",
    "AsyncReadAhead",
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
    "ReadAhead",
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

# Where the rest is. Each is loaded when it is first asked for, so that importing the package costs next to nothing.
_WHERE = {
    name: module
    for module, names in {
        "_ahead": "ReadAhead",
        "_ahead_async": "AsyncReadAhead",
        "_answers": "RawResponse",
        "_clients": "AsyncOctopusCards OctopusCards",
        "_clock": "Clock SystemClock",
        "_config": "Timeouts",
        "_orders": "TopupOrderList TopupOrders",
        "_orders_async": "AsyncTopupOrderList AsyncTopupOrders",
        "_pages": "Page",
        "_retrying": "Retry",
        "_waiting": "TOPUP_ORDER Cadence is_final",
        "_walking": "ListPosition",
        "_wire": "NotificationEmailConfirmation TopupOrder TopupStatus",
    }.items()
    for name in names.split()
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    public = globals()[name] = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    return public


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# Users see where an exception is imported from, not where it is kept.
for _exception in [globals()[_name] for _name in __all__ if _name.endswith("Error")]:
    _exception.__module__ = __name__
