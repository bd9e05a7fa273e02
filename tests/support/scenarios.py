"""What the cassettes show: each behaviour as steps that any server, emulated or live, can be taken through.

A step names a method of `client.topups.orders` and makes its arguments from the results of the steps before, so
that no scenario knows an id beforehand. `check` states what must hold for any server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.paths import EXAMPLES

Results = list[Any]
Arguments = Callable[[Results], Mapping[str, Any]]


@dataclass(frozen=True)
class Scenario:
    """One behaviour.

    `prepare` readies the emulator before anything is sent; None where the live API can be asked as it is.
    """

    shows: str
    steps: tuple[tuple[str, Arguments], ...]
    check: Callable[[Results], None]
    prepare: Callable[[Emulator], object] | None = None
    attempts: int = 1
    by_key: bool = False
    source: str = "the emulator, seed 0"


def step(method: str, **arguments: Any) -> tuple[str, Arguments]:
    """Return a step with fixed arguments."""
    return method, lambda _: arguments


def populate(emulator: Emulator) -> None:
    """Add the orders that every emulated scenario starts with."""
    emulator.populate(12)
    emulator.add_order(delivered_after=40.0, client_reference="CAMPAIGN_DEC_24", product_id=4218, country_code="GLO")


def example(name: str) -> bytes:
    """Return a payload of the documentation, byte for byte."""
    return (EXAMPLES / name).read_bytes()


def documented(name: str, status: int = 200) -> Callable[[Emulator], None]:
    """Answers the next request with a payload of the documentation."""
    return lambda emulator: emulator.fail_next(status, body=example(name), headers={"content-type": "application/json"})


def error(status: int, **options: Any) -> Callable[[Emulator], None]:
    """Answer the next request with a documented error."""
    return lambda emulator: emulator.fail_next(status, **options)


def raises(kind: type[oc.APIError], message: str | None = None, **attributes: Any) -> Callable[[Results], None]:
    """Check that the last step raised exactly this."""

    def check(results: Results) -> None:
        error = results[-1]
        assert type(error) is kind, repr(error)
        assert message is None or error.message == message
        for name, value in attributes.items():
            assert getattr(error, name) == value, name
        assert error.request_id

    return check


def all_are(**fields: Any) -> Callable[[Results], None]:
    """Check that the last step returned a page, not empty, whose orders all have these fields."""

    def check(results: Results) -> None:
        assert len(results[-1]) > 0
        for order in results[-1]:
            for name, value in fields.items():
                assert getattr(order, name) == (value(results) if callable(value) else value)

    return check


def first_page(results: Results) -> None:
    """Check a page of three out of more orders."""
    page = results[0]
    assert (page.number, page.per_page, page.size, len(page), page.has_more) == (1, 3, 3, 3, True)
    assert page.total_count > 3
    assert page.total_pages == -(-page.total_count // 3)
    assert [order.id for order in page] == sorted((order.id for order in page), reverse=True)


def whole_walk(results: Results) -> None:
    """Check that every order came once, newest first."""
    page, orders = results
    assert len(orders) == page.total_count > 3 * page.per_page
    assert [order.id for order in orders] == sorted({order.id for order in orders}, reverse=True)


def same_order(results: Results) -> None:
    """Check that the second step returned the order that the first one listed first."""
    listed, read = results[0][0], results[1]
    assert (read.id, read.amount, read.created_at) == (listed.id, listed.amount, listed.created_at)


def confirmed(results: Results) -> None:
    """Check that the address was stored."""
    assert results[-1].success is True
    assert results[-1].message == "Notification email updated successfully"


def ends_as(status: str) -> Callable[[Results], None]:
    """Check that the wait ended with this status."""

    def check(results: Results) -> None:
        assert results[-1].status == status
        assert results[-1].completed_at is not None

    return check


def documented_list(results: Results) -> None:
    """Check the values of the documentation's list."""
    pending, delivered = results[0]
    assert (pending.id, pending.status, pending.client_reference) == (9123456, "PENDING", "CAMPAIGN_DEC_24")
    assert (pending.transaction_id, pending.completed_at) == (None, None)
    assert (delivered.id, delivered.client_reference, delivered.transaction_id) == (9123440, None, 7401120)
    assert delivered.amount == Decimal("4.7405")
    assert delivered.completed_at - delivered.created_at == timedelta(seconds=8)
    assert results[0].raw.content == example("list.json")


def documented_order(results: Results) -> None:
    """Check the values of the documentation's order."""
    order = results[0]
    assert (order.id, order.status, str(order.amount)) == (9123456, "DELIVERED", "4.7405")
    assert order.input_data == {"player_id": "5123456789", "server": "asia"}


def reference(results: Results) -> Mapping[str, Any]:
    """Return the reference of the first listed order that has one."""
    return {"client_reference": next(order.client_reference for order in results[0] if order.client_reference)}


def first_id(results: Results) -> Mapping[str, Any]:
    """Return the id of the order listed first."""
    return {"order_id": results[0][0].id}


def three_states(emulator: Emulator) -> None:
    """Add an order that passes through a status that is not final."""
    emulator.add_order(transitions=[(4.0, "RECHARGED"), (50.0, "DELIVERED")])


EMAIL = "somebody@example.com"
DOCUMENTED = "the documentation's payload, served by the emulator"
SCRIPTED = "the error scripted on the emulator"

SCENARIOS: dict[str, Scenario] = {
    "list_page": Scenario("one page, with every paging header", (step("page", per_page=3),), first_page),
    "list_walk": Scenario("all pages", (step("page", per_page=3), step("list", per_page=3)), whole_walk),
    "filter_status": Scenario(
        "the list filtered by status", (step("page", status="DELIVERED"),), all_are(status="DELIVERED")
    ),
    "filter_product_id": Scenario(
        "the list filtered by product",
        (step("page"), ("page", lambda results: {"product_id": results[0][0].product_id})),
        all_are(product_id=lambda results: results[0][0].product_id),
    ),
    "filter_country": Scenario(
        "the list filtered by country",
        (step("page"), ("page", lambda results: {"country": results[0][0].country_code})),
        all_are(country_code=lambda results: results[0][0].country_code),
    ),
    "filter_client_reference": Scenario(
        "the list filtered by client_reference",
        (step("page"), ("page", reference)),
        all_are(client_reference=lambda results: reference(results)["client_reference"]),
    ),
    "find": Scenario(
        "an order found by client_reference",
        (step("page"), ("find", reference)),
        lambda results: _is(results[1].client_reference, reference(results)["client_reference"]),
    ),
    "find_nothing": Scenario(
        "a reference that no order has",
        (step("find", client_reference="NO-SUCH-REFERENCE"),),
        lambda results: _is(results[0], None),
    ),
    "get": Scenario("one order", (step("page"), ("get", first_id)), same_order),
    "set_notification_email": Scenario(
        "the notification address of an order in flight",
        (
            step("page", status="PENDING"),
            ("set_notification_email", lambda results: {**first_id(results), "email": EMAIL}),
        ),
        confirmed,
        prepare=lambda emulator: None,
    ),
    "wait_three_states": Scenario(
        "PENDING, RECHARGED (not known to be final), then DELIVERED by the back-channel",
        (step("page", status="PENDING"), ("wait", first_id)),
        ends_as("DELIVERED"),
        prepare=three_states,
    ),
    "wait_failed": Scenario(
        "a wait that ends with FAILED, which is a normal result",
        (step("page", status="PENDING"), ("wait", first_id)),
        ends_as("FAILED"),
        prepare=lambda emulator: emulator.add_order(failed_after=8.0),
    ),
    "documented_list": Scenario(
        "the documentation's own list", (step("page"),), documented_list, documented("list.json"), source=DOCUMENTED
    ),
    "documented_order": Scenario(
        "the documentation's own order",
        (step("get", order_id=9123456),),
        documented_order,
        documented("order.json"),
        source=DOCUMENTED,
    ),
    "documented_confirmation": Scenario(
        "the documentation's own confirmation",
        (step("set_notification_email", order_id=9123456, email=EMAIL),),
        confirmed,
        documented("confirmation.json"),
        source=DOCUMENTED,
    ),
    "login": Scenario(
        "a login by key, before the first call",
        (step("page", per_page=3), step("find", client_reference="CAMPAIGN_DEC_24")),
        lambda results: _is(results[1].client_reference, "CAMPAIGN_DEC_24"),
        prepare=lambda emulator: None,
        by_key=True,
    ),
    "login_refused": Scenario(
        "an invalid key, as documented",
        (step("page"),),
        raises(oc.AuthenticationError, "Invalid credentials", code="UNAUTHORIZED", path="/auth/login"),
        error(401, message="Invalid credentials"),
        by_key=True,
        source=SCRIPTED,
    ),
    "refresh": Scenario(
        "a rejected token: refresh, then the same call again",
        (step("page", per_page=3),),
        first_page,
        lambda emulator: emulator.fail_next(401, path="/api/v1/topups/orders"),
        by_key=True,
        source=SCRIPTED,
    ),
    "logout": Scenario(
        "a logout, after which the next call logs in again",
        (step("page", per_page=3), step("logout"), step("page", per_page=3)),
        lambda results: _is([order.id for order in results[2]], [order.id for order in results[0]]),
        prepare=lambda emulator: None,
        by_key=True,
    ),
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


def _is(found: object, wanted: object) -> None:
    assert found == wanted
