"""The measurements as docs/benchmarks.md and its record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .environments import HTTPX
from .lists import ALONE, TOGETHER
from .plots import PROFILED, draw, ratio
from .subjects import BARE, OURS, STOCK
from .targets import floors, targets

DOCS = Path(__file__).parent.parent.parent / "docs"
RECORD = DOCS / "benchmarks.json"
US, MS = ("µs", 1e6), ("ms", 1e3)
INTRODUCTION = """\
Written by `nox -s benchmarks`, from one run. Ratios can be compared between runs; seconds of different runs or
machines cannot. Each time is the best of several turns, in CPU time unless stated otherwise. The subjects take turns,
so that other load on the machine affects all of them. All generated clients were made from the same contract in this
run. Every import was measured in an environment without other packages."""
MISSED = """\
Missed aims, and the reasons, measured in the same run (“floor”):

- **A new field.** The client separates new fields from known ones, which takes a dict for each order. The API may add
  fields at any time, so your pages may be such pages.
- **Import and first call.** The floor is a program that imports msgspec, which makes decoding fast, and then uses
  httpx. The rest is this package: some fifty small modules and their classes.
- **Walking.** Decoding takes a third of the time that it took when the aim was set, so everything else weighs three
  times as much. The floor is to build the HTTP library's requests, send them to its transport, and decode. The rest is
  this package: paging headers, the order of the rows, the overlap of the pages, the log, and the request id."""
PARTS = """\
The parts of decoding a page, of one call, and of import and first client, as ratios like those in the table above.
Time in C code counts towards its caller."""
POOL_NOTE = """\
The HTTP library's own pool gets slower with each call that waits in it; a semaphore in front of it avoids that. The
pool keeps twenty of its hundred connections open, so with many tasks most calls open a new one; ours keeps all."""
CONCLUSION = """\
The network costs far more than all of this: a page of 500 orders is decoded in under a millisecond and takes about a
hundred to arrive. A program that processes its orders gains from `read_ahead()`; a short script, from a fast import."""


def page(record: Mapping[str, Any], last: Mapping[str, Any] | None) -> str:
    """Return the whole page."""
    lines = ["# What the client costs", "", INTRODUCTION, "", f"This run: {record['of']}; {record['machine']}", ""]
    lines += [*_targets(record, last), "", MISSED, "", CONCLUSION]
    lines += ["", "## Profiles", "", "![profiles](benchmarks-profile.svg)"]
    lines += ["", PARTS]
    lines += _profile(record, last)
    lines += _table("Decoding a page of 500 orders", record["decode"], STOCK)
    lines += ["", "“With a new field” is a page whose orders hold a field that the contract does not know; it is kept."]
    lines += ["", "![cost against the size of a page](benchmarks-decode.svg)"]
    lines += _table("One call, reading an order over a transport in memory", record["call"], BARE)
    lines += _table("The same under asyncio", record["async call"], BARE)
    lines += _table("Import (wall clock)", record["import"], HTTPX, MS)
    lines += _table("Import and first call, over a transport in memory (wall clock)", record["first call"], HTTPX, MS)
    lines += _table("Import and first call, over a socket (wall clock)", record["first call over sockets"], HTTPX, MS)
    lines += _table(f"Walking through {record['walked']:,} orders", record["walk"], ALONE, MS)
    lines += ["", "![cost against the number of orders](benchmarks-walk.svg)"]
    title = "Reading ahead: a server that takes 100 ms a page, a caller that works 100 ms on each (wall clock)"
    lines += _table(title, record["ahead"], TOGETHER, MS)
    lines += _crowd("1,000 tasks at once, on 100 connections over loopback", record["tasks"])
    lines += [
        "",
        POOL_NOTE,
        "",
        "![calls a second against the number of tasks](benchmarks-tasks.svg)",
    ]
    lines += _crowd("32 threads that share a client", record["threads"])
    lines += ["", "## What an installation takes", "", "| | other distributions | MB |", "|---|---|---|"]
    lines += [f"| {name} | {count} | {size / 1e6:.1f} |" for name, (count, size) in record["installed"].items()]
    lines += ["", "Of a generated client its own code is counted, too. Without what pip and Python bring.", ""]
    lines += ["## Versions", "", ", ".join(f"{name} {version}" for name, version in record["versions"].items()) + "."]
    return "\n".join(lines) + "\n"


def _targets(record: Mapping[str, Any], last: Mapping[str, Any] | None) -> Iterator[str]:
    before = {target.words: target.found for target in targets(last)} if last else {}
    floor = floors(record)
    yield from ("| what | aim | before | reached | | floor |", "|---|---|---|---|---|---|")
    for target in targets(record):
        title = f"{before[target.words]:.2f}" if target.words in before else ""
        least = f"{floor[target.words]:.2f}" if target.words in floor else ""
        verdict = "yes" if target.reached else "**no**"
        yield f"| {target.words} | {target.aim} | {title} | {target.found:.2f} | {verdict} | {least} |"
    yield ""
    yield f"“Before” is the record that this run replaced: {last['of'] if last else 'there was none'}."


def _profile(record: Mapping[str, Any], last: Mapping[str, Any] | None) -> Iterator[str]:
    for what, shares in record["profiles"].items():
        before = last["profiles"].get(what, {}) if last else {}
        then, now = (ratio(run, what) if run else 0.0 for run in (last, record))
        yield from ("", f"| {PROFILED[what][0]} (1 is {PROFILED[what][2]}) | before | now |", "|---|---|---|")
        for name in dict.fromkeys([*shares, *before]):
            yield f"| {name} | {_part(before.get(name), then)} | {_part(shares.get(name), now)} |"
        yield f"| **all** | {then:.2f} | {now:.2f} |"


def _part(share: float | None, whole: float) -> str:
    return "" if share is None else f"{share * whole:.2f}"


def _table(title: str, figures: Mapping[str, float], beside: str, unit: tuple[str, float] = US) -> Iterable[str]:
    yield from ("", f"## {title}", "", f"| | {unit[0]} | of {beside} |", "|---|---|---|")
    for name, seconds in sorted(figures.items(), key=lambda item: item[1]):
        shown = f"**{name}**" if name.startswith(OURS) else name
        yield f"| {shown} | {seconds * unit[1]:,.0f} | {seconds / figures[beside]:.2f} |"


def _crowd(title: str, figures: Mapping[str, tuple[float, float]]) -> Iterable[str]:
    yield from ("", f"## {title}", "", "| | calls a second | 99 of 100 calls within, ms |", "|---|---|---|")
    for name, (rate, slow) in figures.items():
        yield f"| {f'**{name}**' if name == OURS else name} | {rate:,.0f} | {slow * 1e3:,.0f} |"


def last_record() -> dict[str, Any] | None:
    """Return the record of the last run."""
    found: dict[str, Any] | None = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else None
    return found


def write(record: Mapping[str, Any]) -> None:
    """Write the page and the record, compared with the last run."""
    last = last_record()
    DOCS.mkdir(exist_ok=True)
    draw(record, last, DOCS)
    (DOCS / "benchmarks.md").write_text(page(record, last), "utf-8")
    RECORD.write_text(json.dumps(record, indent=1) + "\n", "utf-8")
