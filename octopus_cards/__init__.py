"""A client of the Octopus Cards API: topup orders listed, found and waited for.

from octopus_cards import OctopusCards

with OctopusCards() as client:  # the token from OCTOPUS_CARDS_TOKEN
    for order in client.topups.orders.list(status="PENDING"):
        print(client.topups.orders.wait(order.id).status)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from octopus_cards._base.exceptions import (
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
    from octopus_cards._base.clock import Clock, SystemClock
    from octopus_cards._base.config import Timeouts
    from octopus_cards._base.responses import RawResponse
    from octopus_cards._clients import AsyncOctopusCards, OctopusCards
    from octopus_cards._engine.moving_list import ListPosition
    from octopus_cards._engine.pages import Page
    from octopus_cards._engine.retry import Retry
    from octopus_cards._engine.waiting import TOPUP_ORDER, Cadence, is_final
    from octopus_cards._io.codec import NotificationEmailConfirmation, TopupOrder, TopupStatus
    from octopus_cards._io.read_ahead import ReadAhead
    from octopus_cards._io.read_ahead_async import AsyncReadAhead
    from octopus_cards.resources._async.topup_orders import AsyncTopupOrderList, AsyncTopupOrders
    from octopus_cards.resources._sync.topup_orders import TopupOrderList, TopupOrders

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
        "_io.read_ahead": "ReadAhead",
        "_io.read_ahead_async": "AsyncReadAhead",
        "_base.responses": "RawResponse",
        "_clients": "AsyncOctopusCards OctopusCards",
        "_base.clock": "Clock SystemClock",
        "_base.config": "Timeouts",
        "resources._sync.topup_orders": "TopupOrderList TopupOrders",
        "resources._async.topup_orders": "AsyncTopupOrderList AsyncTopupOrders",
        "_engine.pages": "Page",
        "_engine.retry": "Retry",
        "_engine.waiting": "TOPUP_ORDER Cadence is_final",
        "_engine.moving_list": "ListPosition",
        "_io.codec": "NotificationEmailConfirmation TopupOrder TopupStatus",
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
