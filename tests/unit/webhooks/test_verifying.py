"""Webhook: which deliveries are valid, and why the others are not."""

from __future__ import annotations

import copy
import datetime
import hashlib
import hmac
import json
import pickle
import traceback
from collections.abc import Mapping
from decimal import Decimal
from email.message import Message
from typing import Any

import pytest

import octopus_cards
from octopus_cards.emulator import EmulatorClock
from octopus_cards.webhooks import Event, Webhook, WebhookVerificationError
from support.deliveries import AT, BODY, SECRET, webhook

OLD = "an-older-secret"


def headers(**changes: str | None) -> dict[str, str]:
    """Return the headers of a valid delivery, with changes by name in lower case; None removes one."""
    signed = {name.lower(): value for name, value in webhook().sign(BODY, event_id="evt_def456", at=AT).items()}
    plain = {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in (signed | plain).items() if value is not None}


def reason(body: bytes = BODY, given: Any = None, **options: Any) -> str:
    with pytest.raises(WebhookVerificationError) as caught:
        webhook(**options).verify(body, headers() if given is None else given)
    shown = f"{caught.value!s} {caught.value!r} {caught.value.args} {''.join(traceback.format_exception(caught.value))}"
    for private in (SECRET, headers()["x-signature"], "BULK_ORDER_001"):
        assert private not in shown
    assert caught.value.reason in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None  # a decoder's error contains the body
    return caught.value.reason


def signed(body: bytes, **changes: str | None) -> dict[str, str]:
    return headers(x_signature=webhook().sign(body, event_id="", at=AT)["X-Signature"], **changes)


def test_the_documented_delivery_is_an_event() -> None:
    digest = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    sent = {"X-Signature": digest, "X-Timestamp": str(int(AT.timestamp())), "X-Event-ID": "evt_def456"}
    event = webhook().verify(BODY, sent)
    assert (event.id, event.type) == ("evt_def456", "order.partially_delivered")
    assert event.created_at == datetime.datetime(2025, 1, 15, 14, 35, tzinfo=datetime.UTC)
    assert event.data == json.loads(BODY, parse_float=Decimal)["data"]
    assert str(event.data["denomination"]) == "25.00"
    assert event.raw == BODY


def test_the_headers_of_sign_are_those_of_a_delivery() -> None:
    sent = webhook().sign(BODY, event_id="evt_def456", at=AT)
    assert sent == {
        "Content-Type": "application/json",
        "X-Signature": hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest(),
        "X-OCTOPUS-WEBHOOK-TOKEN": SECRET,
        "X-Timestamp": "1736951700",
        "X-Event-ID": "evt_def456",
    }
    assert webhook().sign(BODY, event_id="evt_def456", at=1736951700.9) == sent
    assert SECRET not in repr(sent)
    assert sent["X-Signature"] not in repr(sent)


def environ(sent: Mapping[str, str]) -> dict[str, Any]:
    names = {name: f"HTTP_{name.upper().replace('-', '_')}" for name in sent}
    return {names[name]: value for name, value in sent.items()} | {"wsgi.input": object(), "SERVER_PORT": 80}


def message(sent: Mapping[str, str]) -> Message:
    made = Message()
    for name, value in sent.items():
        made[name] = value
    return made


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(dict, id="a mapping"),
        pytest.param(lambda sent: {name.upper(): value for name, value in sent.items()}, id="upper case"),
        pytest.param(lambda sent: list(sent.items()), id="pairs"),
        pytest.param(lambda sent: [list(pair) for pair in sent.items()], id="lists as pairs"),
        pytest.param(lambda sent: iter(sent.items()), id="an iterator"),
        pytest.param(lambda sent: [(n.encode(), v.encode()) for n, v in sent.items()], id="ASGI"),
        pytest.param(lambda sent: {name: [value] for name, value in sent.items()}, id="lists of values"),
        pytest.param(environ, id="WSGI"),
        pytest.param(message, id="http.server"),
    ],
)
def test_headers_may_have_any_form(form: Any) -> None:
    assert webhook().verify(BODY, form(headers())).id == "evt_def456"


@pytest.mark.parametrize("body", [bytearray(BODY), memoryview(BODY)])
def test_a_body_may_be_any_bytes(body: Any) -> None:
    assert webhook().verify(body, headers()).raw == BODY


@pytest.mark.parametrize("body", [BODY.decode(), json.loads(BODY), None, 1, [BODY]])
def test_a_body_that_was_decoded_or_parsed_is_refused(body: Any) -> None:
    with pytest.raises(TypeError, match="must be the bytes as received"):
        webhook().verify(body, headers())
    with pytest.raises(TypeError, match="must be the bytes as received"):
        webhook().sign(body, event_id="evt_1", at=AT)


@pytest.mark.parametrize("given", [None, 1, "X-Signature: 1", b"X-Signature: 1"])
def test_headers_that_are_no_pairs_are_refused(given: Any) -> None:
    with pytest.raises(TypeError, match="headers must be a mapping or pairs"):
        webhook().verify(BODY, given)


def test_only_the_signed_body_is_valid() -> None:
    assert reason(BODY + b" ") == "bad signature"
    assert reason(BODY.replace(b"87", b"88")) == "bad signature"
    assert reason(given=headers(x_signature="0" * 64)) == "bad signature"
    assert reason(given=headers(x_signature="é")) == "bad signature"
    assert reason(given=headers(x_signature=headers()["x-signature"][:-1])) == "bad signature"
    assert reason(given=headers(x_signature=None)) == "missing signature"
    assert reason(given=headers(x_signature=" , ")) == "missing signature"
    assert reason(given={}) == "missing signature"


def test_the_token_alone_proves_nothing() -> None:
    assert reason(given=headers(x_signature=SECRET)) == "bad signature"
    assert headers()["x-octopus-webhook-token"] == SECRET


@pytest.mark.parametrize("separator", [",", ", ", " ", ";"])
def test_one_of_several_signatures_suffices(separator: str) -> None:
    good = headers()["x-signature"]
    for several in ([good, "0" * 64], ["0" * 64, good]):
        assert webhook().verify(BODY, headers(x_signature=separator.join(several))).id == "evt_def456"
        pairs = [*headers(x_signature=None).items(), *(("X-Signature", each) for each in several)]
        assert webhook().verify(BODY, pairs).id == "evt_def456"
    assert webhook().verify(BODY, headers(x_signature=good.upper())).id == "evt_def456"


def test_several_secrets_are_valid_during_a_rotation() -> None:
    both = Webhook([SECRET, OLD], clock=EmulatorClock(start=AT))
    for secret in (SECRET, OLD):
        sent = Webhook(secret).sign(BODY, event_id="evt_def456", at=AT)
        assert both.verify(BODY, sent).id == "evt_def456"
    assert both.sign(BODY, event_id="e", at=AT) == webhook().sign(BODY, event_id="e", at=AT)
    with pytest.raises(WebhookVerificationError):
        both.verify(BODY, Webhook("another").sign(BODY, event_id="evt_def456", at=AT))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, None), (300, None), (-300, None), (301, "too old"), (-301, "from the future"), (90_000, "too old")],
)
def test_the_time_of_sending_is_near(seconds: float, expected: str | None) -> None:
    given = headers(x_timestamp=str(int(AT.timestamp() - seconds)))
    assert expected is None or reason(given=given) == expected
    if expected is None:
        assert webhook().verify(BODY, given).id == "evt_def456"
    assert webhook(tolerance=90_000).verify(BODY, given).id == "evt_def456"
    assert webhook(tolerance=None).verify(BODY, given).id == "evt_def456"


@pytest.mark.parametrize("stamp", ["soon", "-5", "1e9", "nan", "١٧٣٦٩٥١٧٠٠", "9" * 400, "2025-01-15T14:35:00Z"])
def test_a_strange_time_of_sending_is_refused(stamp: str) -> None:
    assert reason(given=headers(x_timestamp=stamp)) == "bad timestamp"


def test_a_missing_or_doubtful_time_of_sending_is_refused() -> None:
    assert reason(given=headers(x_timestamp=None)) == "missing timestamp"
    assert reason(given=headers(x_timestamp="")) == "missing timestamp"
    now = headers()["x-timestamp"]
    assert reason(given=[*headers().items(), ("X-Timestamp", "1")]) == "bad timestamp"
    assert webhook().verify(BODY, [*headers().items(), ("X-Timestamp", now)]).id == "evt_def456"


def test_a_forged_delivery_learns_nothing_about_its_time() -> None:
    assert reason(given=headers(x_signature="0" * 64, x_timestamp="1")) == "bad signature"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"id": NaN}', "not JSON"),
        (b'{"id": -Infinity}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": ' + b"9" * 10_000 + b"}", "not JSON"),
        (b'{"id": 1e99999999999999999999}', "not JSON"),
        (b"null", "not an object"),
        (b"[]", "not an object"),
        (b'"evt_1"', "not an object"),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(body: bytes, expected: str) -> None:
    assert reason(body, signed(body)) == expected


@pytest.mark.parametrize("value", ["", None, 7, ["evt"], "\n", "e" * 600, "\ud800"])
def test_an_event_needs_an_id_and_a_type(value: object) -> None:
    no_id = json.dumps({"id": value, "type": "order.failed"}).encode()
    assert reason(no_id, signed(no_id, x_event_id=None)) == "no event id"
    assert webhook().verify(no_id, signed(no_id, x_event_id="evt_1")).id == "evt_1"
    no_type = json.dumps({"id": "evt_1", "type": value}).encode()
    assert reason(no_type, signed(no_type)) == "no event type"
    assert webhook().verify(no_type, signed(no_type, x_event_type="order.failed")).type == "order.failed"


def test_the_signed_id_counts_whatever_the_header_says() -> None:
    assert webhook().verify(BODY, headers(x_event_id="evt_other", x_event_type="x")).id == "evt_def456"


@pytest.mark.parametrize("secret", ["", " s", "s\n", "a\0b", [], ["s", ""]])
def test_a_bad_secret_is_refused(secret: Any) -> None:
    with pytest.raises(ValueError, match="secret must be"):
        Webhook(secret)


@pytest.mark.parametrize("secret", [None, 5, b"secret", ["s", None]])
def test_a_secret_that_is_no_text_is_refused(secret: Any) -> None:
    with pytest.raises(TypeError, match="secret must be"):
        Webhook(secret)


@pytest.mark.parametrize("tolerance", [-1, float("nan"), float("inf")])
def test_a_bad_tolerance_is_refused(tolerance: float) -> None:
    with pytest.raises(ValueError, match="tolerance"):
        Webhook(SECRET, tolerance=tolerance)


@pytest.mark.parametrize("at", [datetime.datetime(2025, 1, 1), -1, float("inf"), float("nan")])  # noqa: DTZ001
def test_a_bad_time_of_signing_is_refused(at: Any) -> None:
    with pytest.raises(ValueError, match="at must be"):
        webhook().sign(BODY, event_id="evt_1", at=at)


def frames(error: BaseException) -> str:
    """Return the local variables of the package's own frames, as a tool shows them."""
    found = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    return "\n".join(str(frame.locals) for frame in found if "/octopus_cards/" in frame.filename)


@pytest.mark.parametrize("secret", [["", SECRET], [SECRET, ""], f" {SECRET}", [SECRET, 5]])
def test_local_variables_hide_the_secret(secret: Any) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        Webhook(secret)
    assert SECRET not in frames(caught.value)
    with pytest.raises(ValueError, match="tolerance") as refused:
        Webhook([SECRET, OLD], tolerance=-1)
    assert SECRET not in frames(refused.value)


def test_local_variables_hide_the_delivery() -> None:
    for given in (headers(x_signature="0" * 64), headers(x_timestamp="1"), signed(b"{")):
        with pytest.raises(WebhookVerificationError) as caught:
            webhook().verify(b"{" if given == signed(b"{") else BODY, given)
        shown = frames(caught.value)
        assert shown
        for private in (SECRET, headers()["x-signature"], "BULK_ORDER_001"):
            assert private not in shown


def test_reprs_hide_the_secret() -> None:
    assert repr(webhook()) == "Webhook(<1 secret>, tolerance=300.0)"
    assert repr(Webhook([SECRET, OLD], tolerance=None)) == "Webhook(<2 secrets>, tolerance=None)"
    assert SECRET not in repr(vars(webhook()))


def test_the_error_is_public_and_pickles() -> None:
    assert octopus_cards.WebhookVerificationError is WebhookVerificationError
    error = WebhookVerificationError("too old")
    assert isinstance(error, octopus_cards.OctopusCardsError)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (type(again), again.reason, str(again)) == (WebhookVerificationError, "too old", str(error))


def test_a_webhook_and_its_events_pickle() -> None:
    again = pickle.loads(pickle.dumps(Webhook([SECRET], tolerance=None)))
    event: Event = again.verify(BODY, headers())
    assert pickle.loads(pickle.dumps(event)) == event
