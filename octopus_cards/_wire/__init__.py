"""What stands between the logic and the wire: alone in knowing the generated client and the HTTP library.

`_calls` turns an operation of the contract into a `Call`, and a body into the generated models; `_connections` and
`_connections_async` send a call and hand back the answer; `_in_process` stands in for the network. What to do about
any of it is decided elsewhere.
"""

from octopus_cards._wire._calls import (
    Call,
    NotificationEmailConfirmation,
    TokenAnswer,
    TopupOrder,
    TopupStatus,
    error_detail,
    get_order,
    list_orders,
    login,
    logout,
    refresh_tokens,
    set_notification_email,
)
from octopus_cards._wire._connections import Connection, SyncTransport
from octopus_cards._wire._in_process import CONNECTION_FAULTS, ConnectionFault, Incoming, in_process

__all__ = [
    "CONNECTION_FAULTS",
    "Call",
    "Connection",
    "ConnectionFault",
    "Incoming",
    "NotificationEmailConfirmation",
    "SyncTransport",
    "TokenAnswer",
    "TopupOrder",
    "TopupStatus",
    "error_detail",
    "get_order",
    "in_process",
    "list_orders",
    "login",
    "logout",
    "refresh_tokens",
    "set_notification_email",
]
