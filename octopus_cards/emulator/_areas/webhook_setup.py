"""The part of the emulator's interface that sends webhooks."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from octopus_cards.emulator._areas.topup_order import StoredTopupOrder
from octopus_cards.emulator._areas.topup_store import TopupStore
from octopus_cards.emulator._areas.topup_webhooks import event_body, event_type
from octopus_cards.emulator._core.clock import EmulatorClock
from octopus_cards.emulator._core.pipeline import RequestPipeline
from octopus_cards.emulator._core.webhook_post import WebhookTarget
from octopus_cards.emulator._core.webhook_queue import Unreliability
from octopus_cards.emulator._core.webhook_sender import WebhookSender
from octopus_cards.webhooks import Webhook


class WebhookSetup:
    """Methods of `Emulator` that send webhooks."""

    clock: EmulatorClock
    _seed: int
    _topups: TopupStore
    _pipeline: RequestPipeline

    def send_webhooks_to(
        self,
        url: str,
        secret: str | Iterable[str],
        *,
        duplicates: float = 0.0,
        reorder: float = 0.0,
        attempts: int = 8,
        retry_delay: float = 1.0,
        timeout: float = 30.0,
    ) -> WebhookSender:
        """Send an event to a URL for each order that is created and each status that it reaches, from now on.

        A thread delivers them over HTTP; `stop()`, or the end of a `with` block, stops it. The events are signed with
        the time of the emulator's clock, so give the same clock to the `Webhook` that verifies them. They are sent
        when the stored order changes: when a client reads it, or the back-channel reports.

            with emulator.send_webhooks_to(url, "the secret") as webhooks:
                emulator.clock.advance(60)
                webhooks.flush()

        Args:
            url: The receiver, with http or https.
            secret: The shared secret; of several, the first one signs.
            duplicates: The share of events that are sent a second time, from 0 to 1.
            reorder: By how many seconds of the clock a delivery may be late, so that others overtake it.
            attempts: How many times a delivery is attempted until the receiver answers with 2xx.
            retry_delay: The seconds of the clock before the second attempt; each further delay is twice as long.
            timeout: For how many seconds, in real time, an attempt waits for the receiver.

        Raises:
            ValueError: The URL is not absolute, the secret is empty, or a number is out of bounds.
            TypeError: The secret is no text.
        """
        options = Unreliability(duplicates=duplicates, reorder=reorder, attempts=attempts, retry_delay=retry_delay)
        target, random = WebhookTarget(url, timeout), Random(f"webhooks {self._seed}")
        sender = WebhookSender(target, Webhook(secret), self.clock, random, options, self._report)

        def publish(order: StoredTopupOrder, status: str) -> None:
            at = self.clock.now()
            sender.publish(event_type(status), lambda event_id: event_body(event_id, order, status, at))

        with self._pipeline.lock:
            self._topups.observers.append(publish)
        sender.start()
        return sender

    def _report(self) -> None:
        with self._pipeline.lock:
            self._topups.receive_reports()
