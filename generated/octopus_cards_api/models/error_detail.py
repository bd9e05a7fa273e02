# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class ErrorDetail(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """Details of the error. Every sample has all three fields. All are optional here, so that clients can
    still read the others if one is missing.

    Attributes:
        name (str | None): Error category, roughly one for each HTTP status.
        code (str | None): Machine-readable cause, part of the API contract. The API may add codes.
        message (str | None): Human-readable text. It may change; do not match on it.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    name: str | None = None
    code: str | None = None
    message: str | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="name", wire="name", kind="text"),
        _Field(name="code", wire="code", kind="text"),
        _Field(name="message", wire="message", kind="text"),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("ErrorDetail: only from_dict takes unknown fields")
