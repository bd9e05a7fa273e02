# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..models.logout_confirmation import LogoutConfirmation
from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class LogoutAnswer(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """Confirmation of the logout in its envelope.

    Attributes:
        success (bool): Always true.
        data (LogoutConfirmation): Confirmation of the logout.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    success: bool
    data: LogoutConfirmation
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="success", wire="success", kind="boolean", required=True),
        _Field(
            name="data",
            wire="data",
            kind="model",
            required=True,
            model=LogoutConfirmation,
        ),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("LogoutAnswer: only from_dict takes unknown fields")
