"""10,000 deliveries at each framework: each event is handled once, none that was forged."""

from __future__ import annotations

import importlib
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

from octopus_cards.webhooks import Event, MemorySeenEvents, Receiver, SQLiteSeenEvents
from support.asgi import AsgiClient
from support.deliveries import AT, BODY, SECRET, Sent, storm, webhook
from support.django_webhooks import django_settings

COUNT = 10_000
REMEDY = "`nox -s webhooks` installs it"
NEEDED = {"starlette": "starlette", "fastapi": "fastapi", "flask": "flask", "django": "django"}


class Application(Protocol):
    """An application under test."""

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Deliver, and return the status and the body of the answer."""
        ...

    def get(self) -> int:
        """Send a GET request and return the status of the answer."""
        ...


class Asgi:
    """Starlette or FastAPI."""

    def __init__(self, application: Any) -> None:
        self._client = AsgiClient(application)
        self.close = self._client.close

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        status, text = self._client.request("POST", "/webhooks", body, headers)
        return status, text.decode()

    def get(self) -> int:
        return self._client.request("GET", "/webhooks")[0]


class Flask:
    """Flask, in its test client."""

    def __init__(self, receiver: Receiver) -> None:
        flask: Any = importlib.import_module("flask")
        adapter: Any = importlib.import_module("octopus_cards.webhooks.flask")
        application = flask.Flask("shop")
        application.add_url_rule("/webhooks", view_func=adapter.webhook_view(receiver), methods=["POST"])
        self._client = application.test_client()

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        answer = self._client.post("/webhooks", data=body, headers=headers)
        return answer.status_code, answer.get_data(as_text=True)

    def get(self) -> int:
        return int(self._client.get("/webhooks").status_code)


class Django:
    """Django with its middleware against CSRF, in its test client."""

    def __init__(self, receiver: Receiver) -> None:
        settings = django_settings(receiver)
        settings.__enter__()
        self._settings = settings
        test: Any = importlib.import_module("django.test")
        self._client = test.Client(enforce_csrf_checks=True, raise_request_exception=False)

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        answer = self._client.post("/webhooks", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.content.decode()

    def get(self) -> int:
        return int(self._client.get("/webhooks").status_code)

    def close(self) -> None:
        self._settings.__exit__(None, None, None)


def starlette_application(receiver: Receiver) -> Asgi:
    applications: Any = importlib.import_module("starlette.applications")
    routing: Any = importlib.import_module("starlette.routing")
    adapter: Any = importlib.import_module("octopus_cards.webhooks.starlette")
    route = routing.Route("/webhooks", adapter.webhook_endpoint(receiver), methods=["POST"])
    return Asgi(applications.Starlette(routes=[route]))


def fastapi_application(receiver: Receiver) -> Asgi:
    fastapi: Any = importlib.import_module("fastapi")
    adapter: Any = importlib.import_module("octopus_cards.webhooks.fastapi")
    application = fastapi.FastAPI()
    application.include_router(adapter.webhook_router("/webhooks", receiver))
    return Asgi(application)


MAKERS: dict[str, Callable[[Receiver], Application]] = {
    "starlette": starlette_application,
    "fastapi": fastapi_application,
    "flask": Flask,
    "django": Django,
}


@pytest.fixture(params=MAKERS)
def make(request: pytest.FixtureRequest) -> Any:
    """Yield a function that puts a receiver into an application of each framework."""
    pytest.importorskip(NEEDED[request.param], reason=f"no {request.param}: {REMEDY}")
    made: list[Any] = []

    def build(receiver: Receiver) -> Application:
        made.append(MAKERS[request.param](receiver))
        application: Application = made[-1]
        return application

    yield build
    for application in reversed(made):
        getattr(application, "close", lambda: None)()


def deliver(application: Application, sent: Sent) -> str:
    status, text = application.post(sent.body, sent.headers)
    assert status == (400 if sent.is_forged else 200)
    assert SECRET not in text
    assert sent.headers.get("X-Signature", "none") not in text
    return text


@pytest.mark.once
def test_each_event_is_handled_once_and_none_that_was_forged(make: Callable[[Receiver], Application]) -> None:
    handled: Counter[str] = Counter()
    application = make(Receiver(webhook(), lambda event: handled.update([event.id])))
    ids, deliveries = storm(COUNT)
    answers = Counter(deliver(application, each) for each in deliveries)
    assert handled == Counter(ids)
    assert answers["ok"] == len(ids)
    assert answers["duplicate"] in {len(ids), len(ids) + 1}  # half of the genuine deliveries
    assert {"missing signature", "bad signature", "too old"} <= answers.keys()
    assert sum(answers.values()) == COUNT


def test_the_store_in_a_file_recognizes_duplicates_too(make: Callable[[Receiver], Application], tmp_path: Path) -> None:
    handled: Counter[str] = Counter()
    seen = SQLiteSeenEvents(tmp_path / "seen")
    ids, deliveries = storm(200, seed=1)
    application = None
    for number, each in enumerate(deliveries):
        if application is None or number % 100 == 0:  # a restart
            application = make(Receiver(webhook(), lambda event: handled.update([event.id]), seen=seen))
        deliver(application, each)
    assert handled == Counter(ids)
    assert list(seen.unfinished()) == []


def test_an_event_whose_handler_fails_stays_unfinished(make: Callable[[Receiver], Application]) -> None:
    attempts: list[Event] = []

    def handler(event: Event) -> None:
        attempts.append(event)
        if len(attempts) == 1:
            raise LookupError("the shop is closed")

    seen = MemorySeenEvents()
    receiver = Receiver(webhook(), handler, seen=seen)
    application = make(receiver)
    status, text = application.post(BODY, webhook().sign(BODY, event_id="evt_def456", at=AT))
    assert status in {200, 500}  # after the answer, or before it
    assert "shop" not in text
    assert receiver.recover() == 1
    assert [event.id for event in attempts] == ["evt_def456"] * 2


def test_other_methods_and_long_bodies_are_refused(make: Callable[[Receiver], Application]) -> None:
    application = make(Receiver(webhook(), print, max_body_size=len(BODY)))
    assert application.get() == 405
    headers = webhook().sign(BODY + b" ", event_id="evt_def456", at=AT)
    assert application.post(BODY + b" ", headers) == (413, "the body is too long")
    assert application.post(BODY, webhook().sign(BODY, event_id="evt_def456", at=AT)) == (200, "ok")


@pytest.mark.parametrize("name", ["flask", "django"])
def test_an_async_handler_is_refused_where_nobody_awaits_it(name: str) -> None:
    pytest.importorskip(name, reason=f"no {name}: {REMEDY}")

    async def handler(event: Event) -> None: ...

    adapter: Any = importlib.import_module(f"octopus_cards.webhooks.{name}")
    with pytest.raises(TypeError, match="plain callable"):
        adapter.webhook_view(Receiver(webhook(), handler))


@pytest.mark.parametrize(("length", "status"), [(len(BODY), 200), (len(BODY) - 1, 413)])
def test_flask_bounds_a_body_without_a_length(length: int, status: int) -> None:
    flask: Any = pytest.importorskip("flask", reason=f"no flask: {REMEDY}")
    adapter: Any = importlib.import_module("octopus_cards.webhooks.flask")
    application = flask.Flask("shop")
    view = adapter.webhook_view(Receiver(webhook(), print, max_body_size=length))
    application.add_url_rule("/webhooks", view_func=view, methods=["POST"])
    environ = {"wsgi.input_terminated": True, "wsgi.input": io.BytesIO(BODY), "HTTP_TRANSFER_ENCODING": "chunked"}
    headers = webhook().sign(BODY, event_id="evt_def456", at=AT)
    answer = application.test_client().post("/webhooks", headers=headers, environ_overrides=environ)
    assert answer.status_code == status


def test_a_body_that_django_refuses_is_too_long() -> None:
    pytest.importorskip("django", reason=f"no django: {REMEDY}")
    application = Django(Receiver(webhook(), print, max_body_size=10**9))
    body = b" " * (3 * 2**20)
    assert application.post(body, webhook().sign(body, event_id="evt_1", at=AT)) == (413, "the body is too long")
    application.close()
