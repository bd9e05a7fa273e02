"""What stands between the logic and the wire: alone in knowing the generated client and the HTTP library.

`_calls` turns an operation of the contract into a `Call`, and a body into the generated models; `_connections`
sends a call and hands back the answer. What to do about either is decided elsewhere.
"""

from octopus_cards._wire._calls import (
    Call,
    NotificationEmailConfirmation,
    TopupOrder,
    TopupStatus,
    error_detail,
    get_order,
    list_orders,
    set_notification_email,
)
from octopus_cards._wire._connections import (
    AnswerLost,
    AsyncConnection,
    AsyncTransport,
    Connection,
    Incoming,
    SyncTransport,
    in_process,
)

__all__ = [
    "AnswerLost",
    "AsyncConnection",
    "AsyncTransport",
    "Call",
    "Connection",
    "Incoming",
    "NotificationEmailConfirmation",
    "SyncTransport",
    "TopupOrder",
    "TopupStatus",
    "error_detail",
    "get_order",
    "in_process",
    "list_orders",
    "set_notification_email",
]
