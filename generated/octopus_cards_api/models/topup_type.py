# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from enum import StrEnum


class TopupType(StrEnum):
    """Types of topup products that the list filter accepts."""

    GAMING = "GAMING"
    MOBILE = "MOBILE"
    UTILITY = "UTILITY"

    def __str__(self) -> str:
        return str(self.value)
