"""The measured subjects, each a table of names and figures; seconds of CPU time unless stated otherwise."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import httpx

from octopus_cards import AsyncOctopusCards, OctopusCards, RawResponse
from octopus_cards._engine.decoding import decode as decode_body
from octopus_cards_api.models import TopupOrder

from .measure import in_turns
from .payloads import BASE_URL, HEADERS, LIST, ORDER_ID, TOKEN, order, page
from .peers import Peer

OURS, BARE = "octopus-cards", "httpx and json"
NEW_FIELD = "octopus-cards, with a new field"
STOCK = "openapi-python-client, stock"
LIMIT = "msgspec, into structs"


def answering(content: bytes) -> httpx.MockTransport:
    """Return an in-memory transport that always returns this response."""
    return httpx.MockTransport(lambda _: httpx.Response(200, headers=HEADERS, content=content))


def decoders(peers: Sequence[Peer]) -> dict[str, Callable[[bytes], Any]]:
    """Measure decoding, from the body of a page to the user's objects."""
    import msgspec
    import orjson

    class Order(msgspec.Struct, frozen=True, kw_only=True):
        id: int
        product_id: int
        product_name: str
        country_code: str
        amount: Decimal
        currency: str
        status: str
        created_at: datetime.datetime
        client_reference: str | None = None
        variant_name: str | None = None
        status_text: str | None = None
        transaction_id: int | None = None
        input_data: dict[str, Any] | None = None
        completed_at: datetime.datetime | None = None

    return {
        OURS: reading(),
        **{peer.name: peer.decode(peer.load()) for peer in peers},
        "json, into dicts": json.loads,
        "json with Decimal, into dicts": lambda content: json.loads(content, parse_float=Decimal),
        "orjson, into dicts": orjson.loads,
        LIMIT: msgspec.json.Decoder(list[Order]).decode,
    }


def reading() -> Callable[[bytes], Any]:
    """Return the time to decode a page as the client does it; like the other subjects, without a request."""
    kind = list[TopupOrder]
    return lambda content: decode_body(kind, RawResponse(200, HEADERS, content))


def decode(peers: Sequence[Peer], rounds: int, orders: int = 500) -> dict[str, float]:
    """Return a page."""
    content = page(orders)
    subjects: dict[str, Callable[[], object]] = {
        name: partial(decoder, content) for name, decoder in decoders(peers).items()
    }
    # The API may add a field at any time: one that this version of the contract does not know.
    subjects[NEW_FIELD] = partial(reading(), content.replace(b'"currency"', b'"fee":0.10,"currency"'))
    return in_turns(subjects, rounds=rounds)


def one_call(peers: Sequence[Peer], rounds: int) -> dict[str, float]:
    """Measure reading one order over an in-memory transport."""
    transport = answering(order())
    ours = OctopusCards(token=TOKEN, base_url=BASE_URL, transport=transport)
    bare = httpx.Client(base_url=BASE_URL, headers={"Authorization": f"Bearer {TOKEN}"}, transport=transport)
    subjects: dict[str, Callable[[], object]] = {
        OURS: lambda: ours.topups.orders.get(ORDER_ID),
        BARE: lambda: json.loads(bare.get(f"{LIST}/{ORDER_ID}").raise_for_status().content),
    }
    subjects |= {peer.name: peer.get(peer.load(), transport) for peer in peers if peer.get}
    with ours, bare:
        return in_turns(subjects, rounds=rounds)


def one_async_call(rounds: int, calls: int = 200) -> dict[str, float]:
    """Measure the same under asyncio, one call after the other in one loop."""
    transport = answering(order())

    async def ours() -> None:
        async with AsyncOctopusCards(token=TOKEN, base_url=BASE_URL, transport=transport) as client:
            for _ in range(calls):
                await client.topups.orders.get(ORDER_ID)

    async def bare() -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(base_url=BASE_URL, headers=headers, transport=transport) as client:
            for _ in range(calls):
                json.loads((await client.get(f"{LIST}/{ORDER_ID}")).raise_for_status().content)

    found = in_turns({OURS: lambda: asyncio.run(ours()), BARE: lambda: asyncio.run(bare())}, rounds=rounds)
    return {name: seconds / calls for name, seconds in found.items()}
