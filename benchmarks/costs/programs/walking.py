"""How much a process grows while it reads a list, after the first twenty pages."""

import json
import sys
from pathlib import Path

import httpx

from costs.payloads import BASE_URL, TOKEN, Pages
from octopus_cards import OctopusCards

served = Pages(int(sys.argv[1]), 500)


def resident() -> int:
    """Bytes of this process that lie in memory."""
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * 4096


def answer(request: httpx.Request) -> httpx.Response:
    number, size = int(request.url.params["page"]), int(request.url.params["per_page"])
    return httpx.Response(200, headers=served.headers(number, size), content=served.content(number, size))


early = count = 0
with OctopusCards(token=TOKEN, base_url=BASE_URL, transport=httpx.MockTransport(answer)) as client:
    for count, _ in enumerate(client.topups.orders.list(per_page=500), 1):
        if count == 20 * 500:
            early = resident()
assert count == int(sys.argv[1]) * 500
print(json.dumps(resident() - early))
