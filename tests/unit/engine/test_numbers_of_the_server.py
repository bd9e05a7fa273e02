"""Numbers that a server sends are checked: an absurd one counts as missing, or the response breaks the contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from typing import Any

import httpx
import pytest

import octopus_cards as oc
from octopus_cards._engine.retry import retry_after
from octopus_cards.emulator import EmulatorClock
from support.client_modes import ClientMode

NOW = "Tue, 19 May 2026 14:30:00 GMT"
LATER = "Tue, 19 May 2026 14:30:{:02} GMT"
EPOCH = 1779201000  # the same moment


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12.0),
        ("+12", 12.0),
        ("12 s", 12.0),
        ("2, 2", 2.0),
        ("2, 7, 5", 7.0),
        ("0", 0.0),
        (LATER.format(9), 9.0),
        (f"{LATER.format(9)}, {LATER.format(9)}", 9.0),
        (f"{LATER.format(9)}, {LATER.format(20)}", 20.0),
        (f"2, {LATER.format(9)}", 9.0),
        (f"{LATER.format(9)}, 30", 30.0),
        (f"7, {NOW}", 7.0),
        ("Tuesday, 19-May-26 14:30:09 GMT", 9.0),
        ("Tue May 19 14:30:09 2026", 9.0),
        ("5, 12 minutes", 5.0),
        ("5, 12 s", 12.0),
        # A time of day as a number.
        (str(EPOCH + 9), 9.0),
        (str(EPOCH - 9), 0.0),
        (f"{EPOCH + 9}, 5", 9.0),
        # So long that no call waits for it.
        ("9" * 400, 1e9),
        ("9" * 5000, 1e9),
        ("99999999999", 1e9),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 1e9),
        # The rest counts as missing.
        ("-5", None),
        ("-5, soon", None),
        ("1e3", None),
        ("inf", None),
        ("nan", None),
        ("", None),
        (",", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
        ("Tue, 19 May 2026 14:99:99 GMT", None),
    ],
)
def test_a_retry_after_is_read_or_missing(header: str, seconds: float | None) -> None:
    response = oc.RawResponse(429, {"retry-after": header, "date": NOW}, b"")
    assert retry_after(response, "", EmulatorClock()) == seconds


@pytest.mark.parametrize(("digits", "seconds"), [("7", 7.0), ("9" * 5000, 1e9)])
def test_a_number_in_a_message_is_capped(digits: str, seconds: float) -> None:
    message = f"Rate limit exceeded. Retry after {digits} seconds."
    assert retry_after(oc.RawResponse(429, {}, b""), message, EmulatorClock()) == seconds


def test_a_header_that_cannot_be_read_leaves_the_message() -> None:
    response = oc.RawResponse(429, {"retry-after": "-1"}, b"")
    assert retry_after(response, "Retry after 7 seconds.", EmulatorClock()) == 7.0


@pytest.mark.parametrize("date", ["Mon, 01 Jan 0001 00:00:00 +2359", "Fri, 31 Dec 9999 23:59:59 -2359", "yesterday"])
def test_a_date_of_the_server_may_be_absurd(date: str) -> None:
    response = oc.RawResponse(429, {"retry-after": LATER.format(9), "date": date}, b"")
    seconds = retry_after(response, "", EmulatorClock())
    assert seconds is not None
    assert 0 <= seconds <= 1e9


ORDER = {
    "product_id": 1, "product_name": "P", "country_code": "IND", "amount": 1, "currency": "USD", "status": "PENDING",
    "created_at": "2026-05-19T14:30:00Z",
}  # fmt: skip
ROWS = [ORDER | {"id": number} for number in range(130, 0, -1)]


def serving(headers: dict[str, str], requests: list[str]) -> Callable[[httpx.Request], httpx.Response]:
    """Return a server of 130 orders that adds these headers to each page."""

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(str(request.url))
        page, size = int(request.url.params["page"]), int(request.url.params["per_page"])
        return httpx.Response(200, content=json.dumps(ROWS[(page - 1) * size : page * size]), headers=headers)

    return answer


COUNTS = ["", "-5", "+5", "1.5", "0", "1, 1", "9" * 30, "9" * 400, "0x10", "many"]
NAMES = ["X-Per-Page", "X-Total-Count", "X-Total-Pages", "X-Page-Size", "X-Has-More"]


@pytest.mark.parametrize(("name", "value"), [pair for pair in product(NAMES, COUNTS) if pair != ("X-Page-Size", "0")])
def test_a_count_that_cannot_be_is_missing(mode: ClientMode, name: str, value: str) -> None:
    check_whole_list(mode, {name: value}, most=6)


@pytest.mark.parametrize("value", ["1", "7", "19", "49", "51", "500", "9" * 18])
def test_a_page_size_that_the_page_contradicts_is_missing(mode: ClientMode, value: str) -> None:
    check_whole_list(mode, {"X-Per-Page": value}, most=8)


def check_whole_list(mode: ClientMode, headers: dict[str, str], *, most: int) -> None:
    """Check that a list is whole, also if it continues behind a page, and that neither takes more requests."""
    requests: list[str] = []
    client = mode.client(token="t", transport=httpx.MockTransport(serving(headers, requests)), attempts=1)
    assert [order.id for order in mode.call(client, "list", per_page=50)] == [*range(130, 0, -1)]
    assert len(requests) <= most
    requests.clear()
    page = mode.call(client, "page", 2, per_page=50)
    assert [order.id for order in page] == [*range(80, 30, -1)]
    resumed = oc.ListPosition.from_json(page.position.to_json())
    assert [order.id for order in mode.call(client, "list", resume=resumed)] == [*range(30, 0, -1)]
    assert len(requests) <= most


@pytest.mark.parametrize("fields", [{"id": 10**400}, {"id": 10**30}, {"amount": 10**400}, {"id": -5}])
def test_numbers_of_an_order_may_be_large(mode: ClientMode, fields: dict[str, Any]) -> None:
    row: dict[str, Any] = ORDER | {"id": 7} | fields
    answer = httpx.MockTransport(
        lambda request: httpx.Response(200, content=json.dumps([row, None]), headers={"X-Has-More": "false"})
    )
    client = mode.client(token="t", transport=answer, attempts=1)
    assert [order.id for order in mode.call(client, "list", on_invalid="skip")] == [row["id"]]
    page = mode.call(client, "page", on_invalid="skip")
    assert page[0].amount == row["amount"]
    assert oc.ListPosition.from_json(page.position.to_json()) == page.position
