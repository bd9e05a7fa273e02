"""What can go wrong with a delivery."""

from __future__ import annotations

from octopus_cards._base.exceptions import OctopusCardsError


class WebhookVerificationError(OctopusCardsError):
    """The delivery does not come from the service, is too old, or is no event. Answer it with 400.

    Its text shows neither the secret nor the signature nor the body.

    Attributes:
        reason: The cause in a few words. Later versions may add others: "missing signature", "bad signature",
            "missing timestamp", "bad timestamp", "too old", "from the future", "not JSON", "not an object",
            "no event id", "no event type".
    """

    reason: str

    def __init__(self, reason: str) -> None:
        super().__init__(f"the webhook delivery is not valid: {reason}")
        self.reason = reason


WebhookVerificationError.__module__ = "octopus_cards"
