"""Topup products and their variants."""

from __future__ import annotations

from octopus_cards._engine.rows import AsyncOnInvalid
from octopus_cards.resources._async.base import AsyncItemList, AsyncResource
from octopus_cards.resources.topup_rules import PRODUCT, VARIANT, TopupTypeName
from octopus_cards_api.models import TopupProduct, TopupProductDetails, TopupType, TopupVariant
from octopus_cards_api.operations import (
    GET_TOPUP_PRODUCT,
    GET_TOPUP_VARIANT,
    LIST_TOPUP_PRODUCTS,
    LIST_TOPUP_VARIANTS,
)


class AsyncTopupProductList(AsyncItemList[TopupProduct]):
    """All topup products that match, fetched page by page while the list is iterated.

    Creating it sends nothing; each iteration starts at the beginning, with one call a page. Each product is yielded
    once. The order of the products is the server's; none is documented.
    """

    __module__ = "octopus_cards"


class AsyncTopupProducts(AsyncResource):
    """The topup products that the account may order.

    Every method raises ValueError or TypeError for its arguments before anything is sent, and otherwise only exceptions
    of this package. Source: documentation pages reference/topups/products and reference/topups/variants, seen in part.
    """

    __module__ = "octopus_cards"

    def list(
        self,
        *,
        type: TopupType | TopupTypeName | None = None,  # noqa: A002
        search: str | None = None,
        per_page: int = 50,
        on_invalid: AsyncOnInvalid = "raise",
        request_id: str | None = None,
    ) -> AsyncTopupProductList:
        """Return all products that match: one call a page, made during the iteration.

        Args:
            type: Yield only products of this type: "GAMING", "MOBILE" or "UTILITY".
            search: Yield only products whose name contains this text, in upper or lower case.
            per_page: The number of products in a page, from 1; the documentation states no maximum.
            on_invalid: What to do with a product that breaks the contract; see `topups.orders.page`.
            request_id: The `X-Request-Id` of every request; by default a new KSUID for each.
        """
        options = {"on_invalid": on_invalid}
        arguments = {"type": type, "search": search, "per_page": per_page}
        return AsyncTopupProductList(self._driver, self._pages(LIST_TOPUP_PRODUCTS, request_id, options, **arguments))

    async def get(self, product_id: int, *, request_id: str | None = None) -> TopupProductDetails:
        """Return one product, with the fields that an order needs in its `input_data`: one call.

        The documentation of this response was not seen: each of its fields may be None, and an entry of `input_fields`
        is a mapping with the keys that the server sent.

        Raises:
            NotFoundError: There is no such product for this account (the documentation does not show this response).
            InvalidResponseError: The response is another product than requested.
        """
        return await self._read(GET_TOPUP_PRODUCT, PRODUCT, request_id, topup_product_id=product_id)

    async def variants(self, product_id: int, *, request_id: str | None = None) -> tuple[TopupVariant, ...]:
        """Return the variants (price points) of a product: one call.

        They show which amounts an order may have, also by `variant.accepts(amount)`. An order does not name a variant.

        Raises:
            NotFoundError: There is no such product for this account (the documentation does not show this response).
        """
        variants = await self._call(LIST_TOPUP_VARIANTS, request_id, topup_product_id=product_id)
        return tuple(variants)


class AsyncTopupVariants(AsyncResource):
    """The variants (price points) of topup products. Source: documentation page reference/topups/variants."""

    __module__ = "octopus_cards"

    async def get(self, variant_id: int, *, request_id: str | None = None) -> TopupVariant:
        """Return one variant by its id: one call.

        Only the method and the path of this operation are documented.

        Raises:
            NotFoundError: There is no such variant for this account (the documentation does not show this response).
            InvalidResponseError: The response is another variant than requested.
        """
        return await self._read(GET_TOPUP_VARIANT, VARIANT, request_id, variant_id=variant_id)
