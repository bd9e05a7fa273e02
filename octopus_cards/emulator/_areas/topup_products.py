"""The operations on topup products and variants. Source: documentation pages reference/topups/products and variants."""

from __future__ import annotations

import re
from collections.abc import Sequence

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._areas.catalogue import TOPUP_TYPES, Catalogue, Product
from octopus_cards.emulator._areas.documented_limits import READ
from octopus_cards.emulator._assumptions import Assumptions
from octopus_cards.emulator._core.paging import paging_headers, query_integer
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import ErrorResponse, invalid, json_response
from octopus_cards.emulator._core.router import Route


class TopupProducts:
    """The handlers of the products in a catalogue."""

    def __init__(self, catalogue: Catalogue, assumptions: Assumptions) -> None:
        self._catalogue = catalogue
        self._assumptions = assumptions

    def routes(self) -> Sequence[Route]:
        """Return the operations of this area."""
        products, variants = "/api/v1/topups/products", "/api/v1/topups/variants"
        return (
            Route(method="GET", path=products, handler=self._list, rate_class=READ),
            Route(method="GET", path=f"{products}/{{product_id}}", handler=self._get, rate_class=READ),
            Route(method="GET", path=f"{products}/{{product_id}}/variants", handler=self._variants, rate_class=READ),
            Route(method="GET", path=f"{variants}/{{variant_id}}", handler=self._variant, rate_class=READ),
        )

    def _list(self, request: ReceivedRequest) -> RawResponse:
        clamp = self._assumptions.out_of_range == "clamp"
        page = query_integer(request.query, "page", 1, clamp=clamp)
        per_page = query_integer(request.query, "per_page", 50, maximum=500, clamp=clamp)
        topup_type = request.query.get("type")
        if topup_type is not None and topup_type not in TOPUP_TYPES:
            raise invalid("Invalid type")
        found = self._catalogue.select(topup_type, request.query.get("search", ""))
        rows = [product.to_json(detail=False) for product in found[(page - 1) * per_page : page * per_page]]
        headers = paging_headers(page, per_page, len(rows), len(found))
        return json_response(self._assumptions.success_status, rows, headers)

    def _get(self, request: ReceivedRequest, product_id: str) -> RawResponse:
        return json_response(self._assumptions.success_status, self._product(product_id).to_json(detail=True))

    def _variants(self, request: ReceivedRequest, product_id: str) -> RawResponse:
        variants = [variant.to_json() for variant in self._product(product_id).variants]
        return json_response(self._assumptions.success_status, variants)

    def _variant(self, request: ReceivedRequest, variant_id: str) -> RawResponse:
        variant = self._catalogue.variant(_parse_id(variant_id, "Invalid variant ID"))
        if variant is None:
            raise ErrorResponse(self._assumptions.unknown_variant)
        return json_response(self._assumptions.success_status, variant.to_json())

    def _product(self, product_id: str) -> Product:
        product = self._catalogue.product(_parse_id(product_id, "Invalid product ID"))
        if product is None:
            raise ErrorResponse(self._assumptions.unknown_product)
        return product


def _parse_id(text: str, message: str) -> int:
    if not re.fullmatch("[+-]?[0-9]{1,19}", text) or int(text) not in range(-(2**63), 2**63):
        raise invalid(message)
    return int(text)
