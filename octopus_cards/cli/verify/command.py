"""The command: choose what to order, ask, run the checks, report."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from octopus_cards import BadRequestError, NotFoundError, OctopusCards, OctopusCardsError
from octopus_cards._base.clock import Clock, SystemClock
from octopus_cards.cli.screen import Screen
from octopus_cards.cli.verify.attempts import MAX_ORDERS, Attempt, Attempts, CheckSkippedError, describe
from octopus_cards.cli.verify.creation import (
    creation_timing,
    debit,
    list_delay,
    place_after_refusal,
    require_order,
    success_status,
)
from octopus_cards.cli.verify.facts import QUESTIONS, Fact, exit_status
from octopus_cards.cli.verify.offers import NoOfferError, Offer, choose_offer
from octopus_cards.cli.verify.references import (
    duplicate_check,
    reference_case,
    reference_lifetime,
    require_duplicates,
)
from octopus_cards.cli.verify.report import report, show
from octopus_cards.cli.verify.settings import sandbox_client, sandbox_url


def verify(options: argparse.Namespace, clock: Clock | None = None) -> int:
    """Check the facts in the sandbox and return the exit status."""
    timer = clock or SystemClock()
    try:
        client = sandbox_client(timer)
    except (ValueError, TypeError) as error:
        return _fail(2, str(error))
    with client:
        try:
            offer = choose_offer(client, options.product_id, options.amount, dict(options.input))
        except (NoOfferError, ValueError, TypeError) as error:
            return _fail(2, str(error))
        except (NotFoundError, BadRequestError) as error:
            return _fail(
                2 if options.product_id or options.amount else 3, describe(error, dict(options.input).values())
            )
        except OctopusCardsError as error:
            return _fail(3, f"the server cannot be asked for a product and its price: {describe(error)}")
        return _confirmed(options, client, timer, offer)


def _confirmed(options: argparse.Namespace, client: OctopusCards, clock: Clock, offer: Offer) -> int:
    screen = Screen()
    _announce(screen, offer)
    problem = None if options.yes else _refusal()
    if problem is None and options.output:
        try:
            # Before the first order: a run whose report cannot be written would have to be repeated.
            Path(options.output).write_text("", "utf-8")
        except OSError as error:
            problem = f"cannot write --output: {error}"
    if problem is not None:
        return _fail(2, f"{problem}; nothing was ordered")
    run = _Run(client, clock, offer, screen)
    started = clock.now()
    try:
        run.check_all()
        show(screen, run.facts)
    finally:  # also after Ctrl-C: the report names the orders that were placed
        if options.output:
            times = started, clock.now()
            text = report(offer, run.facts, run.attempts.made, sandbox_url(), times)
            Path(options.output).write_text(text, "utf-8")
    return exit_status(run.facts)


def _announce(screen: Screen, offer: Offer) -> None:
    screen.say(
        f"This places 2 orders in the sandbox at {sandbox_url()}: product {offer.product_id} ({offer.product_name}), "
        f"{offer.amount:f} {offer.currency}, at {offer.price} each. It places more only if the server behaves "
        f"otherwise than documented, and never more than {MAX_ORDERS}. It also sends orders that the server must "
        "refuse, one of them with the oldest client_reference of the account."
    )


def _refusal() -> str | None:
    """Ask whether to continue; return why not."""
    print("Continue? [y/N] ", end="", flush=True)
    answer = sys.stdin.readline()
    if not answer:
        print()
        return "nobody can confirm, because the input is empty: pass --yes"
    return None if answer.strip().lower() in ("y", "yes") else "not confirmed"


def _fail(status: int, problem: str) -> int:
    print(f"octopus-cards verify: {problem}", file=sys.stderr)
    return status


class _Run:
    """One run of all checks; a check that fails does not stop the others."""

    def __init__(self, client: OctopusCards, clock: Clock, offer: Offer, screen: Screen) -> None:
        self._client = client
        self._clock = clock
        self._screen = screen
        self._created: Attempt | None = None
        self.attempts = Attempts(client, clock, offer)
        self.facts: dict[str, Fact] = {}

    def check_all(self) -> None:
        """Run the checks; the look-ups come right after the creation."""
        self._check("rejected_reference", self._place)
        self._check("list_delay", lambda: list_delay(self._order(), self._client, self._clock))
        self._check("success_status", lambda: success_status(self._order()))
        self._check("creation_timing", lambda: creation_timing(self._order()))
        self._check("debit", lambda: debit(self._order(), self.attempts.offer))
        lifetime = partial(reference_lifetime, self._created, self.attempts, self._client, self._clock)
        self._check("reference_lifetime", lifetime)
        self._check("reference_case", self._case)
        self._check("duplicate_check", self._duplicate)

    def _check(self, name: str, check: Callable[[], Fact]) -> None:
        try:
            fact = check()
        except CheckSkippedError as error:
            fact = Fact(name=name, answer=None, evidence=str(error))
        except (OctopusCardsError, ValueError, TypeError) as error:
            fact = Fact(name=name, answer=None, evidence=describe(error))
        self.facts[name] = fact
        self._screen.say(f"[{len(self.facts)}/{len(QUESTIONS)}] {QUESTIONS[name]} {fact.text}")

    def _place(self) -> Fact:
        self._created, fact = place_after_refusal(self.attempts)
        return fact

    def _order(self) -> Attempt:
        return require_order(self._created)

    def _case(self) -> Fact:
        order = self._order()
        require_duplicates(order, self.attempts)
        return reference_case(order, self.attempts)

    def _duplicate(self) -> Fact:
        order = self._order()
        require_duplicates(order, self.attempts)
        return duplicate_check(order, self.attempts, self._client)
