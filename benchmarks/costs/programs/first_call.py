"""How long it takes to import a client and to make its first call: to a server, or over a transport in memory."""

import json
import sys
import time
from typing import Any

ORDER = (
    b'{"id":9123456,"product_id":4218,"product_name":"PUBG Mobile UC","country_code":"GLO","amount":4.7405,'
    b'"currency":"USD","status":"DELIVERED","created_at":"2026-05-19T14:30:00Z","completed_at":"2026-05-19T14:30:08Z"}'
)
NAME, URL = sys.argv[1], sys.argv[2] or "https://benchmark.invalid"


def ours() -> None:
    import octopus_cards

    with octopus_cards.OctopusCards(token="a-token", base_url=URL, **transport()) as client:
        assert client.topups.orders.get(9123456).status == "DELIVERED"


def bare() -> None:
    import httpx

    with httpx.Client(base_url=URL, headers={"Authorization": "Bearer a-token"}, **transport()) as client:
        assert json.loads(client.get("/api/v1/topups/orders/9123456").content)["status"] == "DELIVERED"


def floor() -> None:
    import msgspec  # noqa: F401

    bare()


def transport() -> dict[str, Any]:
    import httpx

    headers = {"content-type": "application/json"}
    answering = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=ORDER))
    return {} if sys.argv[2] else {"transport": answering}


began = time.perf_counter()
{"octopus-cards": ours, "httpx": bare}.get(NAME, floor)()
print(json.dumps(time.perf_counter() - began))
