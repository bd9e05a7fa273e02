# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class TopupProduct(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """A topup product of the catalogue.

    Attributes:
        id (int): Product id.
        name (str): Display name, e.g. `PUBG Mobile UC`.
        topup_type (str): Kind of product; the API may add values to the known ones.
        country_code (str): Country as an ISO 3166-1 alpha-3 code, or `GLO`.
        currency_code (str): Currency of the product's amounts as an ISO 4217 code.
        image_url (str | None): URL of a picture; may be empty.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    id: int
    name: str
    topup_type: str
    country_code: str
    currency_code: str
    image_url: str | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="id", wire="id", kind="integer", required=True),
        _Field(name="name", wire="name", kind="text", required=True),
        _Field(name="topup_type", wire="topup_type", kind="text", required=True),
        _Field(name="country_code", wire="country_code", kind="text", required=True),
        _Field(name="currency_code", wire="currency_code", kind="text", required=True),
        _Field(name="image_url", wire="image_url", kind="text"),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("TopupProduct: only from_dict takes unknown fields")
