# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field


def _wrong(where: str, rule: str, value: Any) -> Exception:
    """The refusal of a value: the field and the rule, and of the value only its type, for it may be private."""
    found = "absent or null" if value is None else type(value).__name__
    return TypeError(f"{where}: {rule} expected, got {found}")


@_attrs_define(frozen=True, kw_only=True, repr=False)
class LogoutConfirmation:
    """The confirmation that every token is revoked.

    Attributes:
        message (str): A sentence for people to read.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    message: str
    _additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, converter=dict, hash=False
    )

    def __repr__(self) -> str:
        """The fields that are there; of private ones and of unknown ones only the names."""
        fields: dict[str, Any] = {
            "message": self.message,
        }
        withheld = {*self._additional_properties}
        shown = [
            f"{name}={value!r}"
            for name, value in fields.items()
            if value is not None and name not in withheld
        ]
        shown += [
            f"{name}=<withheld>"
            for name in withheld
            if fields.get(name, True) is not None
        ]
        return f"LogoutConfirmation({', '.join(shown)})"

    @property
    def additional_properties(self) -> Mapping[str, Any]:
        """A copy of the fields that this version of the contract does not know (numbers as Decimal)."""
        return MappingProxyType(deepcopy(self._additional_properties))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, by the names of the wire; absent fields are left out, numbers stay Decimal."""
        field_dict: dict[str, Any] = deepcopy(self._additional_properties)
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
            additional_properties=_rest,
        )
