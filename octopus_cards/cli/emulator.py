"""`octopus-cards emulator`: the emulator over HTTP until a signal stops it."""

from __future__ import annotations

import argparse
import datetime
import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from octopus_cards.emulator import Emulator, EmulatorClock, Scenario
from octopus_cards.emulator._scenario_server import CONTROL, ScenarioServer

_DELIVERED_AFTER = 30.0


def emulator(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM; or print the scenarios."""
    if options.scenario == "list":
        print(*(f"{name:36} {Scenario.load(name).summary}" for name in Scenario.names()), sep="\n")
        return 0
    try:
        clock = EmulatorClock(datetime.datetime.now(datetime.UTC).replace(microsecond=0), options.speed)
        if options.scenario:
            _serve_scenario(options, clock)
        else:
            _serve_orders(options, clock)
    except ValueError as error:
        print(f"octopus-cards emulator: {error}", file=sys.stderr)
        return 2
    print("stopped", flush=True)
    return 0


def _serve_orders(options: argparse.Namespace, clock: EmulatorClock) -> None:
    emulated = Emulator(
        options.seed,
        token=options.token,
        api_key=options.api_key,
        api_secret=options.api_secret,
        access_lifetime=options.access_lifetime,
        refresh_lifetime=max(604_800.0, options.access_lifetime),
        clock=clock,
        limits=None if options.limits == "none" else options.limits,
    )
    pending = _add_orders(emulated, options.orders)
    with _serving(emulated, options.port) as url:
        _print_banner(url, options, pending)
        _wait_for_signal()


def _serve_scenario(options: argparse.Namespace, clock: EmulatorClock) -> None:
    for name, default in options.conflicts_with_scenario.items():
        if getattr(options, name) != default:
            raise ValueError(f"--{name.replace('_', '-')} cannot be combined with --scenario, which defines it")
    server = ScenarioServer(options.scenario, clock)
    with _serving(server, options.port) as url:
        print(f"Octopus Cards emulator on {url}, running scenario {server.scenario.name}.")
        print(server.scenario.summary)
        print(f"Access token: {server.emulator.token}")
        print(f"GET {url}{CONTROL} returns the expected outcomes and the requests so far.")
        print(f"POST {url}{CONTROL}/NAME starts another scenario or restarts this one.")
        print("Press Ctrl-C to stop.", flush=True)
        _wait_for_signal()


@contextmanager
def _serving(emulated: Emulator | ScenarioServer, port: int) -> Generator[str]:
    try:
        server = emulated.serve(port)
        url = server.__enter__()
    except (OSError, OverflowError) as error:
        raise ValueError(f"cannot listen on --port {port}: {error}") from error
    try:
        yield url
    finally:
        server.__exit__(None, None, None)


def _add_orders(emulated: Emulator, count: int) -> int:
    if count < 1:
        raise ValueError(f"--orders must be 1 or more, got {count}")
    emulated.populate(count - 1)
    return emulated.add_topup_order(client_reference="CAMPAIGN_DEC_24", delivered_after=_DELIVERED_AFTER)


def _print_banner(url: str, options: argparse.Namespace, pending: int) -> None:
    noun = "topup order" if options.orders == 1 else "topup orders"
    outcome = "stays PENDING, since --speed 0 stops the clock"
    if options.speed:
        outcome = f"is delivered in {_DELIVERED_AFTER / options.speed:g} s"
    print(f"Octopus Cards emulator on {url} with {options.orders} {noun}; order {pending} {outcome}.")
    print(f'Try: curl -i -H "Authorization: Bearer {options.token}" "{url}/api/v1/topups/orders?per_page=2"')
    print(f"Or log in at {url}/auth/login with the API key {options.api_key} and its secret.")
    print("It behaves as documented; nobody has compared it with the live API. Press Ctrl-C to stop.", flush=True)


def _wait_for_signal() -> None:
    stop = threading.Event()

    def set_stop(number: int, frame: Any) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, set_stop)
    while not stop.wait(0.5):
        """Wake up regularly, since a signal does not interrupt a wait on every system."""
