# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..models.error_detail import ErrorDetail
from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class ErrorEnvelope(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """Body of the documented error responses.

    Attributes:
        error (ErrorDetail): Details of the error. Every sample has all three fields. All are optional here, so that clients can
            still read the others if one is missing.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    error: ErrorDetail
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(
            name="error", wire="error", kind="model", required=True, model=ErrorDetail
        ),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("ErrorEnvelope: only from_dict takes unknown fields")
