# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Self

from msgspec import Struct as _Struct


def _wrong(where: str, rule: str, value: Any) -> Exception:
    """The refusal of a value: the field and the rule, and of the value only its type, for it may be private."""
    found = "absent or null" if value is None else type(value).__name__
    return TypeError(f"{where}: {rule} expected, got {found}")


class _Withheld:
    """Stands for a value that no text may show."""

    def __repr__(self) -> str:
        return "<withheld>"


class _Unknown(dict[str, Any]):
    """Fields that this version of the contract does not know. JSON makes none of these, whatever it names a field."""


_NOTHING = _Unknown()


class LogoutConfirmation(
    _Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """The confirmation that every token is revoked.

    Attributes:
        message (str): A sentence for people to read.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    message: str
    _additional_properties: Any = _NOTHING

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _Unknown:
            raise TypeError(
                "LogoutConfirmation: unknown fields come by from_dict alone"
            )

    def __hash__(self) -> int:
        return hash((self.message,))

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The fields that are there; of private ones and of unknown ones only the names."""
        fields: dict[str, Any] = {
            "message": self.message,
        }
        unknown = [(name, _Withheld()) for name in self._additional_properties]
        return [field for field in fields.items() if field[1] is not None] + unknown

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"LogoutConfirmation({fields})"

    @property
    def additional_properties(self) -> Mapping[str, Any]:
        """A copy of the fields that this version of the contract does not know (numbers as Decimal)."""
        return MappingProxyType(deepcopy(dict(self._additional_properties)))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, by the names of the wire; absent fields are left out, numbers stay Decimal."""
        field_dict: dict[str, Any] = deepcopy(dict(self._additional_properties))
        field_dict["message"] = self.message
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """From a decoded JSON object.

        Raises:
            TypeError: A required field is missing, or a field has another type than the contract says.
        """
        if not isinstance(src_dict, Mapping):
            raise _wrong("LogoutConfirmation", "an object", src_dict)
        _model, _rest = cls, dict(src_dict)
        message = _rest.pop("message", None)
        if message.__class__ is not str:
            raise _wrong("LogoutConfirmation.message", "a string", message)
        return _model(
            message=message,
            _additional_properties=_Unknown(_rest) if _rest else _NOTHING,
        )
