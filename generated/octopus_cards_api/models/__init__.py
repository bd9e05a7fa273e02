# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
"""Contains all the data models used in inputs/outputs"""

from .error_detail import ErrorDetail
from .error_envelope import ErrorEnvelope
from .login import Login
from .logout_answer import LogoutAnswer
from .logout_confirmation import LogoutConfirmation
from .notification_email import NotificationEmail
from .notification_email_confirmation import NotificationEmailConfirmation
from .refresh import Refresh
from .token_answer import TokenAnswer
from .token_pair import TokenPair
from .topup_order import TopupOrder
from .topup_order_input_data import TopupOrderInputData
from .topup_status import TopupStatus

__all__ = (
    "ErrorDetail",
    "ErrorEnvelope",
    "Login",
    "LogoutAnswer",
    "LogoutConfirmation",
    "NotificationEmail",
    "NotificationEmailConfirmation",
    "Refresh",
    "TokenAnswer",
    "TokenPair",
    "TopupOrder",
    "TopupOrderInputData",
    "TopupStatus",
)
