"""Responses as the API sends them, as bytes."""

from __future__ import annotations

import json
from itertools import accumulate

from octopus_cards.emulator import Emulator

LIST = "/api/v1/topups/orders"
ORDER_ID = 9123456
HEADERS = {"content-type": "application/json", "x-request-id": "2F7vTVG3Y8aZrqP1wJhdEkM9oYB"}
TOKEN = "a-token"
BASE_URL = "https://benchmark.invalid"


def page(orders: int) -> bytes:
    """Return a page of this many orders, byte for byte as the emulator sends it."""
    import httpx

    emulator = Emulator(seed=0)
    emulator.populate(orders)
    with emulator.serve() as url:
        headers = {"Authorization": f"Bearer {emulator.token}"}
        answer = httpx.get(url + LIST, params={"per_page": orders}, headers=headers)
    assert len(answer.json()) == orders
    return answer.content


def order() -> bytes:
    """Return one order."""
    row = json.loads(page(1))[0] | {"id": ORDER_ID}
    return json.dumps(row).encode()


class Pages:
    """Slices of a list that does not change, newest first: each id is one lower than the id before it."""

    def __init__(self, count: int, size: int) -> None:
        self.count, self.size, self.total = count, size, count * size
        rows = json.loads(page(size))
        for row in rows:
            row["id"] = -1
        # Numbers as the API writes them: only the ids differ from page to page.
        texts = [json.dumps(row).replace("%", "%%").replace('"id": -1', '"id": %d') for row in rows]
        self._template = f"[{', '.join(texts)}".encode()
        # Where the template ends after each number of rows.
        self._ends = [1, *accumulate(len(text.encode()) + 2 for text in texts)]

    def content(self, number: int, per_page: int | None = None) -> bytes:
        """Return the body of a page, starting at 1."""
        size = per_page or self.size
        start = (number - 1) * size
        length = max(0, min(size, self.total - start))
        newest = 10**9 - start
        end = 1 if length == 0 else self._ends[length] - 1
        return self._template[:end] % tuple(range(newest, newest - length, -1)) + b"]"

    def headers(self, number: int, per_page: int | None = None) -> dict[str, str]:
        """Return its headers."""
        size = per_page or self.size
        pages = -(-self.total // size)
        paging = {
            "x-page": number,
            "x-per-page": size,
            "x-total-count": self.total,
            "x-total-pages": pages,
            "x-page-size": max(0, min(size, self.total - (number - 1) * size)),
            "x-has-more": "true" if number < pages else "false",
        }
        return HEADERS | {name: str(value) for name, value in paging.items()}
