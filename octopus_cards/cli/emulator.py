"""`octopus-cards emulator`: the emulator over HTTP until it is stopped."""

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
from octopus_cards.emulator._scenario_server import CONTROL


def emulator(options: argparse.Namespace) -> int:
    """Serves until Ctrl-C or SIGTERM."""
    if options.scenario == "list":
        print(*(f"{name:36} {Scenario.load(name).shows}" for name in Scenario.names()), sep="\n")
        return 0
    try:
        clock = EmulatorClock(datetime.datetime.now(datetime.UTC).replace(microsecond=0), options.speed)
        if options.scenario:
            return _play(options, clock)
        emulated = Emulator(
            options.seed,
            token=options.token,
            api_key=options.api_key,
            api_secret=options.api_secret,
            access_lifetime=options.access_lifetime,
            refresh_lifetime=max(604_800.0, options.access_lifetime),
            clock=clock,
        )
        pending = _fill(emulated, options.orders)
        with _serving(emulated, options.port) as url:
            _tell(url, options, pending)
            _until_stopped()
    except ValueError as error:
        print(f"octopus-cards emulator: {error}", file=sys.stderr)
        return 2
    print("stopped", flush=True)
    return 0


def _play(options: argparse.Namespace, clock: EmulatorClock) -> int:
    for name, default in options.not_of_a_scenario.items():
        if getattr(options, name) != default:
            raise ValueError(f"--{name.replace('_', '-')} cannot be given with --scenario, which says what is served")
    stage = Stage(options.scenario, clock)
    with _serving(stage, options.port) as url:
        print(f"Octopus Cards emulator on {url}, playing {stage.scenario.name}: {stage.scenario.shows}")
        print(f"Its token is {stage.emulator.token}. What a client must end with, and what was asked so far:")
        print(f"GET {url}{CONTROL}; another scenario, or the same anew: POST {url}{CONTROL}/NAME. Stop it with Ctrl-C.")
        sys.stdout.flush()
        _until_stopped()
    print("stopped", flush=True)
    return 0


@contextmanager
def _serving(emulated: Emulator | Stage, port: int) -> Generator[str]:
    try:
        server = emulated.serve(port)
        url = server.__enter__()
    except (OSError, OverflowError) as error:
        raise ValueError(f"--port {port} cannot be listened on: {error}") from error
    try:
        yield url
    finally:
        server.__exit__(None, None, None)


def _fill(emulated: Emulator, orders: int) -> int:
    if orders < 1:
        raise ValueError(f"--orders must be 1 or more, got {orders}")
    emulated.populate(orders - 1)
    return emulated.add_order(client_reference="CAMPAIGN_DEC_24", delivered_after=30.0)


def _tell(url: str, options: argparse.Namespace, pending: int) -> None:
    ends = f"is delivered in {30.0 / options.speed:g} s" if options.speed else "stays PENDING, since the clock stands"
    print(f"Octopus Cards emulator on {url}, {options.orders} topup orders; order {pending} {ends}.")
    print(f'Try: curl -i -H "Authorization: Bearer {options.token}" "{url}/api/v1/topups/orders?per_page=2"')
    print(f"Or log in at {url}/auth/login with the key {options.api_key} and its secret.")
    print("It behaves as documented; nobody has compared it with the live API. Stop it with Ctrl-C.", flush=True)


def _until_stopped() -> None:
    stop = threading.Event()

    def stopped(number: int, frame: Any) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stopped)
    while not stop.wait(0.5):
        """Woken at times, for a signal does not interrupt a wait on every system."""
