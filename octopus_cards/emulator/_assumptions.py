"""The settings for behaviour that the documentation leaves open.

Nobody has verified any of this against the live API. A client that depends on one of them depends on a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    | `success_status` | the HTTP status of a success | 200 |

    `rate_limits` is not an assumption: False turns off the documented limits of `/auth/login` and `/auth/refresh`.
    The emulator does not implement the limits of other operations.

    Assumptions without a setting:

    - An e-mail address is checked as documented and no further: present, not empty, at most 254 characters; null
      counts as missing.
    - The server checks the id before the body, and the body before the order.
    - The last value of a repeated parameter counts; an empty value is out of bounds.
    - A page past the end is empty.
    - The server replaces an `X-Request-Id` of 64 characters or more by its own.
    - `transaction_id` appears with the first status after PENDING.
    - The list omits `input_data`.
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
    rate_limits: bool = True
