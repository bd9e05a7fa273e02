"""No frame of a traceback shows a secret: of the constructor, of a token callable, of any cause, however it is cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import TracebackType
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._base.credentials import Secret, hide
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode
from support.logins import LOGIN, answer_to_a_login

# As long as real tokens: some tools cut a text before they show it.
TOKEN = "opaque-token-" + "0123456789" * 20
KEY, SECRET = "the-api-key-of-this-test", "the-secret-of-this-test"


def causes(error: BaseException | None) -> list[BaseException]:
    """Return an exception and all that it leads to, hidden ones included."""
    found: list[BaseException] = []
    todo = [error]
    while todo:
        each = todo.pop()
        if each is not None and each not in found:
            found.append(each)
            todo += [each.__cause__, each.__context__]
    return found


def shown_by(error: BaseException) -> str:
    """Return what tools show of all frames but those of this test: whole values, and texts cut to their start."""
    shown: list[str] = []
    for each in causes(error):
        trace: TracebackType | None = each.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename != __file__:
                for value in trace.tb_frame.f_locals.values():
                    shown.append(repr(value))
                    if isinstance(value, str):
                        shown.append(repr(value[:80]))
            trace = trace.tb_next
    return "\n".join(shown)


def assert_hidden(error: BaseException, *secrets: str) -> None:
    shown = shown_by(error)
    assert shown
    for secret in secrets:
        assert secret[:20] not in shown


CONSTRUCTIONS: list[dict[str, Any]] = [
    {"token": TOKEN, "attempts": 0},
    {"token": f"Bearer {TOKEN}"},
    {"token": f"{TOKEN} "},
    {"api_key": KEY, "api_secret": SECRET, "attempts": 0},
    {"api_key": KEY, "api_secret": f"{SECRET} "},
    {"api_key": KEY},
    {"api_key": KEY, "api_secret": SECRET, "token": TOKEN},
    {"api_key": KEY, "api_secret": SECRET, "base_url": "ftp://x.invalid"},
]


@pytest.mark.parametrize("kind", [oc.OctopusCards, oc.AsyncOctopusCards])
@pytest.mark.parametrize("options", CONSTRUCTIONS, ids="-".join)
def test_a_constructor_that_fails_shows_no_secret(kind: Any, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as failed:  # noqa: PT011 - each has its own message
        kind(**options)
    assert_hidden(failed.value, TOKEN, f"Bearer {TOKEN}", KEY, SECRET)


@pytest.mark.parametrize("name", ["TOKEN", "API_KEY", "API_SECRET"])
def test_a_constructor_that_fails_shows_none_of_the_environment(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    values = {"API_KEY": KEY, "API_SECRET": SECRET, "TOKEN": TOKEN if name == "TOKEN" else ""}
    for each, value in values.items():
        monkeypatch.setenv(f"OCTOPUS_CARDS_{each}", f"{value}\x7f" if each == name else value)
    with pytest.raises(ValueError, match=f"OCTOPUS_CARDS_{name}") as failed:
        oc.OctopusCards()
    assert_hidden(failed.value, TOKEN, KEY, SECRET)


def test_a_token_callable_that_returns_no_token_shows_no_secret(mode: ClientMode, emulator: Emulator) -> None:
    with pytest.raises(oc.NotSentError, match="the result of the token callable must") as failed:
        mode.call(mode.of(emulator, token=lambda: f"{TOKEN} "), "page")
    assert_hidden(failed.value, TOKEN)


@pytest.mark.parametrize("fault", [{"status": 404}, {"status": 401}, {"connection": "reset"}], ids=str)
@pytest.mark.parametrize("is_called", [False, True])
def test_a_call_that_fails_shows_no_secret(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any], *, is_called: bool
) -> None:
    emulator.fail_next(**fault)
    token: str | Callable[[], str] = (lambda: TOKEN) if is_called else TOKEN
    with emulator.serve() as url:
        client = mode.client(token=token, base_url=url, attempts=1)
        with pytest.raises(oc.RequestError) as failed:
            mode.call(client, "get", 1)
        mode.close()
    assert_hidden(failed.value, TOKEN)


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_login_with_an_unusable_token_shows_no_secret(mode: ClientMode, emulator: Emulator, name: str) -> None:
    body = json.loads(answer_to_a_login())
    other = next(value for key, value in body["data"].items() if key.endswith("_token") and key != name)
    body["data"][name] = f"{TOKEN} "
    emulator.fail_next(200, body=body, path=LOGIN)
    client = mode.of(emulator, api_key=KEY, api_secret=SECRET, attempts=1)
    with pytest.raises(oc.NotSentError, match="the login failed") as failed:
        mode.call(client, "page")
    assert_hidden(failed.value, TOKEN, KEY, SECRET, other)


def test_a_request_that_cannot_be_built_shows_no_secret(mode: ClientMode, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("no")

    client = mode.client(token=TOKEN, base_url="http://127.0.0.1:1", attempts=1)
    with monkeypatch.context() as patch:
        patch.setattr("octopus_cards._io.requests.httpx.Request", fails)
        with pytest.raises(oc.NotSentError, match="the request cannot be built") as failed:
            mode.call(client, "page")
    assert_hidden(failed.value, TOKEN)


@pytest.mark.parametrize("kind", [oc.OctopusCards, oc.AsyncOctopusCards])
def test_a_client_that_is_not_complete_has_a_repr(kind: Any) -> None:
    """A tool that shows local variables asks for it when the constructor fails."""
    assert repr(kind.__new__(kind)) == f"{kind.__name__}(base_url=None)"


def test_a_secret_is_hidden_until_it_is_used() -> None:
    secret = Secret(TOKEN)
    assert [repr(each) for each in (secret, secret[:80], secret[3], hide(TOKEN))] == ["<withheld>"] * 4
    assert secret == TOKEN == str(secret) == f"{secret}"
    assert secret[:80] == TOKEN[:80]
    assert hide(None) is None
    assert hide(5) == 5
