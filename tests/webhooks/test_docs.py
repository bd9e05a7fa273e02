"""The examples of docs/webhooks.md run as they are."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from octopus_cards.emulator import Emulator
from octopus_cards.webhooks import Webhook
from support.asgi import AsgiClient
from support.deliveries import BODY, SECRET
from support.paths import PROJECT
from support.webhook_receivers import ShopServer

BLOCKS = re.findall(r"```python\n(.*?)```", (PROJECT / "docs" / "webhooks.md").read_text("utf-8"), re.DOTALL)
REMEDY = "`nox -s webhooks` installs it"


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the secret, and keep the files of the examples in a temporary folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)


def run(word: str) -> dict[str, Any]:
    """Run the only example that contains this text, and return its names."""
    (code,) = (block for block in BLOCKS if word in block)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "docs/webhooks.md", "exec", dont_inherit=True), names)  # noqa: S102
    return names


def headers() -> dict[str, str]:
    return Webhook(SECRET).sign(BODY, event_id="evt_def456", at=time.time())


def test_there_are_no_other_examples() -> None:
    assert len(BLOCKS) == 8


def test_the_first_example_receives(capsys: pytest.CaptureFixture[str]) -> None:
    receive = run("def receive(body, headers)")["receive"]
    assert receive(BODY, headers()) == (200, "ok")
    assert receive(BODY + b" ", headers()) == (400, "bad signature")
    assert capsys.readouterr().out == "order.partially_delivered 12346 PARTIALLY_DELIVERED\n"


@pytest.mark.parametrize(("word", "package"), [("webhook_router(", "fastapi"), ("import Starlette", "starlette")])
def test_the_endpoints_receive(word: str, package: str, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip(package, reason=f"no {package}: {REMEDY}")
    client = AsgiClient(run(word)["app"])
    assert client.request("POST", "/webhooks", BODY, headers()) == (200, b"ok")
    assert client.request("POST", "/webhooks", BODY, headers()) == (200, b"duplicate")
    client.close()
    assert capsys.readouterr().out == "order.partially_delivered evt_def456\n"


def test_the_dependency_receives() -> None:
    pytest.importorskip("fastapi", reason=f"no fastapi: {REMEDY}")
    client = AsgiClient(run("Depends(verified)")["app"])
    assert client.request("POST", "/webhooks", BODY, headers()) == (200, b'"evt_def456"')
    client.close()


def test_the_flask_example_puts_the_event_into_its_queue() -> None:
    pytest.importorskip("flask", reason=f"no flask: {REMEDY}")
    names = run("import Flask")
    assert names["app"].test_client().post("/webhooks", data=BODY, headers=headers()).status_code == 200
    assert names["events"].get_nowait().id == "evt_def456"


def test_the_django_example_puts_the_event_into_its_queue() -> None:
    django_test = pytest.importorskip("django.test", reason=f"no django: {REMEDY}")
    from support.django_webhooks import configured_django

    configured_django()
    names = run("django.urls")
    request = django_test.RequestFactory().post("/", BODY, content_type="application/json", headers=headers())
    assert names["urlpatterns"][0].callback(request).status_code == 200
    assert names["events"].get_nowait().id == "evt_def456"


def test_the_example_of_sign_verifies() -> None:
    assert run('a secret for tests")\nbody')["event"].type == "order.delivered"


def test_the_example_of_the_emulator_sends(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    shop = ShopServer(Webhook("a secret for tests", tolerance=None))
    send = Emulator.send_webhooks_to
    with shop.serve() as url:
        monkeypatch.setattr(Emulator, "send_webhooks_to", lambda self, _, *args, **kw: send(self, url, *args, **kw))
        run("send_webhooks_to")
    assert capsys.readouterr().out.splitlines() == ["order.pending 1 200", "order.delivered 1 200"]
    assert [event.type for event in shop.handled] == ["order.pending", "order.delivered"]
