# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..models.token_pair import TokenPair
from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class TokenAnswer(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """New tokens in their envelope.

    Attributes:
        success (bool): Always true.
        data (TokenPair): An access token and a refresh token. Both are JWTs.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    success: bool
    data: TokenPair
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="success", wire="success", kind="boolean", required=True),
        _Field(name="data", wire="data", kind="model", required=True, model=TokenPair),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("TokenAnswer: only from_dict takes unknown fields")
