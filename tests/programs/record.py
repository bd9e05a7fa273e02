"""Records the cassettes: `nox -s record` from the emulator's HTTP server, `nox -s record -- --live` from the real API.

Live, only reading scenarios are recorded: no order is changed. `--environment production` uses the production host
instead of the sandbox.
"""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import method_of, returns_items
from support.scenario_steps import Scenario, populate
from support.scenarios import SCENARIOS
from support.scrubbing import CASSETTES, cassette

BEGIN, END = "<!-- made by nox -s record: begin -->", "<!-- end -->"


def play(client: Any, scenario: Scenario, call: Any) -> list[Any]:
    """Return the results of a scenario's steps; an exception of the package is a result."""
    results: list[Any] = []
    for method, arguments in scenario.steps:
        try:
            results.append(call(client, method, **arguments(results)))
        except oc.OctopusCardsError as error:
            results.append(error)
    return results


def _call(client: oc.OctopusCards, method: str, **arguments: Any) -> Any:
    if method == "logout":
        return client.logout()
    result = method_of(client, method)(**arguments)
    return list(result) if returns_items(method) else result


def record_emulated(name: str, scenario: Scenario, folder: Path) -> str:
    """Record one scenario from the emulator's HTTP server."""
    emulator = Emulator(seed=0, limits=None)
    populate(emulator)
    if scenario.prepare is not None:
        scenario.prepare(emulator)
    with ExitStack() as stack:
        url = stack.enter_context(emulator.serve())
        stack.enter_context(cassette(name, "all", folder))
        options: dict[str, Any] = {"base_url": url, "transport": None, "attempts": scenario.attempts}
        if scenario.by_key:
            options |= {"api_key": emulator.api_key, "api_secret": emulator.api_secret}
        client = stack.enter_context(emulator.client(**options))
        scenario.check(play(client, scenario, _call))
    return scenario.source


def record_live(name: str, scenario: Scenario, folder: Path, environment: Literal["production", "sandbox"]) -> str:
    """Record one scenario from the real API."""
    with oc.OctopusCards(environment=environment) as client, cassette(name, "all", folder):
        scenario.check(play(client, scenario, _call))
    return f"live {environment}, {datetime.datetime.now(datetime.UTC):%Y-%m-%d}"


def table(sources: dict[str, str]) -> str:
    """Return the table of the README."""
    rows = [f"| `{name}` | {scenario.shows} | {sources[name]} |" for name, scenario in SCENARIOS.items()]
    return "\n".join([BEGIN, "| cassette | shows | came from |", "|---|---|---|", *rows, END])


def known_sources(readme: str) -> dict[str, str]:
    """Where each cassette came from, by the README's table."""
    cells = (line.split(" | ") for line in readme.splitlines() if line.startswith("| `"))
    return {first.strip("| `"): last.removesuffix(" |") for first, _, last in cells}


def main() -> None:
    """Record the scenarios that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", action="store_true", help="from the real API, with OCTOPUS_CARDS_TOKEN")
    parser.add_argument("--environment", choices=("sandbox", "production"), default="sandbox")
    parser.add_argument("--folder", type=Path, default=CASSETTES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.live and not os.environ.get("OCTOPUS_CARDS_TOKEN"):
        sys.exit("record --live: OCTOPUS_CARDS_TOKEN is not set; nothing was sent and no cassette was touched.")
    readme = options.folder / "README.md"
    text = readme.read_text("utf-8")
    sources = known_sources(text)
    for name, scenario in SCENARIOS.items():
        if options.live and (scenario.prepare is not None or scenario.by_key):
            print(f"{name}: left as it is, the live API cannot be brought to it by reading")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            sources[name] = (
                record_live(name, scenario, folder, options.environment)
                if options.live
                else record_emulated(name, scenario, folder)
            )
            # Only a recording that passed its check takes the old one's place.
            shutil.copyfile(folder / f"{name}.yaml", options.folder / f"{name}.yaml")
        print(f"{name}: recorded from {sources[name]}")
    readme.write_text(text[: text.index(BEGIN)] + table(sources) + text[text.index(END) + len(END) :], "utf-8")


if __name__ == "__main__":
    main()
