# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

import datetime
from typing import Any, ClassVar

from msgspec.structs import force_setattr as _force_setattr

from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields
from ..runtime import decode_later as _decode_later
from ..runtime import to_moment as _to_moment


class TokenPair(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """An access token and a refresh token. Both are JWTs.

    Attributes:
        access_token (str): Token for API calls, valid for one hour.
        refresh_token (str): Token to obtain new tokens, valid for seven days, single use.
        access_expires_at (datetime.datetime): Expiry time of the access token.
        refresh_expires_at (datetime.datetime): Expiry time of the refresh token.
        client_id (int | None): Id of the client account. Every sample has it; clients do not need it, so it is optional here.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    access_token: str
    refresh_token: str
    access_expires_at: datetime.datetime
    refresh_expires_at: datetime.datetime
    client_id: int | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(
            name="access_token",
            wire="access_token",
            kind="text",
            required=True,
            sensitive=True,
        ),
        _Field(
            name="refresh_token",
            wire="refresh_token",
            kind="text",
            required=True,
            sensitive=True,
        ),
        _Field(
            name="access_expires_at",
            wire="access_expires_at",
            kind="moment",
            required=True,
        ),
        _Field(
            name="refresh_expires_at",
            wire="refresh_expires_at",
            kind="moment",
            required=True,
        ),
        _Field(name="client_id", wire="client_id", kind="integer"),
    )

    def __post_init__(self) -> None:
        if self.access_expires_at.__class__ is not datetime.datetime:
            _force_setattr(
                self,
                "access_expires_at",
                _to_moment("TokenPair.access_expires_at", self.access_expires_at),
            )
        if self.refresh_expires_at.__class__ is not datetime.datetime:
            _force_setattr(
                self,
                "refresh_expires_at",
                _to_moment("TokenPair.refresh_expires_at", self.refresh_expires_at),
            )
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("TokenPair: only from_dict takes unknown fields")


_decode_later(
    TokenPair,
    access_expires_at=Any,
    refresh_expires_at=Any,
)
