"""The report of a run: the facts, the orders, the times; no data of the recipient, no secret."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any

from octopus_cards._version import __version__
from octopus_cards.cli.screen import Screen
from octopus_cards.cli.table import Column, table
from octopus_cards.cli.verify.attempts import Attempt
from octopus_cards.cli.verify.facts import QUESTIONS, Fact
from octopus_cards.cli.verify.offers import Offer

_COLUMNS = (Column("FACT", 0), Column("ANSWER", 0), Column("CLIENT AGREES", 1))


def in_order(facts: Mapping[str, Fact]) -> list[Fact]:
    """Return a fact for every question, in their order."""
    missing = "the run ended before this check"
    return [facts.get(name) or Fact(name=name, answer=None, evidence=missing) for name in QUESTIONS]


def report(
    offer: Offer,
    facts: Mapping[str, Fact],
    attempts: Iterable[Attempt],
    server: str,
    times: tuple[datetime.datetime, datetime.datetime],
) -> str:
    """Return the report as JSON."""
    started, finished = (each.astimezone(datetime.UTC).isoformat(timespec="seconds") for each in times)
    document: dict[str, Any] = {
        "package": "octopus-cards",
        "version": __version__,
        "server": server,
        "started_at": started,
        "finished_at": finished,
        "product_id": offer.product_id,
        "amount": f"{offer.amount:f}",
        "price": offer.price,
        "facts": [fact.to_json() for fact in in_order(facts)],
        "orders": [attempt.to_json() for attempt in attempts],
    }
    return json.dumps(document, indent=2) + "\n"


def show(screen: Screen, facts: Mapping[str, Fact]) -> None:
    """Print the facts as a table, and then the evidence of each."""
    rows = [(each.name, each.answer or "not determined", each.agreement) for each in in_order(facts)]
    print()
    screen.lines(table(_COLUMNS, rows, screen.width))
    for fact in in_order(facts):
        print()
        screen.say(f"{fact.name}: {fact.evidence}")
        if fact.contradicts:
            screen.say(f"This contradicts a promise of `place`: {fact.contradicts}.")
