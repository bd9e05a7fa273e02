"""Generates, compiles and runs each language's program against the emulator, and writes what came of it."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._core.http_server import serving
from octopus_cards.emulator._scenario_server import ScenarioServer

from . import tour
from .language import ROOT, Language, load
from .report import Measured, text, write

POLL_SECONDS = "0.05"
# Seconds; a first build of everything below a program is slow on a small machine.
PATIENCE = 1200


class Failed(Exception):
    """A command did not succeed."""


def measure(language: Language) -> Measured:
    """Everything about one language, told as it goes."""
    measured = Measured(language, compiled=False if language.compile else None)
    print(f"\n{language.name}: {language.generator} {language.version}", flush=True)
    # What the contract makes no more is not to be found any more.
    shutil.rmtree(ROOT / language.folder / "generated", ignore_errors=True)
    for command in language.prepare:
        _step(language, command)
    for command in language.generate:
        warned, harmless = language.told(_step(language, command))
        measured.warned += warned
        measured.harmless += harmless
    for command in language.compile:
        _step(language, command)
    if language.compile:
        measured.compiled = True
    if language.run:
        for name in tour.SCENARIOS:
            measured.failures[name] = _tour(language, name)
        measured.failures[tour.REDIRECT] = _redirected(language)
        for name, failures in measured.failures.items():
            print(f"  {name}: {'; '.join(failures) or 'as it should be'}", flush=True)
    return measured


def _step(language: Language, command: str) -> str:
    began = time.monotonic()
    print(f"  $ {command}", flush=True)
    done = _run(language, command, {})
    if done.returncode:
        raise Failed(f"{language.name}: {command} exited with {done.returncode}\n{done.stdout[-3000:]}")
    print(f"    {time.monotonic() - began:.0f} s", flush=True)
    return done.stdout


def _run(language: Language, command: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        language.words(command), cwd=ROOT / language.folder, env=os.environ | env, check=False, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT if not env else subprocess.PIPE, timeout=PATIENCE,
    )  # fmt: skip


def _program(language: Language, url: str, token: str) -> subprocess.CompletedProcess[str]:
    env = {"OCTOPUS_CARDS_BASE_URL": url, "OCTOPUS_CARDS_TOKEN": token, "POLL_SECONDS": POLL_SECONDS}
    return _run(language, language.run, env)


def _redirected(language: Language) -> list[str]:
    """What was wrong with a run against a server that sends everybody elsewhere, where a token must not go."""
    elsewhere = ScenarioServer(tour.PLAIN)
    with elsewhere.serve() as url:
        away = {"location": f"{url}/api/v1/topups/orders"}
        with serving(lambda _: RawResponse(302, away, b""), 0) as here:
            done = _program(language, here, elsewhere.emulator.token)
    followed = len(elsewhere.emulator.requests)
    found = [f"{followed} requests went elsewhere"] if followed else []
    return found if done.returncode else [*found, "exited with 0, though nothing was answered"]


def _tour(language: Language, name: str) -> list[str]:
    """What was wrong with one run of the program."""
    stage = ScenarioServer(name)
    with stage.serve() as url:
        done = _program(language, url, stage.emulator.token)
    if done.returncode:
        return [f"exited with {done.returncode}: {(done.stderr or done.stdout).strip()[-1500:]}"]
    found = tour.differences(name, done.stdout.splitlines())
    if len(stage.emulator.requests) != tour.requests(name):
        found.append(f"{len(stage.emulator.requests)} requests instead of {tour.requests(name)}")
    return found


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="languages", description=__doc__)
    parser.add_argument("only", nargs="*", help="some languages, by the names of their files")
    parser.add_argument("--check", action="store_true", help="fail where spec/README.md says otherwise; write nothing")
    options = parser.parse_args()
    try:
        languages = load(options.only)
    except ValueError as error:
        sys.exit(f"languages: {error}")
    if lacking := {language.name: language.missing for language in languages if language.missing}:
        told = "; ".join(f"{name} needs {' and '.join(missing)}" for name, missing in lacking.items())
        sys.exit(f"languages: not on PATH: {told}. Name the others to run only those.")
    print("Each program must print:", *tour.transcript(tour.PLAIN), sep="\n  ")
    try:
        measured = [measure(language) for language in languages]
    except Failed as failed:
        sys.exit(f"languages: {failed}")
    print("", *(one.row() for one in measured), sep="\n")
    problems = [one.language.name for one in measured if not one.good]
    if problems:
        sys.exit(f"languages: not as they must be: {', '.join(problems)}")
    if not options.only and (stale := write(text(measured), check=options.check)):
        sys.exit(f"languages: {stale}")


if __name__ == "__main__":
    main()
