"""The aims of the benchmarks, and whether a run met them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .crowd import QUEUED
from .environments import CLASS, FLOOR, HTTPX
from .lists import AHEAD, ALONE, DIRECT, TOGETHER
from .subjects import BARE, LIMIT, NEW_FIELD, OURS, STOCK


@dataclass(frozen=True)
class Target:
    """An aim.

    Attributes:
        words: What it is about.
        limit: What it may be at most; where more is better, what it must be at least.
        found: What it is.
        more: Whether more is better.
    """

    words: str
    limit: float
    found: float
    more: bool = False

    @property
    def reached(self) -> bool:
        """Return whether the aim is met."""
        return self.found >= self.limit if self.more else self.found <= self.limit

    @property
    def aim(self) -> str:
        """Return the aim as text."""
        return f"at {'least' if self.more else 'most'} {self.limit:g}"

    def __str__(self) -> str:
        return f"{self.words}: {self.found:.2f}, {self.aim}: {'reached' if self.reached else 'NOT REACHED'}"


def targets(record: Mapping[str, Any]) -> list[Target]:
    """Return all aims, in the order of the page."""
    decode, imports, walk = record["decode"], record["import"], record["walk"]
    generated = min(seconds for name, seconds in decode.items() if name in record["peers"])
    return [
        Target("decoding 500 orders, of the stock generated code", 0.6, decode[OURS] / decode[STOCK]),
        Target("the same with a field that the contract does not know", 0.6, decode[NEW_FIELD] / decode[STOCK]),
        Target("decoding, of the fastest generated peer", 1.0, decode[OURS] / generated),
        Target("decoding, of msgspec into structs", 4.0, decode[OURS] / decode[LIMIT]),
        Target("one call, of httpx and json", 1.15, record["call"][OURS] / record["call"][BARE]),
        Target("one async call, of httpx and json", 1.15, record["async call"][OURS] / record["async call"][BARE]),
        Target("`import octopus_cards`, of `import httpx`", 0.4, imports[OURS] / imports[HTTPX]),
        Target("`from octopus_cards import OctopusCards`, of `import httpx`", 0.4, imports[CLASS] / imports[HTTPX]),
        *(
            Target(f"import and {kind}, of httpx's", 1.25, record[kind][OURS] / record[kind][HTTPX])
            for kind in ("first call", "first call over sockets")
        ),
        Target("walking, of decoding alone", 1.25, walk[OURS] / walk[ALONE]),
        Target("memory that a walk takes after its first pages, MB", 10.0, record["growth"] / 1e6),
        Target("reading ahead, of server and caller added up", 0.6, record["ahead"][AHEAD] / record["ahead"][TOGETHER]),
        *(
            Target(f"calls a second of {crowd}, of httpx's", 0.9, _rate(record[key]), more=True)
            for key, crowd in (("tasks", "1,000 tasks"), ("threads", "32 threads"))
        ),
    ]


def _rate(found: Mapping[str, tuple[float, float]]) -> float:
    """Return our rate divided by the best rate of httpx."""
    return found[OURS][0] / max(found[name][0] for name in (BARE, QUEUED) if name in found)


def floors(record: Mapping[str, Any]) -> dict[str, float]:
    """Return the lower bound of an aim, if it is above the aim or near it."""
    return {
        "import and first call, of httpx's": record["first call"][FLOOR] / record["first call"][HTTPX],
        "import and first call over sockets, of httpx's": (
            record["first call over sockets"][FLOOR] / record["first call over sockets"][HTTPX]
        ),
        "walking, of decoding alone": record["walk"][DIRECT] / record["walk"][ALONE],
    }


def regressions(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the ratios that are twice as bad as in another record."""
    found = []
    for was, at in zip(targets(before), targets(now), strict=True):
        worse = was.found / at.found if at.more else at.found / max(was.found, 1e-9)
        # Of memory some pages more or less say nothing.
        if worse > 2 and not (at.words.endswith("MB") and at.found < 1):
            found.append(f"{at.words}: {at.found:.2f}, and {was.found:.2f} in the record")
    return found
