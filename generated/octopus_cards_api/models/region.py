# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class Region(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """A region in which a variant can be used.

    Attributes:
        code (str | None): ISO 3166-1 alpha-3 code, or `GLO`.
        name (str | None): Display name.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    code: str | None = None
    name: str | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="code", wire="code", kind="text"),
        _Field(name="name", wire="name", kind="text"),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("Region: only from_dict takes unknown fields")
