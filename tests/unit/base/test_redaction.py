"""What a text of the server or of an argument may show, and what it must not."""

from __future__ import annotations

import pytest

import octopus_cards as oc
from octopus_cards._base.redaction import describe_value, redact, redact_quoted
from octopus_cards.emulator import Emulator

ADDRESSES = [
    "jane@x.example",
    "JANE.DOE+tag@x.example",
    "o'hara@x.example",
    '"jane"@x.example',
    '"jane doe"@x.example',
    "jane@[192.168.0.1]",
    "jan\u00e9@ex\u00e4mple.example",
    "jane%40x.example",
    "j" * 200 + "@x.example",
    "jane@x.example.",
]
PHONES = [
    "+91 98765 43210",
    "+919876543210",
    "+91-98765-43210",
    "+91.98765.43210",
    "+1 (987) 654-3210",
    "+91\u00a098765\u00a043210",
    "+91 98765\u201143210",
]
DIGITS = ["919876543210", "9876543210", "00919876543210", "98765 43210", "91 98765 43210", "(987) 654-3210"]
FRAMES = ["{}", "to {}", "({})", "<{}>", "'{}'", '"{}"', "to={}", "to:{}", "[{}]", "{}, next", "{}; next", "{}."]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("private", [*ADDRESSES, *PHONES])
def test_an_address_or_phone_number_is_not_shown(private: str, frame: str) -> None:
    for shown in (redact(frame.format(private)), redact_quoted(frame.format(private))):
        for part in ("jane", "JANE", "hara", "jan", "98765", "43210", "987", "jjj"):
            assert part not in shown
        assert "<withheld>" in shown
        assert shown.isprintable()


@pytest.mark.parametrize("frame", [*FRAMES, "#{}", "{}/x", "{}-x", "_{}_", "tel:{}"])
@pytest.mark.parametrize("digits", DIGITS)
def test_digits_in_a_text_of_the_server_may_be_a_phone_number(digits: str, frame: str) -> None:
    shown = redact_quoted(frame.format(digits))
    assert "43210" not in shown
    assert "3210" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "order 123456789 is final",
        "2026-05-19 14:30:00",
        "2026-05-19T14:30:00.123456Z",
        "1234567890.55 USD",
        "3MbHOlxDXfkJA2qy848PXOeXL47",
        "0b9f1716-1284-4000-8000-123456789012a",
        "from 1 to 500",
        "jane @ home",
        "a + 5",
        "12345678901234567890",
    ],
)
def test_what_is_neither_is_shown(text: str) -> None:
    assert redact(text) == redact_quoted(text) == text


def test_an_id_of_our_own_text_is_shown() -> None:
    assert redact("topup order 9123014567 was requested") == "topup order 9123014567 was requested"


def test_numbers_of_the_request_are_shown() -> None:
    text = "order 9123014567 of 919876543210"
    assert redact_quoted(text, {"9123014567"}) == "order 9123014567 of <withheld>"


def test_the_end_of_a_long_text_is_cut_between_words() -> None:
    shown = redact("y " * 990 + "jane.doe.with.a.long.name@x.example")
    assert "jane" not in shown
    assert shown.endswith("... (2015 characters)")
    assert redact("x" * 5000) == "x" * 1680 + "... (5000 characters)"


def test_a_long_text_is_redacted_in_linear_time() -> None:
    for text in ("a@" * 500_000, "+1" * 500_000, "1 " * 500_000, '"' * 500_000, "a" * 500_000):
        assert len(redact_quoted(text)) < 15_000


@pytest.mark.parametrize("value", ["919876543210", "98765 43210", "jane@x.example", "+91 98765 43210"])
def test_an_argument_that_may_be_private_is_not_shown(value: str) -> None:
    assert "43210" not in describe_value(value)
    assert "jane" not in describe_value(value)


def test_the_arguments_of_an_exception_are_what_it_shows() -> None:
    emulator = Emulator()
    order_id = emulator.add_order(status="to jane@x.example")
    with emulator.client() as client, pytest.raises(oc.WaitTimeoutError) as failed:
        client.topups.orders.wait(order_id, timeout=0)
    assert "jane" not in f"{failed.value} {failed.value.args}"
    assert failed.value.args == (str(failed.value),)


def test_a_long_id_is_shown_and_a_phone_number_is_not(emulator: Emulator) -> None:
    with emulator.client() as client:
        emulator.fail_next(404, message="order 9123014567 of 919876543210 is unknown")
        with pytest.raises(oc.NotFoundError, match="order 9123014567 of <withheld> is unknown"):
            client.topups.orders.get(9123014567)
        emulator.fail_next(400, message="reference 9123014568, recipient 9123014569")
        with pytest.raises(oc.BadRequestError, match="reference 9123014568, recipient <withheld>"):
            client.topups.orders.find("9123014568")


@pytest.mark.parametrize(
    ("reference", "is_shown"),
    [
        ("ORDER-1716128400000", True),
        ("123456789", True),
        ("919876543210", False),
        ("+91.98765.43210", False),
        ("jane%40x.example", False),
        ("to o'hara@x.example", False),
    ],
)
def test_a_reference_that_is_a_recipient_is_not_shown(emulator: Emulator, reference: str, is_shown: bool) -> None:
    order_id = emulator.add_order(client_reference=reference)
    with emulator.client() as client:
        order = client.topups.orders.get(order_id)
    assert (reference in repr(order)) is is_shown
    assert order.client_reference == reference
