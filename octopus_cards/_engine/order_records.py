"""The journal's record of one order while it is placed: which state follows which, as steps of a flow."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from octopus_cards._base.clock import Clock
from octopus_cards._base.exceptions import ReferenceConflictError
from octopus_cards._base.processes import is_dead, new_owner
from octopus_cards._engine.effects import Flow, Offload
from octopus_cards._engine.journal_entries import Entry, JournalStore, State
from octopus_cards._engine.purchases import is_same_request

# States in which an earlier request may have been accepted.
DOUBTFUL = frozenset({State.SENDING, State.UNKNOWN, State.CLAIMED, State.REVIEW})
# States that `recover` takes up.
UNFINISHED = (State.SENDING, State.UNKNOWN, State.CLAIMED)
# How long an entry belongs to its process after the deadline of the call, in seconds, and where there is no deadline.
LEASE_MARGIN = 30.0
LEASE_WITHOUT_DEADLINE = 3600.0
MAX_NOTE = 500


def is_doubtful(entry: Entry) -> bool:
    """Return whether a request of an earlier call may have been accepted."""
    return entry.in_doubt or entry.state in DOUBTFUL


class OrderRecord:
    """The entry of one reference. Without a journal, each step only keeps the state of this call.

    Every step is one atomic change of the stored entry, so several processes may place the same reference. An entry
    that is ACCEPTED stays so. It becomes REJECTED only if no other request with the reference was ever started.
    """

    def __init__(self, journal: JournalStore | None, intent: Entry, clock: Clock, seconds: float | None) -> None:
        self._journal = journal
        self._clock = clock
        self._owner = new_owner() if journal is not None else ""
        self._lease = LEASE_WITHOUT_DEADLINE if seconds is None else seconds + LEASE_MARGIN
        self.entry: Entry = intent

    @property
    def in_doubt(self) -> bool:
        """Whether a request before the last one may have been accepted, or the last one has an unknown outcome."""
        return self.entry.in_doubt or self.entry.state in DOUBTFUL - {State.SENDING}

    def begin(self) -> Flow[Entry]:
        """Commit the intent, or return the entry that exists.

        Raises:
            ReferenceConflictError: The reference was used for another request.
        """
        intent = self.entry

        def change(known: Entry | None) -> Entry | None:
            if known is None:
                return intent
            if not is_same_request(known, intent):
                text = "the journal has another request with this client_reference"
                raise ReferenceConflictError(text, client_reference=intent.reference)
            return None

        return (yield from self._update(change, known=None))

    def claim(self) -> Flow[bool]:
        """Take over an unfinished entry whose process has ended; return whether that succeeded."""

        def change(entry: Entry | None) -> Entry | None:
            if entry is None or entry.state not in UNFINISHED:
                return None
            if entry.lease_until > self._now() and not is_dead(entry.owner):
                return None
            return self._owned(entry, State.CLAIMED, in_doubt=True)

        entry = yield from self._update(change)
        return entry.state == State.CLAIMED and entry.owner == self._owner

    def start_sending(self) -> Flow[None]:
        """Commit that a request is about to be sent."""

        def change(entry: Entry | None) -> Entry | None:
            known = self.entry if entry is None else entry
            if known.state == State.ACCEPTED:
                return None
            return self._owned(known, State.SENDING, in_doubt=is_doubtful(known), sends=known.sends + 1)

        yield from self._update(change)

    def not_executed(self) -> Flow[None]:
        """Record that the request was not executed."""

        def change(entry: Entry | None) -> Entry | None:
            if entry is None or not self._is_last(entry):
                return None
            return self._released(entry, State.UNKNOWN if entry.in_doubt else State.INTENT)

        yield from self._update(change)

    def rejected(self, note: str) -> Flow[bool]:
        """Record that the server refused the order; return False where an earlier request may have been accepted."""

        def change(entry: Entry | None) -> Entry | None:
            if entry is None or not self._is_last(entry) or entry.in_doubt:
                return None
            return self._released(entry, State.REJECTED, note=note[:MAX_NOTE])

        entry = yield from self._update(change)
        return entry.state == State.REJECTED

    def unknown(self, *, released: bool) -> Flow[None]:
        """Record that the request may have been accepted; `released` where this call does not continue."""

        def change(entry: Entry | None) -> Entry | None:
            if entry is None or entry.state == State.ACCEPTED:
                return None
            # Another call may have sent the same reference again meanwhile, and continues with the entry.
            if entry.owner != self._owner:
                return replace(entry, in_doubt=True, updated_at=self._now())
            settle = self._released if released else self._owned
            return settle(entry, State.UNKNOWN, in_doubt=True)

        yield from self._update(change)

    def accepted(self, order_id: int) -> Flow[None]:
        """Record the order."""

        def change(entry: Entry | None) -> Entry | None:
            known = self.entry if entry is None else entry
            if known.state == State.ACCEPTED:
                return None
            return self._released(known, State.ACCEPTED, order_id=order_id, note="")

        yield from self._update(change)

    def review(self, note: str) -> Flow[None]:
        """Record that a person has to look at it."""

        def change(entry: Entry | None) -> Entry | None:
            if entry is None or entry.state == State.ACCEPTED:
                return None
            return self._released(entry, State.REVIEW, in_doubt=True, note=note[:MAX_NOTE])

        yield from self._update(change)

    def _is_last(self, entry: Entry) -> bool:
        """Return whether nobody has started another request since this call did."""
        return entry.state in (State.INTENT, State.SENDING) and entry.sends == self.entry.sends

    def _owned(self, entry: Entry, state: State, **fields: object) -> Entry:
        now = self._now()
        lease = now + self._lease
        return replace(entry, state=state, owner=self._owner, lease_until=lease, updated_at=now, **fields)

    def _released(self, entry: Entry, state: State, **fields: object) -> Entry:
        return replace(entry, state=state, owner="", lease_until=0.0, updated_at=self._now(), **fields)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _update(self, change: Callable[[Entry | None], Entry | None], **known: Entry | None) -> Flow[Entry]:
        """Change the stored entry; without a journal, the one in memory."""
        if self._journal is None:
            self.entry = change(known.get("known", self.entry)) or self.entry
        else:
            self.entry = (yield Offload(self._journal.update, (self.entry.reference, change))) or self.entry
        return self.entry
