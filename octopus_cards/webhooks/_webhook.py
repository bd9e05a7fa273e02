"""Verify deliveries, and sign those of a test.

Source: documentation page reference/webhooks/verification.
"""

from __future__ import annotations

import datetime
import hmac
import math
import re
from collections.abc import Iterable

from octopus_cards._base.clock import Clock, SystemClock
from octopus_cards._base.plain import plain_number
from octopus_cards.webhooks._errors import WebhookVerificationError
from octopus_cards.webhooks._events import Event
from octopus_cards.webhooks._hidden import Delivery, Key, hide_secrets
from octopus_cards.webhooks._parsing import read_event
from octopus_cards.webhooks._requests import Body, Headers, delivery_of, raw_body
from octopus_cards.webhooks._times import read_unix_time, unix_time

_SEPARATORS = re.compile(r"[,;\s]+")


class Webhook:
    """The secret of a webhook, which verifies deliveries. Threads can share it.

    Args:
        secret: The shared secret of the dashboard, or several of them while it changes: the new one and the old one.
        tolerance: By how many seconds the time of sending may differ from now in either direction; None checks no
            time. The documentation says 5 minutes for old deliveries.
        clock: The clock that says what time it is; by default that of this machine.

    Raises:
        TypeError: The secret is no text, or the tolerance is no number.
        ValueError: There is no secret, it has white space around it, or the tolerance is negative or not finite.
    """

    # A debugger may call repr before the end of __init__.
    _keys: tuple[Key, ...] = ()
    _tolerance: float | None = None

    def __init__(
        self, secret: str | Iterable[str], *, tolerance: float | None = 300.0, clock: Clock | None = None
    ) -> None:
        secrets = hide_secrets(secret)
        del secret  # tools show the local variables of a traceback
        self._keys = tuple(map(Key, secrets))
        if not self._keys:
            raise ValueError("secret must be one secret or several, got none")
        self._tolerance = None if tolerance is None else plain_number(tolerance)
        if self._tolerance is not None and not 0 <= self._tolerance < math.inf:
            raise ValueError(f"tolerance must be 0 seconds or more, got {self._tolerance!r}")
        self._clock = clock or SystemClock()

    def __repr__(self) -> str:
        return f"Webhook(<{len(self._keys)} secret{'s'[: len(self._keys) > 1]}>, tolerance={self._tolerance!r})"

    def verify(self, body: Body, headers: Headers) -> Event:
        """Return the event in a delivery that one of the secrets signed.

        The time of sending is not signed, so it does not stop everybody who repeats a delivery: a store of seen events
        does, by the id of the event.

        Args:
            body: The raw bytes of the body, before anything decoded or parsed them.
            headers: The headers: the object of any framework, a mapping, a WSGI environment, or pairs. Their names
                may be in any case.

        Raises:
            WebhookVerificationError: The delivery is not valid; answer 400. Its `reason` says why.
            TypeError: The body is text or was parsed, or the headers are neither a mapping nor pairs.
        """
        delivery = delivery_of(body, headers)
        del body, headers  # one of the headers is the secret, and tools show the local variables of a traceback
        self._check_signature(delivery)
        if self._tolerance is not None:
            self._check_time(delivery, self._tolerance)
        return read_event(delivery)

    def sign(self, body: Body, *, event_id: str, at: datetime.datetime | float) -> dict[str, str]:
        """Return the headers of a delivery with this body, signed with the first secret; for tests.

        As in a real delivery, `X-OCTOPUS-WEBHOOK-TOKEN` is the secret itself.

        Args:
            body: The raw bytes of the body.
            event_id: The id of the event.
            at: The time of sending: an aware datetime, or a Unix time in seconds.

        Raises:
            TypeError: The body is text or was parsed, or `at` is neither a datetime nor a number.
            ValueError: `at` has no UTC offset, or is negative or not finite.
        """
        key = self._keys[0]
        return {
            "Content-Type": "application/json",
            "X-Signature": key.sign(raw_body(body)),
            "X-OCTOPUS-WEBHOOK-TOKEN": key.secret,
            "X-Timestamp": str(int(unix_time(at))),
            "X-Event-ID": event_id,
        }

    def _check_signature(self, delivery: Delivery) -> None:
        header = ",".join(delivery.values("x-signature"))
        candidates = [each.lower().encode("utf-8", "replace") for each in _SEPARATORS.split(header) if each]
        if not candidates:
            raise WebhookVerificationError("missing signature")
        expected = [key.sign(delivery.body).encode() for key in self._keys]
        # Compare all pairs, so that the time depends on none of them.
        matches = [hmac.compare_digest(one, other) for one in expected for other in candidates]
        del header, candidates, expected  # an expected signature is as good as the secret for this body
        if not any(matches):
            raise WebhookVerificationError("bad signature")

    def _check_time(self, delivery: Delivery, tolerance: float) -> None:
        if not any(delivery.values("x-timestamp")):
            raise WebhookVerificationError("missing timestamp")
        sent = read_unix_time(delivery.only_value("x-timestamp") or "")
        if sent is None:
            raise WebhookVerificationError("bad timestamp")
        age = self._clock.now().timestamp() - sent
        if age > tolerance:
            raise WebhookVerificationError("too old")
        if age < -tolerance:
            raise WebhookVerificationError("from the future")
