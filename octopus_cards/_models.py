"""The generated models that are public."""

from octopus_cards_api.models import NotificationEmailConfirmation, TopupOrder, TopupStatus
from octopus_cards_api.pydantic_support import MoneyAsString

__all__ = ["MoneyAsString", "NotificationEmailConfirmation", "TopupOrder", "TopupStatus"]
