"""The command `octopus-cards`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from octopus_cards._version import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of a pipe went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="octopus-cards", description="The Octopus Cards client at the command line.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="the main job, against an emulated server in this process")
    demo.set_defaults(run=_demo)
    emulator = commands.add_parser("emulator", help="an emulated Octopus Cards server on loopback, for any language")
    emulator.add_argument("--port", type=int, default=4010, help="where it listens; 0 takes a free one (%(default)s)")
    emulator.add_argument("--seed", type=int, default=0, help="what its orders are drawn from (%(default)s)")
    emulator.add_argument("--orders", type=int, default=120, help="how many orders it has at first (%(default)s)")
    emulator.add_argument("--token", default="emulator-token", help="the bearer token it accepts (%(default)s)")
    emulator.add_argument("--api-key", default="emulator-key", help="the key one can log in with (%(default)s)")
    emulator.add_argument("--api-secret", default="emulator-secret", help="its secret (%(default)s)")
    emulator.add_argument(
        "--access-lifetime", type=float, default=3600.0, help="seconds of an access token (%(default)g)"
    )
    emulator.add_argument("--speed", type=float, default=1.0, help="how fast its time runs (%(default)s)")
    emulator.add_argument("--scenario", metavar="NAME", help="play a scenario of spec/scenarios; `list` names them all")
    own = "seed", "orders", "token", "api_key", "api_secret", "access_lifetime"
    emulator.set_defaults(run=_emulator, not_of_a_scenario={name: emulator.get_default(name) for name in own})
    return parser


# Imported when they run, so that `--help` stays quick.
def _demo(options: argparse.Namespace) -> int:
    from octopus_cards.cli.demo import demo

    return demo()


def _emulator(options: argparse.Namespace) -> int:
    from octopus_cards.cli.emulator import emulator

    return emulator(options)
