# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class NotificationEmail(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """Address to notify when the order becomes final.

    Attributes:
        email (str): E-mail address with at most 254 characters.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    email: str
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="email", wire="email", kind="text", required=True, sensitive=True),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("NotificationEmail: only from_dict takes unknown fields")
