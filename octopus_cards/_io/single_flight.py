"""One run of some work for all threads that ask for it at the same time.

An interrupt or a signal handler can come between any two lines, and the handler may ask for the same work. So nothing
here holds a lock while anything else happens: whatever must not be split is a single operation of the interpreter.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar, copy_context

# The run that the current thread or task belongs to.
CURRENT: ContextVar[object] = ContextVar("octopus_cards_flight", default=None)


class Flight:
    """One run in a thread of its own, which continues if every caller leaves. The end of the program does not wait."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._claim = threading.Lock()  # never released: of all threads that try to run the work, one does
        self._waiting: deque[threading.Lock] = deque()
        self.is_over = False
        self.error: Exception | None = None

    def start(self) -> None:
        """Start a thread, unless one runs the work already: an interrupt may have kept an earlier caller from it.

        Raises:
            RuntimeError: No thread can be started.
        """
        if self._claim.locked():
            return
        # With the caller's context, so that its values (say, the id of the request it serves) reach the log.
        run = copy_context().run
        try:
            threading.Thread(target=run, args=[self._run], name="octopus-cards-login", daemon=True).start()
        except RuntimeError:
            if not self._claim.locked():
                raise

    def _run(self) -> None:
        if not self._claim.acquire(blocking=False):
            return
        CURRENT.set(self)
        try:
            self._work()
        except Exception as error:
            self.error = error
        finally:
            self.is_over = True
            while self._waiting:
                self._waiting.popleft().release()

    def wait(self, seconds: float) -> bool:
        """Wait up to that many seconds; return whether the run is over."""
        woken = threading.Lock()
        woken.acquire()
        self._waiting.append(woken)
        # Looked at after the lock is in the queue: the run that ends from here on releases it.
        if not self.is_over:
            woken.acquire(timeout=max(0.0, min(seconds, threading.TIMEOUT_MAX)))
        return self.is_over


class SingleFlight:
    """At most one run at a time."""

    def __init__(self) -> None:
        self._flights: dict[str, Flight] = {}

    def current_or_new(self, work: Callable[[], None]) -> Flight:
        """Return the run that is not over yet, else a new one, which the caller has to start."""

        def run() -> None:
            try:
                work()
            finally:
                self._flights.clear()

        return self._flights.get("current") or self._flights.setdefault("current", Flight(run))
