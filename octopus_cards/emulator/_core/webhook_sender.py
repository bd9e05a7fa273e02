"""The sender of webhooks: a thread that delivers over HTTP, by the clock of the emulator."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Self

from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.webhook_post import WebhookTarget
from octopus_cards.emulator._core.webhook_queue import Delivery, DeliveryQueue, Unreliability
from octopus_cards.webhooks import Webhook

MAX_ATTEMPTS_KEPT = 20_000
_SHORTEST_PAUSE = 0.01
# Documentation page webhooks (older): these headers come with each delivery.
_HEADERS = {"User-Agent": "octopusrewards.com/webhook-agent", "X-Webhook-ID": "emulator", "Connection": "close"}


@dataclass(frozen=True, slots=True)
class WebhookAttempt:
    """An attempt to deliver an event.

    Attributes:
        event_id: The id of the event.
        event_type: Its type.
        attempt: The number of the attempt, from 1; a duplicate starts from 1, too.
        status: The status of the response; None where none came.
    """

    event_id: str
    event_type: str
    attempt: int
    status: int | None

    @property
    def succeeded(self) -> bool:
        """Whether the receiver answered with 2xx."""
        return self.status is not None and 200 <= self.status < 300


class WebhookSender:
    """Delivers events to one URL until it is stopped; a `with` block stops it at its end.

    Attributes:
        attempts: The attempts so far; of more than 20,000 the last ones.
    """

    def __init__(
        self,
        target: WebhookTarget,
        webhook: Webhook,
        clock: EmulatorClock,
        random: Random,
        unreliability: Unreliability,
        report: Callable[[], None],
    ) -> None:
        self.attempts: list[WebhookAttempt] = []
        self._target = target
        self._webhook = webhook
        self._clock = clock
        self._random = random
        self._queue = DeliveryQueue(unreliability, random)
        self._report = report  # makes the areas publish what has happened by now
        self._changed = threading.Condition()
        self._changes = 0
        self._is_sending = False
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="octopus-cards-webhooks", daemon=True)

    def start(self) -> None:
        """Start to deliver."""
        self._clock.subscribe(self._clock_advanced)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def publish(self, event_type: str, body_of: Callable[[str], bytes]) -> None:
        """Deliver an event from now on.

        Args:
            event_type: Its type.
            body_of: Returns the body of an event with this id.
        """
        with self._changed:
            if self._is_stopped:
                return
            event_id = f"evt_{self._random.getrandbits(64):016x}"
            self._queue.add_event(self._clock.monotonic(), event_id, event_type, body_of(event_id))
            self._notify()

    def flush(self, timeout: float = 30.0) -> None:
        """Block until everything is sent that is due by now on the clock. A retry is due only after its delay.

        Args:
            timeout: The longest time to block, in real seconds.

        Raises:
            TimeoutError: Something due was not sent in time.
        """
        self._report()
        with self._changed:
            if not self._changed.wait_for(self._is_idle, timeout):
                raise TimeoutError(f"webhooks were not sent within {timeout:g} s")

    def stop(self) -> None:
        """Stop: end the attempt that is under way, drop what is left, and wait for the thread."""
        self._clock.unsubscribe(self._clock_advanced)
        with self._changed:
            self._is_stopped = True
            self._notify()
        self._target.close()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _is_idle(self) -> bool:
        return self._is_stopped or not (self._is_sending or self._queue.has_due(self._clock.monotonic()))

    def _clock_advanced(self) -> None:
        # In the thread that advances the clock, so that the same calls publish the same events in the same order.
        self._report()
        with self._changed:
            self._notify()

    def _notify(self) -> None:
        self._changes += 1
        self._changed.notify_all()

    def _run(self) -> None:
        while not self._is_stopped:
            seen = self._changes
            if self._clock.speed:
                self._report()
            delivery = self._take(seen)
            if delivery is not None:
                self._deliver(delivery)

    def _take(self, seen: int) -> Delivery | None:
        """Return what is due; None after something has changed since the count `seen`."""
        with self._changed:
            delivery = None if self._is_stopped else self._queue.take_due(self._clock.monotonic())
            if delivery is None:
                self._changed.wait_for(lambda: self._changes != seen, self._pause())
            self._is_sending = delivery is not None
            return delivery

    def _pause(self) -> float | None:
        """Return how long to wait for a change: a stopped clock reports each, a running one moves by itself."""
        return max(_SHORTEST_PAUSE, 1 / self._clock.speed) if self._clock.speed else None

    def _deliver(self, delivery: Delivery) -> None:
        signed = self._webhook.sign(delivery.body, event_id=delivery.event_id, at=self._clock.now())
        status = self._target.post(delivery.body, _HEADERS | signed | {"X-Event-Type": delivery.event_type})
        attempt = WebhookAttempt(delivery.event_id, delivery.event_type, delivery.attempt, status)
        with self._changed:
            self._is_sending = False
            if self._is_stopped:
                return
            self.attempts.append(attempt)
            del self.attempts[:-MAX_ATTEMPTS_KEPT]
            if not attempt.succeeded:
                self._queue.retry(self._clock.monotonic(), delivery)
            self._notify()
