"""Profiles by package: shares of the whole, each between 0 and 1."""

from __future__ import annotations

import cProfile
import pstats
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping

from octopus_cards import OctopusCards

from .environments import IsolatedEnvironment
from .payloads import BASE_URL, ORDER_ID, TOKEN, order, page
from .subjects import OURS, answering, reading

# Packages that count as part of another one; all other foreign code is the standard library.
BENCHMARK = "the benchmark"
PARTS = {
    "octopus_cards": "octopus_cards",
    "octopus_cards_api": "generated models and client",
    "attr": "attrs",
    "attrs": "attrs",
    "msgspec": "msgspec",
    "typing_extensions": "msgspec",
    "httpx": "httpx",
    "httpcore": "httpx",
    "h11": "httpx",
    "certifi": "httpx",
    "idna": "httpx",
    "anyio": "anyio",
    "dateutil": "dateutil",
    "six": "dateutil",
    "costs": BENCHMARK,
}
REST = "standard library"


def profiles(alone: Mapping[str, IsolatedEnvironment]) -> dict[str, dict[str, float]]:
    """Profile the decoding of a page, one call, and the import up to the first client."""
    content = page(500)
    with OctopusCards(token=TOKEN, base_url=BASE_URL, transport=answering(order())) as client:
        calling = _run(lambda: client.topups.orders.get(ORDER_ID), 2000)
    read = reading()
    return {
        "decode": _run(lambda: read(content), 20),
        "call": calling,
        "import": _importing(alone[OURS].python),
    }


def _run(subject: Callable[[], object], times: int) -> dict[str, float]:
    subject()
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(times):
        subject()
    profiler.disable()
    found: Counter[str] = Counter()
    for (file, _, name), (_, _, own, _, callers) in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        if file != "~":
            found[_part(file)] += own
        elif "msgspec" in name:
            found["msgspec"] += own
        else:
            # Time in C code counts towards its caller.
            for (caller, _, _), (_, _, within, _) in callers.items():
                found[_part(caller)] += within
    return _shares(found)


def _part(file: str) -> str:
    names = re.findall(r"(?:site-packages|benchmarks)/(\w+)", file)
    return PARTS.get(names[-1], REST) if names else REST


def _importing(python: str) -> dict[str, float]:
    code = f"from octopus_cards import OctopusCards; OctopusCards(token='a', base_url='{BASE_URL}')"
    done = subprocess.run([python, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True)
    found: Counter[str] = Counter()
    for own, module in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", done.stderr):
        found[PARTS.get(module.partition(".")[0], REST)] += int(own)
    return _shares(found)


def _shares(found: Mapping[str, float]) -> dict[str, float]:
    found = {name: own for name, own in found.items() if name != BENCHMARK}
    whole = sum(found.values())
    return {name: own / whole for name, own in sorted(found.items(), key=lambda item: -item[1]) if own / whole > 0.004}
