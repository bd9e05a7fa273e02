"""The journal's record of one order while it is placed: which state follows which, as steps of a flow."""

from __future__ import annotations

import logging
from collections.abc import Callable

from msgspec.structs import replace

from octopus_cards._base.clock import Clock
from octopus_cards._base.order_errors import ReferenceConflictError
from octopus_cards._base.processes import is_dead, new_owner
from octopus_cards._engine.effects import Flow, Offload
from octopus_cards._engine.journal_entries import Entry, JournalStore, State
from octopus_cards._engine.purchases import request_difference

# States in which an earlier request may have been accepted.
DOUBTFUL = frozenset({State.SENDING, State.UNKNOWN, State.CLAIMED, State.REVIEW})
# States that `recover` takes up.
UNFINISHED = (State.SENDING, State.UNKNOWN, State.CLAIMED)
# How long an entry belongs to its process after the deadline of the call, and where there is no deadline, in seconds.
LEASE_MARGIN = 30.0
LEASE_WITHOUT_DEADLINE = 3600.0
# No lease is longer: a deadline is at most a day. A later one means that a clock was set back.
MAX_LEASE = 86_400.0 + LEASE_MARGIN
Change = Callable[[Entry | None], Entry | None]
_LOGGER = logging.getLogger("octopus_cards")


def is_doubtful(entry: Entry) -> bool:
    """Return whether a request of an earlier call may have been accepted."""
    return entry.in_doubt or entry.state in DOUBTFUL


class OrderRecord:
    """The entry of one reference; without a journal, it exists only in memory.

    Every step is one atomic change of the stored entry, so several processes may place the same reference. An entry
    that is ACCEPTED stays so. It becomes REJECTED only if the request of this call was the only one that was sent.
    A journal that fails before anything is sent ends the call. After that its failures are logged: they must not hide
    what became of the order, and the entry stays unfinished, for `recover`.

    Attributes:
        entry: The entry as it was stored last.
        may_exist: Whether a request so far may have been accepted without the knowledge of this call. It never becomes
            False again.
    """

    def __init__(self, journal: JournalStore | None, entry: Entry, clock: Clock, seconds: float | None) -> None:
        self.entry = entry
        self.may_exist = False
        self._journal = journal
        self._stored: Entry | None = None
        self._clock = clock
        self._owner = new_owner()
        self._lease = LEASE_WITHOUT_DEADLINE if seconds is None else seconds + LEASE_MARGIN

    @property
    def is_durable(self) -> bool:
        """Whether there is a journal."""
        return self._journal is not None

    def begin(self) -> Flow[Entry]:
        """Commit the intent, or return the entry that exists.

        Raises:
            ReferenceConflictError: The reference was used for another request.
        """
        intent = self.entry

        def change(known: Entry | None) -> Entry | None:
            if known is None:
                return intent
            if (difference := request_difference(known, intent)) is not None:
                raise ReferenceConflictError(difference, client_reference=intent.reference)
            return None

        yield from self._update(change)
        self.may_exist = is_doubtful(self.entry)
        return self.entry

    def claim(self) -> Flow[bool]:
        """Take over an unfinished entry whose process has ended; return whether that succeeded."""

        def change(entry: Entry | None) -> Entry | None:
            if entry is None or entry.state not in UNFINISHED or self._is_leased(entry):
                return None
            return self._owned(entry, State.CLAIMED, in_doubt=True)

        yield from self._update(change)
        self.may_exist = True
        return self.entry.state == State.CLAIMED and self.entry.owner == self._owner

    def start_sending(self) -> Flow[None]:
        """Commit that a request is about to be sent."""

        def change(entry: Entry | None) -> Entry | None:
            known = self.entry if entry is None else entry
            if known.state == State.ACCEPTED:
                return None
            in_doubt = self.may_exist or is_doubtful(known)
            return self._owned(known, State.SENDING, in_doubt=in_doubt, sends=known.sends + 1)

        yield from self._update(change)
        self.may_exist = self.may_exist or self.entry.in_doubt

    def not_executed(self) -> Flow[None]:
        """Record that the request was not executed."""

        def change(entry: Entry | None) -> Entry | None:
            if entry is None or not self._is_mine(entry):
                return None
            return self._released(entry, State.UNKNOWN if entry.in_doubt else State.INTENT)

        yield from self._update_after_sending(change)

    def rejected(self, note: str) -> Flow[bool]:
        """Record that nothing was ordered; return False where an earlier request may have been accepted."""

        def change(entry: Entry | None) -> Entry | None:
            is_unsent = entry is not None and entry.state == State.INTENT and entry.sends == self.entry.sends
            if entry is None or entry.in_doubt or not (is_unsent or self._is_mine(entry)):
                return None
            return self._released(entry, State.REJECTED, note=note)

        yield from self._update_after_sending(change)
        return self.entry.state == State.REJECTED and not self.may_exist

    def unknown(self, note: str, *, released: bool) -> Flow[None]:
        """Record that the request may have been accepted; `released` gives the entry up to `recover`."""
        self.may_exist = True

        def change(entry: Entry | None) -> Entry | None:
            if entry is None or entry.state == State.ACCEPTED:
                return None
            # Another call may have sent the same reference again meanwhile, and continues with the entry.
            if entry.owner not in ("", self._owner):
                return replace(entry, in_doubt=True, note=note, updated_at=self._now())
            settle = self._released if released else self._owned
            return settle(entry, State.UNKNOWN, in_doubt=True, note=note)

        yield from self._update_after_sending(change)

    def accepted(self, order_id: int) -> Flow[bool]:
        """Record the order; return whether this call is the first one that does."""
        is_first = False

        def change(entry: Entry | None) -> Entry | None:
            nonlocal is_first
            known = self.entry if entry is None else entry
            is_first = known.state != State.ACCEPTED
            if is_first:
                return self._released(known, State.ACCEPTED, order_id=order_id, note="")
            if known.order_id == order_id:
                return None
            return replace(known, note=f"the server has also accepted order {order_id}", updated_at=self._now())

        yield from self._update_after_sending(change)
        return is_first

    def review(self, note: str) -> Flow[None]:
        """Mark the entry for a person."""

        def change(entry: Entry | None) -> Entry | None:
            if entry is None or entry.state == State.ACCEPTED:
                return None
            return self._released(entry, State.REVIEW, in_doubt=True, note=note)

        yield from self._update_after_sending(change)

    def _is_leased(self, entry: Entry) -> bool:
        """Return whether the owner of an entry may still be working on it."""
        left = entry.lease_until - self._now()
        return 0 < left <= MAX_LEASE and not is_dead(entry.owner)

    def _is_mine(self, entry: Entry) -> bool:
        """Return whether the last request of an entry is the one of this call."""
        return entry.state == State.SENDING and entry.owner == self._owner

    def _owned(self, entry: Entry, state: State, **fields: object) -> Entry:
        now = self._now()
        lease = now + self._lease
        return replace(entry, state=state, owner=self._owner, lease_until=lease, updated_at=now, **fields)

    def _released(self, entry: Entry, state: State, **fields: object) -> Entry:
        return replace(entry, state=state, owner="", lease_until=0.0, updated_at=self._now(), **fields)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _update(self, change: Change) -> Flow[None]:
        """Change the stored entry.

        Raises:
            TypeError: The journal breaks its protocol.
        """
        if self._journal is None:
            self._stored = change(self._stored) or self._stored
            stored = self._stored
        else:
            stored = yield Offload(self._journal.update, (self.entry.reference, change))
        if not isinstance(stored, Entry):
            raise TypeError(f"update of a journal must return the stored Entry, got {type(stored).__name__}")
        self.entry = stored

    def _update_after_sending(self, change: Change) -> Flow[None]:
        try:
            yield from self._update(change)
        except Exception as error:
            _LOGGER.warning("the journal failed (%s); the entry of the order stays unfinished", type(error).__name__)
            self.entry = change(self.entry) or self.entry
