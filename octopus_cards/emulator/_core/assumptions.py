"""What the documentation leaves open, and what the emulator assumes instead.

None of this is known of the live API. A client that depends on any of it depends on a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the envelope carries it."""

    status_code: int
    name: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """The settings of an emulator for what the documentation leaves open.

    | setting | what is not documented | assumed |
    |---|---|---|
    | `unknown_order` | the answer for an id that does not exist | 404 `NOT_FOUND` `Order not found` |
    | `locked_email` | the answer once the order is final | 400 `BAD_REQUEST` |
    | `wrong_token` | the text for a token that is not valid | 401 `Invalid token` (an older page, for logout) |
    | `spent_refresh_token` | the answer for a refresh token that is spent (401 is documented), or expired | 401 |
    | `refresh_revokes_access` | whether a renewal ends the access token of the old pair | it does not |
    | `unknown_route` | the answer for a path that does not exist | 404 `NOT_FOUND` |
    | `wrong_method` | the answer for a method that a path does not have | 405 with `Allow`, as RFC 9110 has it |
    | `out_of_range` | `page`, `per_page`, `status` and the other filters out of bounds | 400; or `clamp` numbers |
    | `back_channel_every` | when fulfilment reports by itself, in seconds | every 60 s |
    | `refresh_statuses` | which orders a read refreshes: `PENDING` is documented, others are open | only `PENDING` |
    | `success_status` | the HTTP status of reads | 200 |

    `rate_limits` is no assumption but a relief: False leaves out the documented limits of `/auth/login` and
    `/auth/refresh` (the others are left out anyway).

    And without a setting: an e-mail address is only checked as documented (present, not empty, not longer than
    254 characters; null counts as missing); an id is looked at before the body, and the body before the order; of a
    parameter that is repeated the last counts, and an empty one is out of bounds; a page past the end is empty;
    an `X-Request-Id` of 64 characters or more is not kept, and the server makes one;
    `transaction_id` appears with the first status after PENDING; the list leaves `input_data` out.
    """

    unknown_order: Problem = Problem(404, "NotFoundError", "NOT_FOUND", "Order not found")
    locked_email: Problem = Problem(
        400, "BadRequestError", "BAD_REQUEST", "Notification email cannot be changed for a completed order"
    )
    wrong_token: Problem = Problem(401, "UnauthorizedError", "UNAUTHORIZED", "Invalid token")
    spent_refresh_token: Problem = Problem(401, "UnauthorizedError", "UNAUTHORIZED", "Invalid refresh token")
    refresh_revokes_access: bool = False
    unknown_route: Problem = Problem(404, "NotFoundError", "NOT_FOUND", "Route not found")
    wrong_method: Problem = Problem(405, "MethodNotAllowedError", "METHOD_NOT_ALLOWED", "Method not allowed")
    out_of_range: Literal["reject", "clamp"] = "reject"
    back_channel_every: float = 60.0
    refresh_statuses: frozenset[str] = frozenset({"PENDING"})
    success_status: int = 200
    rate_limits: bool = True
