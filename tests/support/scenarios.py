"""What the cassettes show: each behaviour as the steps of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.catalogue_scenarios import CATALOGUE_SCENARIOS
from support.error_scenarios import ERROR_SCENARIOS
from support.placing_scenarios import PLACING_SCENARIOS
from support.scenario_steps import (
    DOCUMENTED,
    EMAIL,
    SCRIPTED,
    Results,
    Scenario,
    assert_equal,
    documented,
    error,
    example,
    first_page,
    raises,
    step,
)


def all_are(**fields: Any) -> Callable[[Results], None]:
    """Check that the last step returned a page, not empty, whose orders all have these fields."""

    def check(results: Results) -> None:
        assert len(results[-1]) > 0
        for order in results[-1]:
            for name, value in fields.items():
                assert getattr(order, name) == (value(results) if callable(value) else value)

    return check


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
        lambda results: assert_equal(results[1].client_reference, reference(results)["client_reference"]),
    ),
    "find_nothing": Scenario(
        "a reference that no order has",
        (step("find", client_reference="NO-SUCH-REFERENCE"),),
        lambda results: assert_equal(results[0], None),
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
        lambda results: assert_equal(results[1].client_reference, "CAMPAIGN_DEC_24"),
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
        lambda results: assert_equal([order.id for order in results[2]], [order.id for order in results[0]]),
        prepare=lambda emulator: None,
        by_key=True,
    ),
    **ERROR_SCENARIOS,
    **CATALOGUE_SCENARIOS,
    **PLACING_SCENARIOS,
}
