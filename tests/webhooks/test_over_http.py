"""The emulator delivers over HTTP to a threaded server with Flask or Django, and several workers share one store."""

from __future__ import annotations

import importlib
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from octopus_cards.emulator import Emulator
from octopus_cards.webhooks import Event, Receiver, SQLiteSeenEvents, Webhook
from support.deliveries import SECRET
from support.django_webhooks import django_settings

REMEDY = "`nox -s webhooks` installs it"
ORDERS = 60


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Write nothing."""


@contextmanager
def flask_application(receiver: Receiver) -> Generator[Any]:
    flask: Any = importlib.import_module("flask")
    adapter: Any = importlib.import_module("octopus_cards.webhooks.flask")
    application = flask.Flask("shop")
    application.add_url_rule("/webhooks", view_func=adapter.webhook_view(receiver), methods=["POST"])
    yield application


@contextmanager
def django_application(receiver: Receiver) -> Generator[Any]:
    with django_settings(receiver):
        wsgi: Any = importlib.import_module("django.core.handlers.wsgi")
        yield wsgi.WSGIHandler()


APPLICATIONS = {"flask": flask_application, "django": django_application}


@contextmanager
def serving(application: Any) -> Generator[str]:
    """Serve a WSGI application while the context is open; the context value is the URL of the webhook."""
    server = make_server("127.0.0.1", 0, application, Server, Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/webhooks"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("name", APPLICATIONS)
def test_two_senders_of_the_same_events_find_one_handler(name: str, tmp_path: Path) -> None:
    pytest.importorskip(name, reason=f"no {name}: {REMEDY}")
    emulator, handled = Emulator(), Counter[str]()
    lock = threading.Lock()

    def handler(event: Event) -> None:
        with lock:
            handled[event.id] += 1

    seen = SQLiteSeenEvents(tmp_path / "seen", clock=emulator.clock)
    receiver = Receiver(Webhook(SECRET, clock=emulator.clock), handler, seen=seen)
    with ExitStack() as stack:
        application = stack.enter_context(APPLICATIONS[name](receiver))
        url = stack.enter_context(serving(application))
        # Both have the seed of the emulator, so they send the same events at the same time.
        senders = [stack.enter_context(emulator.send_webhooks_to(url, SECRET, duplicates=0.3)) for _ in range(2)]
        forger = stack.enter_context(emulator.send_webhooks_to(url, "another-secret", attempts=1))
        for _ in range(ORDERS):
            emulator.add_topup_order(delivered_after=1)
        emulator.clock.advance(60)
        for each in [*senders, forger]:
            each.flush()
    assert len(handled) == 2 * ORDERS
    assert set(handled.values()) == {1}
    assert {attempt.status for sender in senders for attempt in sender.attempts} == {200}
    assert {attempt.status for attempt in forger.attempts} == {400}
