"""Placing topup orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from octopus_cards._engine.journal_entries import JournalStore
from octopus_cards._engine.purchases import Placement
from octopus_cards.resources._async.base import AsyncResource
from octopus_cards.resources.topup_rules import TOPUP_ORDER_PLACING
from octopus_cards_api.models import TopupOrder


class AsyncTopupPlacing(AsyncResource):
    """The methods that place topup orders."""

    async def place(
        self,
        product_id: int,
        amount: Decimal | int | str,
        *,
        client_reference: str,
        input_data: Mapping[str, Any] | None = None,
        category: str | None = None,
        wallet_id: int | None = None,
        max_debit: Decimal | int | str | None = None,
        journal: JournalStore | None = None,
        request_id: str | None = None,
    ) -> Placement[TopupOrder]:
        """Place an order, at most once for its client_reference, and return it: one call where nothing goes wrong.

        The wallet is debited at once; the order is usually PENDING, and `wait` returns it when it is final. Call this
        again with the same arguments after any error: it returns the order that exists, or places it. After a lost
        response the client sends the request again, because the server refuses a reference that it knows, and then
        looks the order up for up to 30 seconds; all within the deadline of the client.

        Args:
            product_id: The id of the product.
            amount: The amount in the currency of the product: a fixed amount of a variant, or within its range. It is
                not the debit, which a discount makes smaller.
            client_reference: Your own key of the purchase, 1 to 255 printable ASCII characters, unique for the account.
                Store it with the purchase before the call, and use it again for every attempt. A reference made from
                the time or a random number within the call cannot prevent a second order.
            input_data: The recipient's data, with the keys that `input_fields` of the product names.
            category: Choose among the variants of this category only ("Airtime", "Data", "Bundle").
            wallet_id: The wallet to debit; by default the one in the currency of the variant, else the one in the
                default currency of the account.
            max_debit: The most that may leave the wallet, in its currency. The client asks for the price first (one
                more call), and places no order whose price is above it. The server may still debit more than it stated:
                `exceeds_max_debit` of the result says so.
            journal: A `Journal`, in which the order survives the end of this process: `client.recover` finishes it.
            request_id: See `page`.

        Returns:
            The order, and whether this call placed it.

        Raises:
            ReferenceConflictError: The reference belongs to an order for another purchase, or to more than one order;
                or the journal has another request with it, or has it for another server.
            DebitLimitError: The order would cost more than `max_debit`. Nothing was ordered.
            ValidationFailedError: The server refused a field, which `field` names. Nothing was ordered.
            APIError: The server refused the order, e.g. with the code INSUFFICIENT_FUNDS. Nothing was ordered.
            NotSentError: Nothing was ordered: the request did not reach the server, or there was no time for it.
            OutcomeUnknownError: The client could not know in time whether the order exists; or it exists, `order_id`
                is its id, and it cannot be read now. Call again with the same arguments, or `resolve` its
                `client_reference`.
            JournalError: The journal cannot be written. Nothing was sent. (A journal that fails after the request was
                sent is only logged; its entry stays unfinished.)

        Source: documentation pages reference/topups/create-order (seen in part) and best-practices/idempotency.
        """
        arguments = _arguments(product_id, amount, client_reference, input_data, category, wallet_id)
        options = {"max_debit": max_debit, "journal": journal, "request_id": request_id}
        return await self._place(TOPUP_ORDER_PLACING, arguments, options)

    async def create(
        self,
        product_id: int,
        amount: Decimal | int | str,
        *,
        client_reference: str | None = None,
        input_data: Mapping[str, Any] | None = None,
        category: str | None = None,
        wallet_id: int | None = None,
        request_id: str | None = None,
    ) -> TopupOrder:
        """Place an order by one request, and leave its failures to the caller; `place` handles them.

        The request is repeated only if the server did not execute it: it was not sent, or was answered with 401 or 429.

        Args:
            product_id: See `place`.
            amount: See `place`.
            client_reference: See `place`. An order without one cannot be retried safely.
            input_data: See `place`.
            category: See `place`.
            wallet_id: See `place`.
            request_id: See `page`.

        Raises:
            DuplicateReferenceError: An order with this reference was accepted before.
            OutcomeUnknownError: The order may have been placed: the response was lost or cannot be read, or a server or
                a proxy failed; `__cause__` says which. It is `retryable` only with a reference.
            APIError: The server refused the order.

        Source: documentation page reference/topups/create-order, seen in part.
        """
        arguments = _arguments(product_id, amount, client_reference, input_data, category, wallet_id)
        return await self._create(TOPUP_ORDER_PLACING, request_id, arguments)

    async def resolve(self, client_reference: str, *, request_id: str | None = None) -> Placement[TopupOrder] | None:
        """Return the order that has this client_reference, with created=False; None if the list shows none: one call.

        None does not prove that the order does not exist: the list may lag behind, or a request may still be on its
        way. `place` with the same arguments settles it.

        Args:
            client_reference: 1 to 255 printable ASCII characters, matched exactly.
            request_id: See `page`.
        """
        return await self._resolve(TOPUP_ORDER_PLACING, client_reference, request_id)


def _arguments(
    product_id: int,
    amount: Decimal | int | str,
    client_reference: str | None,
    input_data: Mapping[str, Any] | None,
    category: str | None,
    wallet_id: int | None,
) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "amount": amount,
        "client_reference": client_reference,
        "input_data": input_data,
        "category": category,
        "wallet_id": wallet_id,
    }
