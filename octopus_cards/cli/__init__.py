"""The command `octopus-cards`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from octopus_cards._version import __version__
from octopus_cards.cli.verify.options import VERIFY, VERIFY_DESCRIPTION, add_verify_options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        status = int(options.run(options))
        sys.stdout.flush()  # an error of the last lines belongs to the command as well
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of the pipe has closed it, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:  # the output cannot be written, as on a full disk
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"octopus-cards: {error}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="octopus-cards", description="Tools of the Python client for the Octopus Cards API."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = "show the main calls of the client against an emulated server; no account is needed"
    commands.add_parser("demo", help=demo, description=_sentence(demo)).set_defaults(run=_demo)
    emulator = "serve an emulated Octopus Cards API over HTTP on 127.0.0.1, for clients in any language"
    _add_emulator_options(commands.add_parser("emulator", help=emulator, description=_sentence(emulator)))
    verify = commands.add_parser("verify", help=VERIFY, description=VERIFY_DESCRIPTION)
    add_verify_options(verify)
    verify.set_defaults(run=_verify)
    return parser


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _add_emulator_options(emulator: argparse.ArgumentParser) -> None:
    add = emulator.add_argument
    add("--port", type=int, default=4010, help="port to listen on; 0 chooses a free one (default: %(default)s)")
    add("--seed", type=int, default=0, help="seed for ids and sample orders (default: %(default)s)")
    add("--orders", type=int, default=120, help="number of topup orders at the start (default: %(default)s)")
    add("--token", default="emulator-token", help="access token that does not expire (default: %(default)s)")
    add("--api-key", default="emulator-key", metavar="KEY", help="API key for the login (default: %(default)s)")
    add("--api-secret", default="emulator-secret", metavar="SECRET", help="its secret (default: %(default)s)")
    add(
        "--access-lifetime",
        type=float,
        default=3600.0,
        metavar="SECONDS",
        help="lifetime of an access token from a login (default: %(default)g)",
    )
    add(
        "--limits",
        choices=("production", "sandbox", "none"),
        default="production",
        help="documented rate limits to enforce (default: %(default)s)",
    )
    add("--speed", type=float, default=1.0, help="speed of the emulated clock; 0 stops it (default: %(default)g)")
    add(
        "--scenario",
        metavar="NAME",
        help="run a scenario, which defines the orders, responses and token; `list` prints all scenarios",
    )
    names = "seed", "orders", "token", "api_key", "api_secret", "access_lifetime", "limits"
    conflicts = {name: emulator.get_default(name) for name in names}
    emulator.set_defaults(run=_emulator, conflicts_with_scenario=conflicts)


# The commands are imported when they run, so that `--help` responds quickly.
def _demo(options: argparse.Namespace) -> int:
    from octopus_cards.cli.demo import demo

    return demo()


def _emulator(options: argparse.Namespace) -> int:
    from octopus_cards.cli.emulator import emulator

    return emulator(options)


def _verify(options: argparse.Namespace) -> int:
    from octopus_cards.cli.verify.command import verify

    return verify(options)
