# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class TopupLookup(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """The mobile number whose operators are wanted.

    Attributes:
        mobile_number (str): Number in E.164 form, without spaces or dashes.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    mobile_number: str
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(
            name="mobile_number",
            wire="mobile_number",
            kind="text",
            required=True,
            sensitive=True,
        ),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("TopupLookup: only from_dict takes unknown fields")
