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
    DuplicateReferenceError,
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
from octopus_cards._base.order_errors import DebitLimitError, ReferenceConflictError
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
    from octopus_cards._engine.purchases import Placement
    from octopus_cards._engine.retry import Retry
    from octopus_cards._engine.wait_options import Cadence
    from octopus_cards._io.read_ahead import ReadAhead
    from octopus_cards._io.read_ahead_async import AsyncReadAhead
    from octopus_cards._models import (
        Charges,
        ChargesDetails,
        MoneyAsString,
        NotificationEmailConfirmation,
        Region,
        TopupInputField,
        TopupOperator,
        TopupOrder,
        TopupProduct,
        TopupProductDetails,
        TopupStatus,
        TopupType,
        TopupVariant,
    )
    from octopus_cards.resources._async.base import AsyncItemList
    from octopus_cards.resources._async.topup_orders import AsyncTopupOrderList, AsyncTopupOrders
    from octopus_cards.resources._async.topup_products import (
        AsyncTopupProductList,
        AsyncTopupProducts,
        AsyncTopupVariants,
    )
    from octopus_cards.resources._async.topups import AsyncTopups
    from octopus_cards.resources._sync.base import ItemList
    from octopus_cards.resources._sync.topup_orders import TopupOrderList, TopupOrders
    from octopus_cards.resources._sync.topup_products import TopupProductList, TopupProducts, TopupVariants
    from octopus_cards.resources._sync.topups import Topups
    from octopus_cards.resources.topup_rules import TOPUP_ORDER_CADENCE, is_final
    from octopus_cards.webhooks._errors import WebhookVerificationError

__all__ = [
    "TOPUP_ORDER_CADENCE",
    "APIError",
    "AsyncItemList",
    "AsyncOctopusCards",
    "AsyncReadAhead",
    "AsyncTopupOrderList",
    "AsyncTopupOrders",
    "AsyncTopupProductList",
    "AsyncTopupProducts",
    "AsyncTopupVariants",
    "AsyncTopups",
    "AuthenticationError",
    "BadRequestError",
    "Cadence",
    "Charges",
    "ChargesDetails",
    "Clock",
    "DebitLimitError",
    "DuplicateReferenceError",
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
    "Placement",
    "RateLimitError",
    "RawResponse",
    "ReadAhead",
    "ReferenceConflictError",
    "Region",
    "RequestError",
    "Retry",
    "ServerError",
    "SystemClock",
    "Timeouts",
    "TopupInputField",
    "TopupOperator",
    "TopupOrder",
    "TopupOrderList",
    "TopupOrders",
    "TopupProduct",
    "TopupProductDetails",
    "TopupProductList",
    "TopupProducts",
    "TopupStatus",
    "TopupType",
    "TopupVariant",
    "TopupVariants",
    "Topups",
    "ValidationFailedError",
    "WaitCancelledError",
    "WaitTimeoutError",
    "WebhookVerificationError",
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
        "Placement": "_engine.purchases",
        "Retry": "_engine.retry",
        "Cadence": "_engine.wait_options",
        "ReadAhead": "_io.read_ahead",
        "AsyncReadAhead": "_io.read_ahead_async",
        "Charges": "_models",
        "ChargesDetails": "_models",
        "MoneyAsString": "_models",
        "NotificationEmailConfirmation": "_models",
        "Region": "_models",
        "TopupInputField": "_models",
        "TopupOperator": "_models",
        "TopupOrder": "_models",
        "TopupProduct": "_models",
        "TopupProductDetails": "_models",
        "TopupStatus": "_models",
        "TopupType": "_models",
        "TopupVariant": "_models",
        "AsyncItemList": "resources._async.base",
        "AsyncTopupOrderList": "resources._async.topup_orders",
        "AsyncTopupOrders": "resources._async.topup_orders",
        "AsyncTopupProductList": "resources._async.topup_products",
        "AsyncTopupProducts": "resources._async.topup_products",
        "AsyncTopupVariants": "resources._async.topup_products",
        "AsyncTopups": "resources._async.topups",
        "ItemList": "resources._sync.base",
        "TopupOrderList": "resources._sync.topup_orders",
        "TopupOrders": "resources._sync.topup_orders",
        "TopupProductList": "resources._sync.topup_products",
        "TopupProducts": "resources._sync.topup_products",
        "TopupVariants": "resources._sync.topup_products",
        "Topups": "resources._sync.topups",
        "TOPUP_ORDER_CADENCE": "resources.topup_rules",
        "is_final": "resources.topup_rules",
        "WebhookVerificationError": "webhooks._errors",
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
    DuplicateReferenceError,
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
    DebitLimitError,
    ReferenceConflictError,
    WaitCancelledError,
    WaitTimeoutError,
):
    _exception.__module__ = __name__
del _exception
