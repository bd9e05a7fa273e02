# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

import datetime
from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Self

from msgspec import Struct as _Struct
from msgspec.json import Decoder as _Decoder
from msgspec.structs import force_setattr as _force_setattr


def _wrong(where: str, rule: str, value: Any) -> Exception:
    """The refusal of a value: the field and the rule, and of the value only its type, for it may be private."""
    found = "absent or null" if value is None else type(value).__name__
    return TypeError(f"{where}: {rule} expected, got {found}")


def _moment(where: str, value: Any) -> datetime.datetime:
    """RFC 3339 with lower-case letters and leap seconds; UTC, as documented, where the offset is missing."""
    if value.__class__ is not str or len(value) < 16:
        if isinstance(value, datetime.datetime):
            return value
        raise _wrong(where, "a date and time (RFC 3339)", value)
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        text, leap = value.upper(), value[16:19] == ":60"
        try:
            moment = datetime.datetime.fromisoformat(
                text[:16] + ":59" + text[19:] if leap else text
            )
            moment += datetime.timedelta(seconds=leap)
        except (ValueError, OverflowError):
            raise _wrong(where, "a date and time (RFC 3339)", value) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


class _Withheld:
    """Stands for a value that no text may show."""

    def __repr__(self) -> str:
        return "<withheld>"


class _Unknown(dict[str, Any]):
    """Fields that this version of the contract does not know. JSON makes none of these, whatever it names a field."""


_NOTHING = _Unknown()


class TokenPair(
    _Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """A pair of tokens, both JWTs.

    Attributes:
        access_token (str): The token for calls, good for one hour.
        refresh_token (str): The token for the next pair, good for seven days, once.
        access_expires_at (datetime.datetime): When the access token expires.
        refresh_expires_at (datetime.datetime): When the refresh token expires.
        client_id (int | None): The client account. Every sample has it; it is not required here, since nothing is built on it.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    access_token: str
    refresh_token: str
    access_expires_at: datetime.datetime
    refresh_expires_at: datetime.datetime
    client_id: int | None = None
    _additional_properties: Any = _NOTHING

    def __post_init__(self) -> None:
        if self.access_expires_at.__class__ is not datetime.datetime:
            _force_setattr(
                self,
                "access_expires_at",
                _moment("TokenPair.access_expires_at", self.access_expires_at),
            )
        if self.refresh_expires_at.__class__ is not datetime.datetime:
            _force_setattr(
                self,
                "refresh_expires_at",
                _moment("TokenPair.refresh_expires_at", self.refresh_expires_at),
            )
        if self._additional_properties.__class__ is not _Unknown:
            raise TypeError("TokenPair: unknown fields come by from_dict alone")

    def __hash__(self) -> int:
        return hash(
            (
                self.access_token,
                self.refresh_token,
                self.access_expires_at,
                self.refresh_expires_at,
                self.client_id,
            )
        )

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The fields that are there; of private ones and of unknown ones only the names."""
        fields: dict[str, Any] = {
            "access_token": _Withheld(),
            "refresh_token": _Withheld(),
            "access_expires_at": self.access_expires_at,
            "refresh_expires_at": self.refresh_expires_at,
            "client_id": self.client_id,
        }
        unknown = [(name, _Withheld()) for name in self._additional_properties]
        return [field for field in fields.items() if field[1] is not None] + unknown

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"TokenPair({fields})"

    @property
    def additional_properties(self) -> Mapping[str, Any]:
        """A copy of the fields that this version of the contract does not know (numbers as Decimal)."""
        return MappingProxyType(deepcopy(dict(self._additional_properties)))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, by the names of the wire; absent fields are left out, numbers stay Decimal."""
        field_dict: dict[str, Any] = deepcopy(dict(self._additional_properties))
        field_dict["access_token"] = self.access_token
        field_dict["refresh_token"] = self.refresh_token
        field_dict["access_expires_at"] = self.access_expires_at.isoformat().replace(
            "+00:00", "Z"
        )
        field_dict["refresh_expires_at"] = self.refresh_expires_at.isoformat().replace(
            "+00:00", "Z"
        )
        if self.client_id is not None:
            field_dict["client_id"] = self.client_id
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """From a decoded JSON object.

        Raises:
            TypeError: A required field is missing, or a field has another type than the contract says.
        """
        if not isinstance(src_dict, Mapping):
            raise _wrong("TokenPair", "an object", src_dict)
        _model, _rest = cls, dict(src_dict)
        access_token = _rest.pop("access_token", None)
        if access_token.__class__ is not str:
            raise _wrong("TokenPair.access_token", "a string", access_token)
        refresh_token = _rest.pop("refresh_token", None)
        if refresh_token.__class__ is not str:
            raise _wrong("TokenPair.refresh_token", "a string", refresh_token)
        access_expires_at = _rest.pop("access_expires_at", None)
        refresh_expires_at = _rest.pop("refresh_expires_at", None)
        client_id = _rest.pop("client_id", None)
        if client_id is not None:
            if client_id.__class__ is not int:
                raise _wrong("TokenPair.client_id", "an integer", client_id)
        return _model(
            access_token=access_token,
            refresh_token=refresh_token,
            access_expires_at=access_expires_at,
            refresh_expires_at=refresh_expires_at,
            client_id=client_id,
            _additional_properties=_Unknown(_rest) if _rest else _NOTHING,
        )


# msgspec looks at the annotations once, now; it would read a JSON string as an amount, and offsets in a way of its own.
_told = TokenPair.__annotations__.copy()
TokenPair.__annotations__["access_expires_at"] = Any
TokenPair.__annotations__["refresh_expires_at"] = Any
_Decoder(TokenPair)
TokenPair.__annotations__.update(_told)
