"""Finishing the orders that a dead process has left in the journal."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from octopus_cards._base.exceptions import AuthenticationError, OctopusCardsError
from octopus_cards._engine.effects import Emit, Offload, Stream
from octopus_cards._engine.exchange import Session
from octopus_cards._engine.journal_entries import Entry, JournalStore
from octopus_cards._engine.order_records import UNFINISHED
from octopus_cards._engine.placing import Placing
from octopus_cards._engine.purchases import Placement, PlacingTarget, purchase_of

_LOGGER = logging.getLogger("octopus_cards")


def recover(
    journal: JournalStore, targets: Mapping[str, PlacingTarget[Any]], session: Session, *, resend: bool
) -> Stream[Placement[Any]]:
    """Yield the placement of each unfinished order that can be settled now.

    An order that cannot be settled keeps its entry, for the next call or for a person. Entries of operations that this
    version does not know stay as they are.
    """
    unfinished: list[Entry] = yield Offload(_unfinished, (journal,))
    for entry in unfinished:
        if entry.operation not in targets:
            continue
        purchase = purchase_of(entry, targets[entry.operation])
        is_whole = entry.fingerprint == "" or entry.private is not None
        placing = Placing(purchase, session, journal)
        try:
            placement = yield from placing.recover(entry, resend=resend and is_whole)
        except OctopusCardsError as error:
            if isinstance(error.__cause__, AuthenticationError):
                raise  # no other entry could be settled either
            _LOGGER.warning("an order of the journal is not settled yet: %s", error)
        else:
            if placement is not None:
                yield Emit(placement)


def _unfinished(journal: JournalStore) -> list[Entry]:
    return [entry for state in UNFINISHED for entry in journal.entries(state)]
