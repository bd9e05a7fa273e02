# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from enum import StrEnum


class TopupStatus(StrEnum):
    """Statuses accepted by the list filter. The meaning of `RECHARGED`, and whether it is final, is not documented."""

    CANCELLED = "CANCELLED"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    PENDING = "PENDING"
    RECHARGED = "RECHARGED"

    def __str__(self) -> str:
        return str(self.value)
