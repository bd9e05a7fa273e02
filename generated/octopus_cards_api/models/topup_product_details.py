# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from __future__ import annotations

from typing import ClassVar

from ..models.topup_input_field import TopupInputField
from ..runtime import Field as _Field
from ..runtime import Model as _Model
from ..runtime import UnknownFields as _UnknownFields


class TopupProductDetails(
    _Model,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    weakref=True,
):
    """A topup product with the fields that an order needs. The documentation page was cut before it.

    Attributes:
        id (int | None): Product id.
        name (str | None): Display name, e.g. `PUBG Mobile UC`.
        topup_type (str | None): Kind of product; the API may add values to the known ones.
        country_code (str | None): Country as an ISO 3166-1 alpha-3 code, or `GLO`.
        currency_code (str | None): Currency of the product's amounts as an ISO 4217 code.
        image_url (str | None): URL of a picture; may be empty.
        input_fields (tuple[TopupInputField, ...] | None): Describes the keys that `input_data` of an order allows and requires.
        additional_properties (Mapping[str, Any]): Fields that this version of the contract does not know.
    """

    id: int | None = None
    name: str | None = None
    topup_type: str | None = None
    country_code: str | None = None
    currency_code: str | None = None
    image_url: str | None = None
    input_fields: tuple[TopupInputField, ...] | None = None
    _fields_: ClassVar[tuple[_Field, ...]] = (
        _Field(name="id", wire="id", kind="integer"),
        _Field(name="name", wire="name", kind="text"),
        _Field(name="topup_type", wire="topup_type", kind="text"),
        _Field(name="country_code", wire="country_code", kind="text"),
        _Field(name="currency_code", wire="currency_code", kind="text"),
        _Field(name="image_url", wire="image_url", kind="text"),
        _Field(
            name="input_fields",
            wire="input_fields",
            kind="list",
            item=_Field(
                name="input_fields",
                wire="input_fields",
                kind="model",
                model=TopupInputField,
            ),
        ),
    )

    def __post_init__(self) -> None:
        if self._additional_properties.__class__ is not _UnknownFields:
            raise TypeError("TopupProductDetails: only from_dict takes unknown fields")
