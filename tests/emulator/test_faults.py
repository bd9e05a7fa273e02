"""Scheduled faults apply to the requests that match, and invalid ones are rejected."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.emulator_requests import ORDERS, ask, error, place


def test_faults_apply_in_order_to_the_requests_that_match(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order()
    emulator.fail_next(500, method="PATCH")
    emulator.fail_next(404, path=f"{ORDERS}/{order_id}", times=2)
    emulator.fail_next(403, body={"odd": 1})
    seen = [
        ask(emulator, "GET", path).status_code
        for path in (ORDERS, f"{ORDERS}/{order_id}", f"{ORDERS}/{order_id}", ORDERS)
    ]
    assert seen == [403, 404, 404, 200]
    assert ask(emulator, "PATCH", f"{ORDERS}/{order_id}/notification-email").status_code == 500


def test_a_request_with_a_lost_response_was_executed(emulator: Emulator) -> None:
    order_id = emulator.add_topup_order(delivered_after=0.0)
    emulator.fail_next(lost=True)
    with emulator.client(attempts=1) as client:
        with pytest.raises(oc.OutcomeUnknownError):
            client.topups.orders.get(order_id)
        assert client.topups.orders.page()[0].status == "DELIVERED"


def test_a_proxy_can_fail_after_the_server_has_executed_the_request(emulator: Emulator) -> None:
    emulator.fail_next(503, method="POST")
    emulator.fail_next(502, executed=True, method="POST", path=ORDERS)
    assert (place(emulator, client_reference="A").status_code, emulator.transactions) == (503, ())
    failed = place(emulator, client_reference="A")
    assert (failed.status_code, failed.headers["content-type"], len(emulator.transactions)) == (502, "text/html", 1)
    assert "Bad Gateway" in failed.text
    assert error(place(emulator, client_reference="A"))[3] == "Duplicate client_reference"


def test_an_executed_creation_can_lose_its_response(emulator: Emulator) -> None:
    emulator.fail_next(lost=True, method="POST", path=ORDERS)
    with pytest.raises(httpx.RemoteProtocolError):
        place(emulator, client_reference="A")
    assert len(emulator.transactions) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "one of status, lost and connection must be given"),
        ({"status": 500, "lost": True}, "one of status, lost and connection must be given"),
        ({"lost": True, "connection": "reset"}, "one of status, lost and connection must be given"),
        ({"connection": "tired"}, "connection must be one of refused, unknown host"),
        ({"status": "503"}, "status must be an integer from 200 to 999, got '503'"),
        ({"status": 100}, "status must be an integer from 200 to 999, got 100"),
        ({"lost": True, "executed": True}, "executed needs a status"),
        ({"status": 503, "times": 0}, "times must be 1 or more, got 0"),
    ],
)
def test_an_invalid_fault_is_rejected(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        emulator.fail_next(**options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Rate limit exceeded. Retry after 12 seconds."),
        ({"retry_after": 300}, "Rate limit exceeded. Retry after 300 seconds."),
        ({"retry_after": "0.25"}, "Rate limit exceeded. Retry after 0.25 seconds."),
        ({"headers": {"Retry-After": "7"}}, "Rate limit exceeded. Retry after 7 seconds."),
        ({"headers": {"Retry-After": "7"}, "retry_after": 8}, "Rate limit exceeded. Retry after 8 seconds."),
        ({"retry_after": "Tue, 19 May 2026 14:30:30 GMT"}, "Rate limit exceeded."),
        ({"retry_after": 300, "message": "slow down"}, "slow down"),
    ],
)
def test_the_default_message_of_a_429_agrees_with_its_header(
    emulator: Emulator, options: dict[str, Any], message: str
) -> None:
    emulator.fail_next(429, **options)
    assert error(ask(emulator, "GET", ORDERS)) == (429, "TooManyRequestsError", "TOO_MANY_REQUESTS", message)


def test_the_default_message_of_another_status_states_no_time(emulator: Emulator) -> None:
    emulator.fail_next(500, retry_after=300)
    assert error(ask(emulator, "GET", ORDERS))[3] == "Internal server error"
