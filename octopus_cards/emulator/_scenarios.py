"""The scenarios of `spec/scenarios/`: the behaviour of a server, and the outcome for a client of any language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._areas.topup_store import TopupStore
from octopus_cards.emulator._core.faults import Fault
from octopus_cards.emulator._core.responses import encode

# A wheel contains the scenarios beside this file. A clone, which an editable install refers to, has them in spec/.
_INSTALLED = Path(__file__).parent / "scenarios"
_FOLDER = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[2] / "spec" / "scenarios"
_UNLIMITED = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The behaviour of a server and the expected outcome for a client, read from a file of `spec/scenarios/`.

    Attributes:
        name: The name of the scenario and of its file.
        summary: What the scenario demonstrates, as a sentence.
        orders: The topup orders that the server stores at first, as JSON objects.
        exchanges: The scripted responses, and the changes of the stored orders between requests.
        calls: The calls that a client makes, each with its expected outcome.
    """

    name: str
    summary: str
    orders: Sequence[Mapping[str, Any]] = ()
    exchanges: Sequence[Mapping[str, Any]] = ()
    calls: Sequence[Mapping[str, Any]] = ()

    @staticmethod
    def names() -> list[str]:
        """Return the names of all scenarios."""
        return sorted(path.stem for path in _FOLDER.glob("*.json"))

    @classmethod
    def load(cls, name: str) -> Scenario:
        """Read the scenario with this name. A number with a fraction becomes a Decimal with the digits of the file.

        Raises:
            ValueError: There is no such scenario.
        """
        if name not in cls.names():
            raise ValueError(f"scenario must be one of {', '.join(cls.names())}, got {name!r}")
        document = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"), parse_float=Decimal)
        known = {key: document[key] for key in ("summary", "orders", "exchanges", "calls") if key in document}
        return cls(name=name, **known)


def prepare(scenario: Scenario, store: TopupStore, faults: list[Fault]) -> None:
    """Store the orders of a scenario and schedule its exchanges."""
    for fields in scenario.orders:
        store.put(fields)
    faults += [_fault(exchange, store) for exchange in scenario.exchanges]


def _fault(exchange: Mapping[str, Any], store: TopupStore) -> Fault:
    request = exchange["request"]
    change = exchange.get("then")
    return Fault(
        times=_UNLIMITED if exchange.get("repeat") else 1,
        method=request["method"],
        path=request["path"],
        query=request.get("query", {}),
        connection=exchange.get("connection"),
        response=_response(exchange["response"]) if "response" in exchange else None,
        then=partial(_apply, store, change) if change else None,
    )


def _response(response: Mapping[str, Any]) -> RawResponse:
    headers = {name.lower(): value for name, value in response.get("headers", {}).items()}
    if "text" in response:
        return RawResponse(response["status"], {"content-type": "text/html", **headers}, response["text"].encode())
    content = encode(response["body"]).encode()
    return RawResponse(response["status"], {"content-type": "application/json", **headers}, content)


def _apply(store: TopupStore, change: Mapping[str, Any]) -> None:
    for fields in change.get("put", ()):
        store.put(fields)
    for order_id in change.get("remove", ()):
        store.remove(order_id)
