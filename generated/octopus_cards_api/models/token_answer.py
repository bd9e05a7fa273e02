# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.token_pair import TokenPair


def _wrong(where: str, rule: str, value: Any) -> Exception:
    """The refusal of a value: the field and the rule, and of the value only its type, for it may be private."""
    found = "absent or null" if value is None else type(value).__name__
    return TypeError(f"{where}: {rule} expected, got {found}")


@_attrs_define(frozen=True, kw_only=True, repr=False)
class TokenAnswer:
    """A pair of tokens, wrapped.

    Attributes:
        success (bool): Always true.
        data (TokenPair): A pair of tokens, both JWTs.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    success: bool
    data: TokenPair = _attrs_field(hash=False)
    _additional_properties: dict[str, Any] = _attrs_field(
        factory=dict, converter=dict, hash=False
    )

    def __repr__(self) -> str:
        """The fields that are there; of private ones and of unknown ones only the names."""
        fields: dict[str, Any] = {
            "success": self.success,
            "data": self.data,
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
        return f"TokenAnswer({', '.join(shown)})"

    @property
    def additional_properties(self) -> Mapping[str, Any]:
        """A copy of the fields that this version of the contract does not know (numbers as Decimal)."""
        return MappingProxyType(deepcopy(self._additional_properties))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object, by the names of the wire; absent fields are left out, numbers stay Decimal."""
        field_dict: dict[str, Any] = deepcopy(self._additional_properties)
        field_dict["success"] = self.success
        field_dict["data"] = self.data.to_dict()
        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """From a decoded JSON object.

        Raises:
            TypeError: A required field is missing, or a field has another type than the contract says.
        """
        if not isinstance(src_dict, Mapping):
            raise _wrong("TokenAnswer", "an object", src_dict)
        _model, _rest = cls, dict(src_dict)
        success = _rest.pop("success", None)
        if success.__class__ is not bool:
            raise _wrong("TokenAnswer.success", "true or false", success)
        data = _rest.pop("data", None)
        if not isinstance(data, Mapping):
            raise _wrong("TokenAnswer.data", "an object", data)
        data = TokenPair.from_dict(data)
        return _model(
            success=success,
            data=data,
            additional_properties=_rest,
        )
