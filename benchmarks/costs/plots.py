"""Plots of the costs that grow with the work, and of the profiles."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot
from matplotlib.patches import Patch

from .environments import HTTPX
from .subjects import BARE, OURS, STOCK

# What each profile is of: the figures, and beside which of them its length is drawn.
PROFILED = {
    "decode": ("decoding a page", "decode", STOCK),
    "call": ("one call", "call", BARE),
    "import": ("import and first call", "first call", HTTPX),
}
TITLES = {"decode": "Decoding a page", "walk": "Walking through a list", "tasks": "Tasks with one call each"}
OUR_COLOUR = "tab:blue"


def ratio(run: Mapping[str, Any], what: str) -> float:
    """Return both lengths of a profile: ours and the compared client's."""
    _, figures, beside = PROFILED[what]
    return float(run[figures][OURS] / run[figures][beside])


def draw(record: Mapping[str, Any], last: Mapping[str, Any] | None, folder: Path) -> None:
    """Write every plot."""
    mpl.rcParams |= {"svg.hashsalt": "octopus-cards", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3}
    for name, axes in record["growing"].items():
        _lines(TITLES[name], axes, folder / f"benchmarks-{name}.svg")
    _bars(record, last, folder / "benchmarks-profile.svg")


def _lines(title: str, axes: Mapping[str, Any], path: Path) -> None:
    figure, plot = pyplot.subplots(figsize=(6.4, 3.6), layout="constrained")
    for subject, points in axes["subjects"].items():
        ours = subject.startswith(OURS)
        xs, ys = zip(*points, strict=True)
        plot.plot(xs, ys, marker="o", markersize=3, linewidth=2.4 if ours else 1.2, label=subject)
    plot.set(title=title, xlabel=axes["x"], ylabel=axes["y"], xscale="log", yscale=axes.get("scale", "log"))
    plot.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _bars(record: Mapping[str, Any], last: Mapping[str, Any] | None, path: Path) -> None:
    runs = {"now": record} | ({"before": last} if last else {})
    parts = dict.fromkeys(name for run in runs.values() for shares in run["profiles"].values() for name in shares)
    others = [name for name in parts if name != "octopus_cards"]
    colours = {"octopus_cards": OUR_COLOUR} | {
        name: mpl.colormaps["Set2"](number % 8) for number, name in enumerate(others)
    }
    figure, plot = pyplot.subplots(figsize=(7.6, 3.4), layout="constrained")
    labels: list[str] = []
    for what, (words, _, beside) in reversed(PROFILED.items()):
        for when, run in runs.items():
            start, whole = 0.0, ratio(run, what)
            for name, share in run["profiles"][what].items():
                plot.barh(len(labels), share * whole, left=start, color=colours[name], height=0.75)
                start += share * whole
            plot.text(start + 0.04, len(labels), f"{whole:.2f}", va="center", fontsize=8)
            labels.append(f"{words}, {when} (1 is {beside})")
    plot.set_xlim(right=plot.get_xlim()[1] * 1.08)
    plot.set_title("Profiles")
    plot.axvline(1.0, color="black", linewidth=0.8)
    plot.set(yticks=range(len(labels)), yticklabels=labels)
    handles = [Patch(color=colour) for colour in colours.values()]
    plot.legend(handles, colours, fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
