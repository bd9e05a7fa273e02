"""Answers as the API gives them: what is measured reads these bytes."""

from __future__ import annotations

import json

from octopus_cards.emulator import Emulator

LIST = "/api/v1/topups/orders"
ORDER_ID = 9123456
HEADERS = {"content-type": "application/json", "x-request-id": "2F7vTVG3Y8aZrqP1wJhdEkM9oYB"}
TOKEN = "a-token"
BASE_URL = "https://benchmark.invalid"


def page(orders: int) -> bytes:
    """A page of so many orders, byte for byte as the emulator sends it."""
    import httpx

    emulator = Emulator(seed=0)
    emulator.populate(orders)
    with emulator.serve() as url:
        headers = {"Authorization": f"Bearer {emulator.token}"}
        answer = httpx.get(url + LIST, params={"per_page": orders}, headers=headers)
    assert len(answer.json()) == orders
    return answer.content


def order() -> bytes:
    """One order."""
    row = json.loads(page(1))[0] | {"id": ORDER_ID}
    return json.dumps(row).encode()


class Pages:
    """Pages of a list that nobody changes, newest first: an order's id is one lower than that of the one before."""

    def __init__(self, count: int, size: int) -> None:
        self.count, self.size = count, size
        rows = json.loads(page(size))
        for row in rows:
            row["id"] = -1
        # Numbers as they are on the wire: only the ids differ from page to page.
        self._template = json.dumps(rows).replace("%", "%%").replace('"id": -1', '"id": %d').encode()

    def content(self, number: int) -> bytes:
        """The body of a page, counted from 1."""
        newest = 10**9 - (number - 1) * self.size
        return self._template % tuple(range(newest, newest - self.size, -1))

    def headers(self, number: int) -> dict[str, str]:
        """Its headers."""
        told = {
            "x-page": number,
            "x-per-page": self.size,
            "x-total-count": self.count * self.size,
            "x-total-pages": self.count,
            "x-page-size": self.size,
            "x-has-more": "true" if number < self.count else "false",
        }
        return HEADERS | {name: str(value) for name, value in told.items()}
