"""Finishing the orders that a dead process has left in the journal."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from octopus_cards._base.exceptions import AuthenticationError, OctopusCardsError
from octopus_cards._base.redaction import redact
from octopus_cards._engine.effects import Emit, Flow, Offload, Stream
from octopus_cards._engine.exchange import Session
from octopus_cards._engine.journal_entries import Entry, JournalStore
from octopus_cards._engine.order_records import UNFINISHED, OrderRecord
from octopus_cards._engine.placing import Placing
from octopus_cards._engine.purchases import Placement, PlacingTarget, has_private_arguments, purchase_of

_LOGGER = logging.getLogger("octopus_cards")
# How long a request is sent again after the purchase, in seconds: later, a person decides whether it is still wanted.
MAX_RESEND_AGE = 86_400.0


def recover(
    journal: JournalStore, targets: Mapping[str, PlacingTarget[Any]], session: Session, *, resend: bool
) -> Stream[Placement[Any]]:
    """Yield the placement of each unfinished order that can be settled now.

    An order that cannot be settled keeps its entry, for the next call or for a person. Entries of another server, and
    of operations that this version does not know, stay as they are.
    """
    unfinished: list[Entry] = yield Offload(_unfinished, (journal, session.server))
    for entry in unfinished:
        if entry.operation not in targets:
            continue
        try:
            placement = yield from _recover_entry(journal, entry, targets[entry.operation], session, resend=resend)
        except (OctopusCardsError, TypeError, ValueError) as error:
            if isinstance(error.__cause__, AuthenticationError):
                raise  # no other entry could be settled either
            _LOGGER.warning("the order %s of the journal is not settled yet: %s", redact(entry.reference), error)
        else:
            if placement is not None:
                yield Emit(placement)


def _recover_entry(
    journal: JournalStore, entry: Entry, target: PlacingTarget[Any], session: Session, *, resend: bool
) -> Flow[Placement[Any] | None]:
    """Return the placement; None where another process works on the entry."""
    purchase = purchase_of(entry, target)
    record = OrderRecord(journal, entry, session.clock, session.deadline)
    if not (yield from record.claim()):
        return None
    age = session.clock.now().timestamp() - entry.created_at
    can_resend = resend and age <= MAX_RESEND_AGE and has_private_arguments(entry)
    return (yield from Placing(purchase, session, record).recover(resend=can_resend))


def _unfinished(journal: JournalStore, server: str) -> list[Entry]:
    return [entry for state in UNFINISHED for entry in journal.entries(state) if entry.server == server]
