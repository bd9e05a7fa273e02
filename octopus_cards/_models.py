"""The generated models that are public."""

from octopus_cards_api.models import (
    Charges,
    ChargesDetails,
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
from octopus_cards_api.pydantic_support import MoneyAsString

__all__ = [
    "Charges",
    "ChargesDetails",
    "MoneyAsString",
    "NotificationEmailConfirmation",
    "Region",
    "TopupInputField",
    "TopupOperator",
    "TopupOrder",
    "TopupProduct",
    "TopupProductDetails",
    "TopupStatus",
    "TopupType",
    "TopupVariant",
]
