# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
"""Contains all the data models used in inputs/outputs"""

from .charges import Charges
from .charges_details import ChargesDetails
from .error_detail import ErrorDetail
from .error_envelope import ErrorEnvelope
from .login import Login
from .logout_answer import LogoutAnswer
from .logout_confirmation import LogoutConfirmation
from .new_topup_order import NewTopupOrder
from .new_topup_order_input_data import NewTopupOrderInputData
from .notification_email import NotificationEmail
from .notification_email_confirmation import NotificationEmailConfirmation
from .refresh import Refresh
from .region import Region
from .token_answer import TokenAnswer
from .token_pair import TokenPair
from .topup_input_field import TopupInputField
from .topup_lookup import TopupLookup
from .topup_operator import TopupOperator
from .topup_order import TopupOrder
from .topup_order_input_data import TopupOrderInputData
from .topup_product import TopupProduct
from .topup_product_details import TopupProductDetails
from .topup_purchase import TopupPurchase
from .topup_status import TopupStatus
from .topup_type import TopupType
from .topup_variant import TopupVariant
from .topup_variant_fields import TopupVariantFields

__all__ = (
    "Charges",
    "ChargesDetails",
    "ErrorDetail",
    "ErrorEnvelope",
    "Login",
    "LogoutAnswer",
    "LogoutConfirmation",
    "NewTopupOrder",
    "NewTopupOrderInputData",
    "NotificationEmail",
    "NotificationEmailConfirmation",
    "Refresh",
    "Region",
    "TokenAnswer",
    "TokenPair",
    "TopupInputField",
    "TopupLookup",
    "TopupOperator",
    "TopupOrder",
    "TopupOrderInputData",
    "TopupProduct",
    "TopupProductDetails",
    "TopupPurchase",
    "TopupStatus",
    "TopupType",
    "TopupVariant",
    "TopupVariantFields",
)
