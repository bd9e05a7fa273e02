# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class Login(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """API key and secret. The API names the fields username and password.

    Attributes:
        username (str): The API key.
        password (str): The API secret.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    username: str
    password: str
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(
            name="username", wire="username", kind="text", required=True, sensitive=True
        ),
        _Field(
            name="password", wire="password", kind="text", required=True, sensitive=True
        ),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("Login: only from_dict takes unknown fields")
