"""Generate, compile and run each language's smoke program against the emulator, and report the results."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._core.http_server import serving
from octopus_cards.emulator._scenario_server import ScenarioServer

from . import smoke
from .language import ROOT, Language, load
from .report import Measured, text, write

POLL_SECONDS = "0.05"
# In seconds. The first build of all dependencies is slow on a small machine.
COMMAND_TIMEOUT = 1200


class CommandFailed(Exception):
    """A command exited with an error."""


def measure(language: Language) -> Measured:
    """Generate, compile and run one language, and print each step."""
    measured = Measured(language, compiled=False if language.compile else None)
    print(f"\n{language.name}: {language.generator} {language.version}", flush=True)
    # A file that the contract no longer produces must not survive from an earlier run.
    shutil.rmtree(ROOT / language.folder / "generated", ignore_errors=True)
    for command in language.prepare:
        _step(language, command)
    for command in language.generate:
        warned, harmless = language.find_warnings(_step(language, command))
        measured.warned += warned
        measured.harmless += harmless
    for command in language.compile:
        _step(language, command)
    if language.compile:
        measured.compiled = True
    if language.run:
        measured.failures = {name: _smoke(language, name) for name in smoke.SCENARIOS}
        measured.failures[smoke.REDIRECT] = _redirected(language)
        _print_failures(measured)
    return measured


def _print_failures(measured: Measured) -> None:
    for name, failures in measured.failures.items():
        print(f"  {name}: {'; '.join(failures) or 'ok'}", flush=True)


def _step(language: Language, command: str) -> str:
    began = time.monotonic()
    print(f"  $ {command}", flush=True)
    done = _run(language, command, {})
    if done.returncode:
        raise CommandFailed(f"{language.name}: {command} exited with {done.returncode}\n{done.stdout[-3000:]}")
    print(f"    {time.monotonic() - began:.0f} s", flush=True)
    return done.stdout


def _run(language: Language, command: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        language.arguments(command), cwd=ROOT / language.folder, env=os.environ | env, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT if not env else subprocess.PIPE, timeout=COMMAND_TIMEOUT,
    )  # fmt: skip


def _run_program(language: Language, url: str, token: str) -> subprocess.CompletedProcess[str]:
    env = {"OCTOPUS_CARDS_BASE_URL": url, "OCTOPUS_CARDS_TOKEN": token, "POLL_SECONDS": POLL_SECONDS}
    return _run(language, language.run, env)


def _redirected(language: Language) -> list[str]:
    """Run the program against a server that redirects to another host, which must not receive the token."""
    other_host = ScenarioServer(smoke.PLAIN)
    with other_host.serve() as url:
        location = {"location": f"{url}/api/v1/topups/orders"}
        with serving(lambda _: RawResponse(302, location, b""), 0) as redirecting:
            done = _run_program(language, redirecting, other_host.emulator.token)
    followed = len(other_host.emulator.requests)
    found = [f"requests after the redirect: {followed}"] if followed else []
    return found if done.returncode else [*found, "exited with 0, though no request was answered"]


def _smoke(language: Language, name: str) -> list[str]:
    """Run the program in one scenario and return what is wrong with its output or its requests."""
    server = ScenarioServer(name)
    with server.serve() as url:
        done = _run_program(language, url, server.emulator.token)
    if done.returncode:
        return [f"exited with {done.returncode}: {(done.stderr or done.stdout).strip()[-1500:]}"]
    found = smoke.differences(name, done.stdout.splitlines())
    if len(server.emulator.requests) != smoke.request_count(name):
        found.append(f"{len(server.emulator.requests)} requests instead of {smoke.request_count(name)}")
    return found


def main() -> None:
    """Measure the languages of the command line and update spec/README.md."""
    parser = argparse.ArgumentParser(prog="languages", description=__doc__)
    parser.add_argument("only", nargs="*", help="languages to measure, by the names of their files (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if spec/README.md is out of date")
    options = parser.parse_args()
    languages = _load(options.only)
    print("Each program must print:", *smoke.transcript(smoke.PLAIN), sep="\n  ")
    try:
        measured = [measure(language) for language in languages]
    except CommandFailed as failed:
        sys.exit(f"languages: {failed}")
    print("", *(one.row() for one in measured), sep="\n")
    if failing := [one.language.name for one in measured if not one.good]:
        sys.exit(f"languages: failures in {', '.join(failing)}")
    if not options.only and (stale := write(text(measured), check=options.check)):
        sys.exit(f"languages: {stale}")


def _load(only: Sequence[str]) -> list[Language]:
    try:
        languages = load(only)
    except ValueError as error:
        sys.exit(f"languages: {error}")
    if missing := [f"{one.name} needs {' and '.join(one.missing)}" for one in languages if one.missing]:
        sys.exit(f"languages: not on PATH: {'; '.join(missing)}. Name the other languages to run only those.")
    return languages


if __name__ == "__main__":
    main()
