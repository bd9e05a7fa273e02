"""Tools that show the local variables of a traceback show no secret: pytest -l, Sentry, rich."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode

TOKEN = "opaque-token-of-this-test"
FAULTS: list[dict[str, Any]] = [
    {"status": 404},
    {"status": 401, "times": 9},
    {"status": 503, "times": 9},
    {"status": 200, "body": "<html>"},
    {"connection": "reset", "times": 9},
    {"connection": "refused", "times": 9},
]


def shown_by(error: BaseException) -> str:
    """Return everything that a traceback with local variables shows of our frames."""
    texts = []
    for each in (error, error.__cause__, error.__context__):
        if each is not None:
            found = traceback.TracebackException.from_exception(each, capture_locals=True)
            texts += [repr(frame.locals) for frame in found.stack if "octopus_cards" in frame.filename]
    return "".join(texts)


@pytest.mark.parametrize("by_key", [True, False])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_no_local_variable_shows_a_secret(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any], *, by_key: bool
) -> None:
    keys = {"api_key": emulator.api_key, "api_secret": emulator.api_secret}
    client = mode.of(emulator, attempts=2, **(keys if by_key else {"token": TOKEN}))
    emulator.fail_next(**fault, method="GET")
    with pytest.raises(oc.RequestError) as failed:
        mode.call(client, "get", 1)
    shown = shown_by(failed.value)
    tokens = {each.headers.get("authorization", TOKEN).removeprefix("Bearer ") for each in emulator.requests}
    for secret in (TOKEN, emulator.api_key, emulator.api_secret, *tokens):
        assert secret not in shown


@pytest.mark.parametrize("fault", [{"status": 401}, {"status": 503, "times": 9}, {"connection": "reset", "times": 9}])
def test_no_local_variable_of_a_failed_login_shows_a_secret(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any]
) -> None:
    client = mode.of(emulator, attempts=2, api_key=emulator.api_key, api_secret=emulator.api_secret)
    emulator.fail_next(**fault, path="/auth/login")
    with pytest.raises(oc.RequestError) as failed:
        mode.call(client, "get", 1)
    shown = shown_by(failed.value)
    assert emulator.api_key not in shown
    assert emulator.api_secret not in shown
