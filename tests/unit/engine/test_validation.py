"""Bad input gets a clear error that names the argument and the rule, and nothing is sent."""

from __future__ import annotations

import datetime
from typing import Any

import anyio
import pytest

import octopus_cards as oc
from octopus_cards._engine.operation import prepare
from octopus_cards._engine.validation import check_since
from octopus_cards.emulator import Emulator
from octopus_cards_api.operations import SET_TOPUP_ORDER_NOTIFICATION_EMAIL
from support.client_modes import ClientMode

BAD: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("get", {"order_id": 0}, ValueError, "order_id must be an integer from 1 up, got 0"),
    ("get", {"order_id": -5}, ValueError, "order_id must be an integer from 1 up, got -5"),
    ("get", {"order_id": "9123456"}, TypeError, "order_id must be an integer from 1 up, got '9123456' (str)"),
    ("get", {"order_id": True}, TypeError, "order_id must be an integer from 1 up, got True (bool)"),
    ("get", {"order_id": 1.0}, TypeError, "order_id must be an integer from 1 up, got 1.0 (float)"),
    ("get", {"order_id": None}, TypeError, "order_id must be an integer from 1 up, got None"),
    ("wait", {"order_id": 0}, ValueError, "order_id must be"),
    ("wait", {"order_id": 1, "timeout": 10**400}, ValueError, "timeout must be a number of seconds from 0 to a year"),
    ("wait", {"order_id": 1, "timeout": 1e12}, ValueError, "timeout must be a number of seconds from 0 to a year"),
    ("wait", {"order_id": 1, "timeout": -1}, ValueError, "timeout must be a number of seconds from 0 to a year"),
    (
        "wait",
        {"order_id": 1, "timeout": float("nan")},
        ValueError,
        "timeout must be a number of seconds from 0 to a year",
    ),
    ("wait", {"order_id": 1, "timeout": "60"}, TypeError, "timeout must be a number of seconds or None, got '60'"),
    ("wait", {"order_id": 1, "cancel": 5}, TypeError, "cancel must be an event with is_set() or a callable, got 5"),
    ("wait", {"order_id": 1, "on_poll": 5}, TypeError, "on_poll must be a callable or None, got 5"),
    ("wait", {"order_id": 1, "cadence": 5.0}, TypeError, "cadence must be a Cadence, got 5.0"),
    ("page", {"page": 0}, ValueError, "page must be an integer from 1 up, got 0"),
    ("page", {"per_page": 0}, ValueError, "per_page must be an integer from 1 to 500, got 0"),
    ("page", {"per_page": 501}, ValueError, "per_page must be an integer from 1 to 500, got 501"),
    ("list", {"per_page": 501}, ValueError, "per_page must be an integer from 1 to 500, got 501"),
    ("page", {"product_id": 0}, ValueError, "product_id must be an integer from 1 up, got 0"),
    ("page", {"status": "pending"}, ValueError, "status must be one of PENDING, DELIVERED, FAILED"),
    ("list", {"status": "LOST"}, ValueError, "CANCELLED, RECHARGED, got 'LOST'"),
    ("page", {"country": "in"}, ValueError, "country must be three upper-case letters"),
    ("page", {"country": "IN\n"}, ValueError, "country must be three upper-case letters"),
    ("page", {"country": 91}, TypeError, "country must be three upper-case letters"),
    ("find", {"client_reference": ""}, ValueError, "client_reference must be 1 to 255 printable ASCII characters"),
    ("find", {"client_reference": "naïve"}, ValueError, "got 'naïve'"),
    ("find", {"client_reference": "two\nlines"}, ValueError, "got 'two\\nlines'"),
    ("find", {"client_reference": "x" * 256}, ValueError, "got 256 characters"),
    ("find", {"client_reference": 5}, TypeError, "got 5 (int)"),
    ("page", {"client_reference": ""}, ValueError, "client_reference must be 1 to 255"),
    (
        "set_notification_email",
        {"order_id": 1, "email": ""},
        ValueError,
        "email must be an e-mail address (NAME@HOST) of 1 to 254",
    ),
    ("set_notification_email", {"order_id": 1, "email": "a@" + "b" * 253}, ValueError, "got 255 characters"),
    ("set_notification_email", {"order_id": 1, "email": "nobody"}, ValueError, "NAME@HOST"),
    ("set_notification_email", {"order_id": 1, "email": "@host"}, ValueError, "NAME@HOST"),
    ("set_notification_email", {"order_id": 1, "email": "name@"}, ValueError, "NAME@HOST"),
    ("set_notification_email", {"order_id": 1, "email": "a b@host"}, ValueError, "NAME@HOST"),
    ("set_notification_email", {"order_id": 1, "email": "a\x00@host"}, ValueError, "NAME@HOST"),
    ("set_notification_email", {"order_id": 1, "email": None}, TypeError, "got None"),
    ("set_notification_email", {"order_id": "1", "email": "a@b"}, TypeError, "order_id must be"),
    ("list", {"since": datetime.datetime(2026, 5, 19)}, ValueError, "which has no offset"),  # noqa: DTZ001
    ("list", {"since": "the day before"}, ValueError, "since must be an aware datetime, a date, or ISO 8601 text"),
    ("list", {"since": "14:30"}, ValueError, "since must be an aware datetime, a date, or ISO 8601 text"),
    (
        "list",
        {"since": 20260519},
        TypeError,
        "since must be an aware datetime, a date, or ISO 8601 text (2026-05-19T14:30Z), got 20260519 (int)",
    ),
    ("list", {"since": f"2026-05-19T14:30:00.{'0' * 40}Z"}, ValueError, "got 61 characters (str)"),
    (
        "list",
        {"since": "01/05/2026"},
        ValueError,
        "since must be an aware datetime, a date, or ISO 8601 text (2026-05-19T14:30Z), got '01/05/2026'",
    ),
    ("list", {"since": "10/11/12"}, ValueError, "since must be an aware datetime, a date, or ISO 8601 text"),
    (
        "list",
        {"since": "2026-05-01/2026-06-01"},
        ValueError,
        "since must be an aware datetime, a date, or ISO 8601 text",
    ),
    ("list", {"since": "2026-05-01 10:00 UTC+3"}, ValueError, "or ISO 8601 text"),
    ("list", {"since": "13/05/2026"}, ValueError, "or ISO 8601 text"),
    ("list", {"since": "19 May 2026 14:30"}, ValueError, "or ISO 8601 text"),
    ("list", {"since": "1430 19 May 2026"}, ValueError, "or ISO 8601 text"),
    ("list", {"since": "2026-05-19 10-12"}, ValueError, "or ISO 8601 text"),
    ("list", {"since": "2026-05-19, 2026-05-20"}, ValueError, "or ISO 8601 text"),
    ("list", {"since": "2026-05-19 -0530"}, ValueError, "or ISO 8601 text"),
    ("list", {"since": "1" * 300_000}, ValueError, "got 300000 characters"),
    ("list", {"since": "99"}, ValueError, "or ISO 8601 text"),
    ("get", {"order_id": 10**19 + 1}, ValueError, "got one of 64 bits"),
    ("page", {"page": 10**5000}, ValueError, "got one of 16610 bits"),
    ("get", {"order_id": -(10**5000)}, ValueError, "got one of 16610 bits"),
    ("wait", {"order_id": 1, "cancel": anyio.sleep}, TypeError, "cancel must be a plain callable, got an async one"),
    ("list", {"since": "2026-05-01 10:00 CET"}, ValueError, "since must be an aware datetime"),
    ("page", {"status": 5}, TypeError, "status must be one of"),
]


@pytest.mark.parametrize(("method", "options", "kind", "message"), BAD)
def test_bad_input_is_named_and_nothing_is_sent(
    mode: ClientMode, emulator: Emulator, method: str, options: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as refused:
        mode.call(mode.of(emulator), method, **options)
    assert message in str(refused.value)
    assert emulator.requests == []


PRIVATE = ("secret@example.com", "+4915112345678", "+49 151 1234-5678", "eyJzZWNyZXQ", "Bearer secret")


@pytest.mark.parametrize("private", PRIVATE)
@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("get", {"order_id": "{}"}),
        ("get", {"order_id": {"phone_number": "{}"}}),
        ("find", {"client_reference": "{}\n"}),
        ("page", {"country": "{}"}),
        ("page", {"status": "{}"}),
        ("list", {"since": "{}"}),
        ("wait", {"order_id": 1, "timeout": "{}"}),
        ("set_notification_email", {"order_id": "{}", "email": 5}),
    ],
)
def test_private_values_in_wrong_arguments_are_not_shown(
    emulator: Emulator, private: str, method: str, options: dict[str, Any]
) -> None:
    given = {k: v.format(private) if isinstance(v, str) else v for k, v in options.items()}
    with emulator.client() as client, pytest.raises((TypeError, ValueError)) as refused:
        getattr(client.topups.orders, method)(**given)
    assert private not in str(refused.value)


@pytest.mark.parametrize(
    "email", ["secret person@example.com", "secret", "secret@" + "x" * 300, "secret@example.com,secret@example.org"]
)
def test_a_refused_address_is_not_shown(email: str) -> None:
    with pytest.raises(ValueError, match="email") as refused:
        prepare(SET_TOPUP_ORDER_NOTIFICATION_EMAIL, {"order_id": 1, "email": email})
    assert "secret" not in str(refused.value)


def test_bounds_of_the_arguments_are_accepted(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(client_reference=" " * 255)
    client = mode.of(emulator)
    assert len(mode.call(client, "page", page=1, per_page=500)) == 1
    assert len(mode.call(client, "page", per_page=1, product_id=1)) == 0
    assert mode.call(client, "find", " " * 255).id == order_id
    email = "a" * 252 + "@b"
    assert mode.call(client, "set_notification_email", order_id, email).success is True
    assert emulator.requests[-1].json() == {"email": email}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-05-19", "2026-05-19T00:00:00+00:00"),
        ("2026-05-06", "2026-05-06T00:00:00+00:00"),
        ("20260506", "2026-05-06T00:00:00+00:00"),
        ("2026-05-06T10:00", "2026-05-06T10:00:00+00:00"),
        ("2026-05-19T14:30:00+02:00", "2026-05-19T14:30:00+02:00"),
        ("2026-05-19T14:30:00.123Z", "2026-05-19T14:30:00.123000+00:00"),
        ("2026-05-19T14:30:00Z", "2026-05-19T14:30:00+00:00"),
        (f"2026-05-19T14:30:00.{'0' * 39}Z", "2026-05-19T14:30:00+00:00"),
    ],
)
def test_since_reads_iso_8601(text: str, meant: str) -> None:
    moment = check_since("since", text)
    assert moment is not None
    assert moment.isoformat() == meant


def test_since_takes_an_aware_moment_as_it_is() -> None:
    moment = datetime.datetime(2026, 5, 19, tzinfo=datetime.UTC)
    assert check_since("since", moment) is moment
    assert check_since("since", moment.date()) == moment
    assert check_since("since", None) is None


@pytest.mark.parametrize(
    ("value", "error", "came"),
    [
        ("", ValueError, "got '' (str)"),
        ("x" * 64, ValueError, "got 64 characters (str)"),
        ("a b", ValueError, "got 'a b' (str)"),
        ("ключ", ValueError, "got 'ключ' (str)"),
        (5, TypeError, "got 5 (int)"),
    ],
)
def test_a_request_id_that_fits_no_header_is_refused(
    mode: ClientMode, emulator: Emulator, value: Any, error: type[Exception], came: str
) -> None:
    arguments: dict[str, dict[str, Any]] = {
        "page": {},
        "list": {},
        "get": {"order_id": 1},
        "find": {"client_reference": "KEY"},
        "set_notification_email": {"order_id": 1, "email": "a@example.com"},
        "wait": {"order_id": 1},
        "wait_many": {"order_ids": [1]},
    }
    rule = "request_id must be 1 to 63 printable ASCII characters without spaces, "
    for method, others in arguments.items():
        with pytest.raises(error) as refused:
            mode.call(mode.of(emulator), method, **others, request_id=value)
        assert str(refused.value) == rule + came
    assert emulator.requests == []
    mode.call(mode.of(emulator), "page", request_id="x" * 63)


@pytest.mark.parametrize("interval", [10**400, 1e10, float("inf"), float("nan"), 0, -1, -(10**400)])
def test_an_interval_is_at_most_a_day(interval: float) -> None:
    with pytest.raises(ValueError, match="every interval above 0 and at most a day"):
        oc.Cadence([(60, interval)])


@pytest.mark.parametrize("value", [10**400, 1e12, float("inf"), float("nan"), -1, 0, True, "1", [1]])
@pytest.mark.parametrize("argument", ["timeout", "deadline"])
def test_a_client_takes_no_absurd_limits(argument: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{argument} must be a number of seconds"):
        oc.OctopusCards("t", **{argument: value})
