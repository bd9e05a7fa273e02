"""One page: a sequence, and what the headers said of it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode


def test_a_page_is_a_sequence_with_its_headers(mode: ClientMode, emulator: Emulator) -> None:
    ids = emulator.populate(7)
    page = mode.call(mode.of(emulator), "page", 2, per_page=3)
    assert issubclass(oc.Page, Sequence)
    assert [order.id for order in page] == ids[3:0:-1]
    assert (page[0].id, page[-1].id, len(page[1:]), page.index(page[2])) == (ids[3], ids[1], 2, 2)
    assert page[0] in page
    assert (page.number, page.per_page, page.total_count, page.total_pages) == (2, 3, 7, 3)
    assert (page.size, page.has_more) == (3, True)
    assert page.request_id == page.raw.header("X-Request-Id")
    assert page.raw.status_code == 200
    assert page.raw.json()[0]["id"] == ids[3]


def headers(given: dict[str, str]) -> Any:
    emulator = Emulator()
    emulator.fail_next(200, body=b"[]", headers=given)
    return emulator.client().topups.orders.page()


def test_the_repr_of_a_page_is_short(emulator: Emulator) -> None:
    emulator.populate(120)
    assert repr(emulator.client().topups.orders.page(2)) == "<Page 2 of 3: 50 of 120 items>"


def test_missing_headers_are_none() -> None:
    page = headers({})
    assert [page.number, page.per_page, page.total_count, page.total_pages, page.size, page.has_more] == [None] * 6


@pytest.mark.parametrize("odd", ["", "one", "-1", "1.5", "+1", "9" * 30, "1, 1"])
def test_a_count_that_cannot_be_read_is_none(odd: str) -> None:
    assert headers({"x-total-count": odd}).total_count is None


@pytest.mark.parametrize(("text", "meant"), [("true", True), ("FALSE", False), ("yes", None), ("1", None)])
def test_has_more_is_read_as_documented(text: str, meant: bool | None) -> None:
    assert headers({"x-has-more": text}).has_more is meant


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, lambda page: pickle.loads(pickle.dumps(page))])
def test_a_page_copies_pickles_and_compares(emulator: Emulator, travel: Any) -> None:
    emulator.populate(3)
    page = emulator.client().topups.orders.page()
    assert travel(page) == page
    assert page != emulator.client().topups.orders.page(per_page=1)


def test_the_repr_of_an_answer_shows_no_body() -> None:
    raw = oc.RawResponse(200, {"x-page": "1"}, b"hunter2")
    assert repr(raw) == "RawResponse(status_code=200, 7 bytes)"
    assert raw.header("X-PAGE") == "1"
    assert raw.header("X-Other") is None


@pytest.mark.parametrize(("text", "meant"), [("9" * 18, 10**18 - 1), ("9" * 19, None)])
def test_a_count_has_at_most_eighteen_digits(text: str, meant: int | None) -> None:
    assert headers({"x-total-count": text}).total_count == meant
