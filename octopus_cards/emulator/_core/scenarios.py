"""The scenarios of `spec/scenarios/`: what a server holds and answers, and how a client of any language must end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._areas.store import Store
from octopus_cards.emulator._core.faults import Fault
from octopus_cards.emulator._core.responses import encode

# In a wheel they lie beside this file; in a clone, which is where an editable install looks, below spec/.
_INSTALLED = Path(__file__).parents[1] / "scenarios"
_FOLDER = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[3] / "spec" / "scenarios"
_ALWAYS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A server's part and a client's end, read from a file of `spec/scenarios/`.

    Attributes:
        name: Its name, that of the file.
        shows: What it shows, as a sentence.
        orders: What the server has stored at first, as JSON objects.
        exchanges: What it answers otherwise than from its store, and what changes between requests.
        calls: What a client does, and how each call must end.
    """

    name: str
    shows: str
    orders: Sequence[Mapping[str, Any]] = ()
    exchanges: Sequence[Mapping[str, Any]] = ()
    calls: Sequence[Mapping[str, Any]] = ()

    @staticmethod
    def names() -> list[str]:
        """The names of all scenarios."""
        return sorted(path.stem for path in _FOLDER.glob("*.json"))

    @classmethod
    def load(cls, name: str) -> Scenario:
        """The scenario of this name. Numbers with a fraction are Decimal, with the digits of the file.

        Raises:
            ValueError: There is none.
        """
        if name not in cls.names():
            raise ValueError(f"scenario must be one of {', '.join(cls.names())}, got {name!r}")
        document = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"), parse_float=Decimal)
        known = {key: document[key] for key in ("shows", "orders", "exchanges", "calls") if key in document}
        return cls(name=name, **known)


def set_up(scenario: Scenario, store: Store, script: list[Fault]) -> None:
    """Readies what an emulator is made of for its part in a scenario."""
    for fields in scenario.orders:
        store.put(fields)
    script += [_scripted(exchange, store) for exchange in scenario.exchanges]


def _scripted(exchange: Mapping[str, Any], store: Store) -> Fault:
    request = exchange["request"]
    then = exchange.get("then")
    return Fault(
        times=_ALWAYS if exchange.get("repeat") else 1,
        method=request["method"],
        path=request["path"],
        query=request.get("query", {}),
        connection=exchange.get("connection"),
        answer=_answer(exchange["response"]) if "response" in exchange else None,
        then=partial(_change, store, then) if then else None,
    )


def _answer(response: Mapping[str, Any]) -> RawResponse:
    headers = {name.lower(): value for name, value in response.get("headers", {}).items()}
    if "text" in response:
        return RawResponse(response["status"], {"content-type": "text/html", **headers}, response["text"].encode())
    content = encode(response["body"]).encode()
    return RawResponse(response["status"], {"content-type": "application/json", **headers}, content)


def _change(store: Store, then: Mapping[str, Any]) -> None:
    for fields in then.get("put", ()):
        store.put(fields)
    for order_id in then.get("remove", ()):
        store.remove(order_id)
