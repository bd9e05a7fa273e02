"""The catalogue at the start: the documented products and variants, and what their orders need.

The input fields, the variants of the mobile products and their bounds are assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from octopus_cards.emulator._areas.catalogue import Catalogue
from octopus_cards.emulator._areas.product_forms import InputField, product_from

_GLOBAL, _INDIA = {"code": "GLO", "name": "Global"}, {"code": "IND", "name": "India"}
_PHONE = {"name": "phone_number", "label": "Phone number", "type": "tel", "required": True}


def _product(name: str, topup_type: str, country_code: str, currency_code: str, image: str) -> Mapping[str, str]:
    return {
        "name": name,
        "topup_type": topup_type,
        "country_code": country_code,
        "currency_code": currency_code,
        "image_url": image and f"https://cdn.example.com/{image}.png",
    }


def _uc(variant_id: int, par_value: str, amount: str, **more: str) -> Mapping[str, Any]:
    return {
        "id": variant_id,
        "name": par_value,
        "category": "In-Game Currency",
        "fixed_amounts": [amount],
        "available_in": [_GLOBAL],
        "fields": {"par_value": par_value, "delivery_time": "Instant", **more},
    }


def _airtime(variant_id: int, low: int, high: int) -> Mapping[str, Any]:
    bounds = {"min_amount": low, "max_amount": high}
    other = {"available_in": [_INDIA], "fields": {"delivery_time": "Instant"}}
    return {"id": variant_id, "name": "Airtime", "category": "Airtime", **bounds, **other}


def _data(variant_id: int, name: str, amount: str) -> Mapping[str, Any]:
    other = {"available_in": [_INDIA], "fields": {"par_value": name, "validity_days": "28"}}
    return {"id": variant_id, "name": name, "category": "Data", "fixed_amounts": [amount], **other}


_PUBG_FIELDS: Sequence[InputField] = (
    {"name": "player_id", "label": "Player ID", "type": "text", "required": True},
    {"name": "server", "label": "Server", "type": "text", "required": False},
)
# For each product: its id, its description, its variants, its input fields.
_PRODUCTS: Sequence[tuple[int, Mapping[str, str], Sequence[Mapping[str, Any]], Sequence[InputField]]] = (
    (
        4218,
        _product("PUBG Mobile UC", "GAMING", "GLO", "USD", "pubg-mobile"),
        [_uc(88412, "60 UC", "0.99", validity_days="365"), _uc(88413, "325 UC", "4.99")],
        _PUBG_FIELDS,
    ),
    (
        4219,
        _product("Airtel India", "MOBILE", "IND", "INR", "airtel"),
        [_airtime(88420, 10, 5000), _data(88421, "2 GB / 28 days", "299")],
        [_PHONE],
    ),
    (
        4231,
        _product("Vi (Vodafone Idea) India", "MOBILE", "IND", "INR", ""),
        [_data(88430, "1 GB / 28 days", "100.00"), _airtime(88431, 10, 3000)],
        [_PHONE],
    ),
)


def sample_catalogue() -> Catalogue:
    """Return the catalogue at the start."""
    catalogue = Catalogue()
    for product_id, description, variants, input_fields in _PRODUCTS:
        catalogue.add(product_from((product_id, 0), description, variants, input_fields))
    return catalogue
