# Made by `nox -s generate` from tools/generate/exports.toml: change that file.
"""Client for the Octopus Cards API.

from octopus_cards import OctopusCards

with OctopusCards() as client:  # credentials from the environment
    for order in client.topups.orders.list(status="PENDING"):
        print(client.topups.orders.wait(order.id).status)
"""

from typing import TYPE_CHECKING

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
)
from octopus_cards._base.wait_errors import WaitCancelledError, WaitTimeoutError
from octopus_cards._version import __version__

if TYPE_CHECKING:
    from octopus_cards._base.clock import Clock, SystemClock
    from octopus_cards._base.positions import ListPosition
    from octopus_cards._base.responses import RawResponse
    from octopus_cards._base.timeouts import Timeouts
    from octopus_cards._client import OctopusCards
    from octopus_cards._client_async import AsyncOctopusCards
    from octopus_cards._engine.pages import Page
    from octopus_cards._engine.retry import Retry
    from octopus_cards._engine.wait_options import Cadence
    from octopus_cards._io.read_ahead import ReadAhead
    from octopus_cards._io.read_ahead_async import AsyncReadAhead
    from octopus_cards._models import MoneyAsString, NotificationEmailConfirmation, TopupOrder, TopupStatus
    from octopus_cards.resources._async.base import AsyncItemList
    from octopus_cards.resources._async.topup_orders import AsyncTopupOrderList, AsyncTopupOrders
    from octopus_cards.resources._async.topups import AsyncTopups
    from octopus_cards.resources._sync.base import ItemList
    from octopus_cards.resources._sync.topup_orders import TopupOrderList, TopupOrders
    from octopus_cards.resources._sync.topups import Topups
    from octopus_cards.resources.topup_rules import TOPUP_ORDER_CADENCE, is_final

__all__ = [
    "TOPUP_ORDER_CADENCE",
    "APIError",
    "AsyncItemList",
    "AsyncOctopusCards",
    "AsyncReadAhead",
    "AsyncTopupOrderList",
    "AsyncTopupOrders",
    "AsyncTopups",
    "AuthenticationError",
    "BadRequestError",
    "Cadence",
    "Clock",
    "InvalidResponseError",
    "ItemList",
    "ListPosition",
    "MoneyAsString",
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
    "Topups",
    "ValidationFailedError",
    "WaitCancelledError",
    "WaitTimeoutError",
    "__version__",
    "is_final",
]

if not TYPE_CHECKING:
    # Type checkers must not see this, since it would hide typos from them.
    import importlib

    _LAZY_EXPORTS = {
        "Clock": "_base.clock",
        "SystemClock": "_base.clock",
        "ListPosition": "_base.positions",
        "RawResponse": "_base.responses",
        "Timeouts": "_base.timeouts",
        "OctopusCards": "_client",
        "AsyncOctopusCards": "_client_async",
        "Page": "_engine.pages",
        "Retry": "_engine.retry",
        "Cadence": "_engine.wait_options",
        "ReadAhead": "_io.read_ahead",
        "AsyncReadAhead": "_io.read_ahead_async",
        "MoneyAsString": "_models",
        "NotificationEmailConfirmation": "_models",
        "TopupOrder": "_models",
        "TopupStatus": "_models",
        "AsyncItemList": "resources._async.base",
        "AsyncTopupOrderList": "resources._async.topup_orders",
        "AsyncTopupOrders": "resources._async.topup_orders",
        "AsyncTopups": "resources._async.topups",
        "ItemList": "resources._sync.base",
        "TopupOrderList": "resources._sync.topup_orders",
        "TopupOrders": "resources._sync.topup_orders",
        "Topups": "resources._sync.topups",
        "TOPUP_ORDER_CADENCE": "resources.topup_rules",
        "is_final": "resources.topup_rules",
    }

    def __getattr__(name):
        if name not in _LAZY_EXPORTS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        public = globals()[name] = getattr(importlib.import_module(f"{__name__}.{_LAZY_EXPORTS[name]}"), name)
        return public


def __dir__() -> list[str]:
    return __all__


# Exceptions name the module that users import them from.
for _exception in (
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
):
    _exception.__module__ = __name__
del _exception
