"""The part of the emulator's interface that adds topup orders."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from octopus_cards.emulator._areas.fulfilment_plans import failure_of
from octopus_cards.emulator._areas.topup_order import transition_times
from octopus_cards.emulator._areas.topup_samples import past_orders
from octopus_cards.emulator._areas.topup_store import TopupStore
from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.pipeline import RequestPipeline


class TopupSetup:
    """Methods of `Emulator` that prepare topup orders for a test."""

    clock: EmulatorClock
    _random: Random
    _topups: TopupStore
    _pipeline: RequestPipeline

    def add_topup_order(
        self,
        *,
        delivered_after: float | None = None,
        failed_after: float | None = None,
        cancelled_after: float | None = None,
        transitions: Sequence[tuple[float, str]] = (),
        status: str = "PENDING",
        status_text: str | None = None,
        client_reference: str | None = None,
        product_id: int | None = None,
        product_name: str | None = None,
        variant_name: str | None = None,
        country_code: str | None = None,
        amount: Decimal | int | str | None = None,
        currency: str | None = None,
        input_data: Mapping[str, Any] | None = None,
        created_at: datetime.datetime | None = None,
        failure_code: str | None = None,
        failure_reason: str | None = None,
        is_user_fixable: bool | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> int:
        """Store a new order at the top of the list and return its id. It takes nothing from a wallet.

        Args:
            delivered_after: Seconds after its creation at which fulfilment delivers it. As documented, the stored
                order changes only when a client reads it or the back-channel reports.
            failed_after: Seconds after its creation at which it fails.
            cancelled_after: Seconds after its creation at which it is cancelled.
            transitions: Any other status changes, as (seconds after its creation, status).
            status: The first status; a final one completes the order at its creation.
            status_text: The text for people; by default one that fits the status.
            client_reference: The caller's unique reference.
            product_id: The product. The seed chooses product fields that are not given from a small catalogue.
            product_name: See `product_id`.
            variant_name: See `product_id`.
            country_code: See `product_id`.
            amount: The debited amount; responses contain exactly its digits.
            currency: See `product_id`.
            input_data: The recipient.
            created_at: The time of creation; by default now.
            failure_code: The machine-readable cause, once the order has failed; by default there is none.
            failure_reason: The cause for the customer.
            is_user_fixable: Whether the customer can correct the cause.
            extra: Fields that the contract does not contain.

        Raises:
            ValueError: Another order has the client_reference, a time is negative, or created_at is naive.
        """
        final = {"DELIVERED": delivered_after, "FAILED": failed_after, "CANCELLED": cancelled_after}
        given = {
            "status": status,
            "status_text": status_text,
            "client_reference": client_reference,
            "product_id": product_id,
            "product_name": product_name,
            "variant_name": variant_name,
            "country_code": country_code,
            "amount": None if amount is None else Decimal(amount),
            "currency": currency,
            "input_data": None if input_data is None else dict(input_data),
            "created_at": created_at,
        }
        with self._pipeline.lock:
            failure = failure_of(failure_code, failure_reason, is_user_fixable)
            return self._topups.add(given, transition_times(transitions, final), extra or {}, failure)

    add_order = add_topup_order

    def populate(self, count: int) -> list[int]:
        """Add `count` orders, spaced a few minutes apart, ending now, and return their ids.

        Fulfilment has completed most of them, so a read returns a final status; it delivers the rest within a minute.

        Raises:
            ValueError: `count` is negative.
        """
        if count < 0:
            raise ValueError(f"count must be 0 or more, got {count}")
        return [self.add_topup_order(**order) for order in past_orders(count, self._random, self.clock.now())]
