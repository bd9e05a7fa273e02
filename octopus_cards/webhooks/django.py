"""Receive webhooks in Django.

urlpatterns = [path("webhooks", webhook_view(receiver))]
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from octopus_cards.webhooks._receiver import TOO_LONG, Receiver, refuse_async

__all__ = ["webhook_view"]

# Django has no types of its own.
_http: Any = importlib.import_module("django.http")
_csrf: Any = importlib.import_module("django.views.decorators.csrf")
_exceptions: Any = importlib.import_module("django.core.exceptions")


def webhook_view(receiver: Receiver) -> Callable[..., Any]:
    """Return a view that puts the event into your queue, and answers. It is exempt from the check for CSRF.

    The handler of the receiver is called before the answer, so it must only put the event into a queue. Where it
    raises, Django answers 500, and the service delivers the event again.

    Args:
        receiver: What verifies the deliveries and puts the events into a queue.

    Raises:
        TypeError: The handler is async.
    """
    refuse_async(receiver)

    def receive_webhook(request: Any) -> Any:
        if request.method != "POST":
            return _http.HttpResponseNotAllowed(["POST"])
        try:
            answer = receiver.receive(request.body, request.headers)
        except _exceptions.RequestDataTooBig:
            answer = TOO_LONG
        if answer.event is not None:
            receiver.process(answer.event)
        return _http.HttpResponse(answer.text, status=answer.status_code, content_type="text/plain")

    view: Callable[..., Any] = _csrf.csrf_exempt(receive_webhook)
    return view
