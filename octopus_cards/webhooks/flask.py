"""Receive webhooks in Flask.

app.add_url_rule("/webhooks", view_func=webhook_view(receiver), methods=["POST"])
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import flask
from werkzeug.exceptions import RequestEntityTooLarge

from octopus_cards.webhooks._receiver import TOO_LONG, Receiver, refuse_async

__all__ = ["webhook_view"]


def webhook_view(receiver: Receiver) -> Callable[[], flask.Response]:
    """Return a view that puts the event into your queue, and answers.

    The handler of the receiver is called before the answer, so it must only put the event into a queue. Where it
    raises, Flask answers 500, and the service delivers the event again.

    Args:
        receiver: What verifies the deliveries and puts the events into a queue.

    Raises:
        TypeError: The handler is async.
    """
    refuse_async(receiver)

    def receive_webhook() -> flask.Response:
        body = _read_body(receiver.max_body_size)
        answer = TOO_LONG if body is None else receiver.receive(body, flask.request.headers)
        if answer.event is not None:
            receiver.process(answer.event)
        return flask.Response(answer.text, answer.status_code, mimetype="text/plain")

    return receive_webhook


def _read_body(limit: int) -> bytes | None:
    """Return the raw body; None where it is longer than the limit."""
    if (flask.request.content_length or 0) > limit:
        return None
    with suppress(AttributeError):  # before Flask 3.1, only the configuration of the application bounds chunked bodies
        flask.request.max_content_length = limit + 1  # it cuts a longer one
    try:
        return flask.request.get_data()
    except RequestEntityTooLarge:
        return None
