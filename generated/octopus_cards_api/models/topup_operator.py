# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class TopupOperator(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """A mobile product that may serve the number.

    Attributes:
        product_id (int): Id of the product, for charges and orders.
        name (str): Name of the operator.
        country_code (str): Country as an ISO 3166-1 alpha-3 code.
        identified (bool): Whether this is the best guess; false for an alternative.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    product_id: int
    name: str
    country_code: str
    identified: bool
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="product_id", wire="product_id", kind="integer", required=True),
        _Field(name="name", wire="name", kind="text", required=True),
        _Field(name="country_code", wire="country_code", kind="text", required=True),
        _Field(name="identified", wire="identified", kind="boolean", required=True),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("TopupOperator: only from_dict takes unknown fields")
