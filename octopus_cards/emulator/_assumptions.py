"""The settings for behaviour that the documentation leaves open.

Nobody has verified any of this against the live API. A client that depends on one of them depends on a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from octopus_cards.emulator._core.problems import Problem, unauthorized


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """The settings of an emulator for behaviour that the documentation leaves open.

    | setting | what is not documented | assumed |
    |---|---|---|
    | `unknown_order` | the response to an id that does not exist | 404 `NOT_FOUND` `Order not found` |
    | `locked_email` | the response once the order is final | 400 `BAD_REQUEST` |
    | `wrong_token` | the message for an invalid token | 401 `Invalid token` (from an older page, for logout) |
    | `spent_refresh_token` | the response to a used (401 is documented) or expired refresh token | 401 |
    | `refresh_revokes_access` | whether a refresh revokes the access token of the old pair | it does not |
    | `unknown_route` | the response to a path that does not exist | 404 `NOT_FOUND` |
    | `wrong_method` | the response to a method that a path does not support | 405 with `Allow`, as in RFC 9110 |
    | `out_of_range` | `page`, `per_page`, `status` and other filters out of bounds | 400; `clamp` bounds numbers |
    | `back_channel_every` | how often fulfilment reports without being asked, in seconds | every 60 s |
    | `refresh_statuses` | which orders a read refreshes: `PENDING` is documented, others are open | only `PENDING` |
    | `success_status` | the HTTP status of a success other than that of a creation | 200 |
    | `unknown_product`, `unknown_variant`, `unknown_wallet` | the responses to unknown ids | 404 `NOT_FOUND` |
    | `insufficient_funds` | the status, name and message (the code is documented) | 400 `BadRequestError` |
    | `create_status` | the HTTP status of a created order | 200 |
    | `create_waits` | for how many seconds a creation holds until the order is final, to respond with its final \
      status; the emulator's clock does not move meanwhile, so `completed_at` lies ahead of it | 0: it does not wait |
    | `duplicate_check` | whether a reference that is in use or a low balance is noticed first | the reference |
    | `rejected_uses_reference` | whether a creation that was refused uses up its reference | it does not |
    | `reference_lifetime` | for how many seconds a reference stays in use; the look-up then returns every order that \
      had it | None: for ever |
    | `reference_case_sensitive` | whether references that differ only in case differ; the look-up is exact | yes |
    | `list_delay` | seconds until the list and the look-up show a created order; a read by id does at once | 0 |
    | `charges_are_exact` | whether the debit is the estimated `total_payable`; else it is 0.01 more | it is |
    | `conversion_fee` | the fee of a conversion, in the wallet's currency (a guide: fixed, currently 0) | 0.00 |

    Assumptions without a setting:

    - An e-mail address is checked as documented and no further: present, not empty, at most 254 characters; null
      counts as missing.
    - The server checks the id before the body, and the body before the order.
    - The last value of a repeated parameter counts; an empty value is out of bounds.
    - A page past the end is empty.
    - The server replaces an `X-Request-Id` of 64 characters or more by its own.
    - `transaction_id` appears with the first status after PENDING.
    - The list omits `input_data`.
    - Each object in `input_fields` of a product has `name`, `label`, `type` and `required`.
    - A page of products has 500 rows at most, and the search looks for a part of the name.
    - A look-up needs `+` and 5 to 15 digits; the first product of the number's country counts as identified.
    - A creation checks, in this order: the body, the product, the amount with its category, the input data, the
      reference, the wallet, whether the reference is in use, the balance. Null counts as missing, and unknown keys of
      the body are ignored.
    - A value in `input_data` is a string; a required one is not empty.
    - An amount in a range has at most four decimals. Where a fixed amount and a range match, the fixed one counts.
    - The discount is 5 %, as in the documented order. Exchange rates are fixed; a converted amount is rounded to two
      decimals, halves up. `net_amount` and `handling_fee_amount` appear only with a conversion.
    - The client's default currency is that of its first wallet. Every wallet can pay for every product.
    - A request that is answered with 401 or 429 does not count against its rate limit.
    - The messages of the creation's validation errors; each names the field.
    - Webhooks: the service sends none for topup orders yet, and the planned names were not seen. The emulator sends
      `order.` and the status in lower case with the payload of voucher orders: `order.delivered`, `order.failed` and
      `order.cancelled` are documented types, `order.pending` for a created order and others are not. It sends no
      `wallet.*` events, whose payload was not seen.
    - A delivery is repeated after 1, 2, 4, ... seconds, 8 times in all; only the exponential growth is documented.
    - A cancelled order is refunded as a failed one is. The refund happens when the stored order changes.
    """

    unknown_order: Problem = Problem(404, "NotFoundError", "NOT_FOUND", "Order not found")
    locked_email: Problem = Problem(
        400, "BadRequestError", "BAD_REQUEST", "Notification email cannot be changed for a completed order"
    )
    wrong_token: Problem = unauthorized("Invalid token")
    spent_refresh_token: Problem = unauthorized("Invalid refresh token")
    refresh_revokes_access: bool = False
    unknown_route: Problem = Problem(404, "NotFoundError", "NOT_FOUND", "Route not found")
    wrong_method: Problem = Problem(405, "MethodNotAllowedError", "METHOD_NOT_ALLOWED", "Method not allowed")
    out_of_range: Literal["reject", "clamp"] = "reject"
    back_channel_every: float = 60.0
    refresh_statuses: frozenset[str] = frozenset({"PENDING"})
    success_status: int = 200
    unknown_product: Problem = Problem(404, "NotFoundError", "NOT_FOUND", "Product not found")
    unknown_variant: Problem = Problem(404, "NotFoundError", "NOT_FOUND", "Variant not found")
    unknown_wallet: Problem = Problem(404, "NotFoundError", "NOT_FOUND", "Wallet not found")
    insufficient_funds: Problem = Problem(400, "BadRequestError", "INSUFFICIENT_FUNDS", "Insufficient funds")
    create_status: int = 200
    create_waits: float = 0.0
    duplicate_check: Literal["before balance", "after balance"] = "before balance"
    rejected_uses_reference: bool = False
    reference_lifetime: float | None = None
    reference_case_sensitive: bool = True
    list_delay: float = 0.0
    charges_are_exact: bool = True
    conversion_fee: Decimal = Decimal("0.00")
