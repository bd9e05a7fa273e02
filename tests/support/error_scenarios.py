"""What the cassettes show of the errors of the order operations."""

from __future__ import annotations

import octopus_cards as oc
from support.scenario_steps import DOCUMENTED, EMAIL, SCRIPTED, Scenario, documented, error, first_page, raises, step

ERROR_SCENARIOS: dict[str, Scenario] = {
    "error_401": Scenario(
        "no token, as documented",
        (step("page"),),
        raises(oc.AuthenticationError, "Authentication required", code="UNAUTHORIZED", status_code=401),
        documented("error-401.json", 401),
        source=DOCUMENTED,
    ),
    "error_400_order_id": Scenario(
        "an id of more than 64 bits, as documented",
        (step("get", order_id=2**63),),
        raises(oc.ValidationFailedError, "Invalid order ID", name="ValidationException", status_code=400),
    ),
    "error_400_email": Scenario(
        "no e-mail address, as documented",
        (step("set_notification_email", order_id=9123456, email=EMAIL),),
        raises(oc.ValidationFailedError, "email is required", code="VALIDATION_FAILURE"),
        documented("error-400-email.json", 400),
        source=DOCUMENTED,
    ),
    "error_400_email_too_long": Scenario(
        "an e-mail address that is too long, as documented",
        (step("set_notification_email", order_id=9123456, email=EMAIL),),
        raises(oc.ValidationFailedError, "email is too long (max 254 characters)"),
        error(400, message="email is too long (max 254 characters)"),
        source=SCRIPTED,
    ),
    "error_400_body": Scenario(
        "an invalid body, as documented",
        (step("set_notification_email", order_id=9123456, email=EMAIL),),
        raises(oc.ValidationFailedError, "Invalid request body"),
        error(400, message="Invalid request body"),
        source=SCRIPTED,
    ),
    "error_403": Scenario(
        "an IP address outside the account's allowlist (older page)",
        (step("page"),),
        raises(oc.PermissionDeniedError, "IP address not authorized", code="FORBIDDEN"),
        error(403),
        source=SCRIPTED,
    ),
    "error_404": Scenario(
        "an id that does not exist (the text is assumed)",
        (step("get", order_id=1),),
        raises(oc.NotFoundError, code="NOT_FOUND", status_code=404),
    ),
    "error_429": Scenario(
        "too many requests, as documented",
        (step("page"),),
        raises(oc.RateLimitError, "Rate limit exceeded. Retry after 12 seconds.", retry_after=12.0),
        error(429, retry_after=12),
        source=SCRIPTED,
    ),
    "error_429_then_served": Scenario(
        "too many requests, then success on the second attempt",
        (step("page", per_page=3),),
        first_page,
        error(429, retry_after=12),
        source=SCRIPTED,
        attempts=2,
    ),
    "error_500": Scenario(
        "a server error (the text is assumed)",
        (step("page"),),
        raises(oc.ServerError, code="INTERNAL_SERVER_ERROR", status_code=500),
        error(500),
        source=SCRIPTED,
    ),
}
