"""What the error of a call says when its login failed, and what the log says."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode
from support.logins import LOGIN, ORDERS, REFRESH, logging_in

MINE = "request-of-the-caller"
FAULTS: list[dict[str, Any]] = [
    {"status": 503, "times": 9},
    {"status": 401},
    {"status": 429, "retry_after": 1, "times": 9},
    {"connection": "refused", "times": 9},
    {"status": 200, "body": "<html>"},
]


def ids(emulator: Emulator) -> set[str]:
    """Return the request ids of the logins."""
    return {each.headers["x-request-id"] for each in emulator.requests if each.path == LOGIN}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_the_request_id_of_the_error_is_that_of_the_call(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any]
) -> None:
    """The id of the failed login is that of the cause."""
    emulator.fail_next(**fault, path=LOGIN)
    with pytest.raises(oc.RequestError) as failed:
        mode.call(logging_in(mode, emulator, attempts=3), "page", request_id=MINE)
    error, cause = failed.value, failed.value.__cause__
    assert error.request_id == MINE
    assert isinstance(cause, oc.RequestError)
    assert (cause.method, cause.path) == ("POST", LOGIN)
    assert cause.request_id
    assert cause.request_id != MINE
    if "connection" not in fault:
        assert cause.request_id in ids(emulator)


@pytest.mark.parametrize(("fault", "attempts"), list(zip(FAULTS, [3, 1, 3, 3, 1], strict=True)), ids=str)
def test_the_attempts_of_the_error_are_those_of_the_call(
    mode: ClientMode, emulator: Emulator, fault: dict[str, Any], attempts: int
) -> None:
    seen: list[int] = []
    emulator.fail_next(**fault, path=LOGIN)
    client = logging_in(mode, emulator, attempts=3, on_retry=lambda retry: seen.append(retry.attempt))
    with pytest.raises(oc.RequestError) as failed:
        mode.call(client, "page")
    assert failed.value.attempts == attempts
    assert seen == list(range(1, attempts))
    assert failed.value.__cause__.attempts == 1  # type: ignore[union-attr]


def test_attempts_without_a_token_count_with_those_that_were_sent(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator, attempts=3)
    emulator.fail_next(503, path=LOGIN)
    emulator.fail_next(503, path=ORDERS, times=9)
    with pytest.raises(oc.ServerError) as failed:
        mode.call(client, "page")
    assert (failed.value.path, failed.value.attempts) == (ORDERS, 3)


@pytest.mark.parametrize("path", [LOGIN, ORDERS])
def test_the_log_of_a_retry_names_the_request_that_failed(
    mode: ClientMode, emulator: Emulator, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.fail_next(503, path=path)
    with caplog.at_level(logging.INFO, "octopus_cards"):
        mode.call(logging_in(mode, emulator), "page", request_id=MINE)
    (line,) = [record.getMessage() for record in caplog.records if "retrying" in record.getMessage()]
    method = "POST" if path == LOGIN else "GET"
    found = re.fullmatch(rf"{method} {path} retrying in \S+ s after ServerError \(request (\S+), attempt 1\)", line)
    assert found
    assert found[1] == next(each.headers["x-request-id"] for each in emulator.requests if each.path == path)


def test_a_caller_may_change_its_error(mode: ClientMode, emulator: Emulator) -> None:
    """Each has its own, cause included."""
    emulator.fail_next(401, path=LOGIN)
    client = logging_in(mode, emulator)
    found = []
    for _ in range(2):
        with pytest.raises(oc.AuthenticationError) as failed:
            mode.call(client, "page")
        assert failed.value.__cause__.request_id != "changed"  # type: ignore[union-attr]
        failed.value.__cause__.request_id = "changed"  # type: ignore[union-attr]
        found.append(failed.value)
    assert found[0] is not found[1]


def test_an_error_without_a_token_names_its_call_after_a_renewal_failed(mode: ClientMode, emulator: Emulator) -> None:
    client = logging_in(mode, emulator, attempts=1)
    mode.call(client, "page")
    emulator.clock.advance(3700)
    emulator.fail_next(503, path=LOGIN, times=9)
    emulator.fail_next(503, path=REFRESH, times=9)
    with pytest.raises(oc.NotSentError) as failed:
        mode.call(client, "page", request_id=MINE)
    assert (failed.value.request_id, failed.value.attempts) == (MINE, 1)


@pytest.mark.parametrize("token", ["", None])
def test_an_error_of_a_token_callable_has_the_request_id_of_the_call(
    mode: ClientMode, emulator: Emulator, token: str | None
) -> None:
    def function() -> str:
        if token is None:
            raise KeyError("vault")
        return token

    with pytest.raises(oc.NotSentError) as failed:
        mode.call(mode.of(emulator, token=function), "page", request_id=MINE)
    assert failed.value.request_id == MINE
