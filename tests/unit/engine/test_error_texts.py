"""The text of an error reaches the caller, whatever shape the body has."""

from __future__ import annotations

import json
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards._engine.error_texts import ErrorText, error_text
from octopus_cards.emulator import Emulator
from support.client_modes import ClientMode


def read(body: bytes, content_type: str = "application/json") -> tuple[str | None, str | None, str | None]:
    """Return what an error response says."""
    return error_text(oc.RawResponse(400, {"content-type": content_type}, body))


SHAPES: list[tuple[Any, tuple[str | None, str | None, str | None]]] = [
    ({"error": {"name": "N", "code": "C", "message": "low"}}, ("N", "C", "low")),
    (
        {"statusCode": 400, "message": ["a is low", "b is low"], "error": "Bad Request"},
        (None, None, "a is low; b is low"),
    ),
    ({"errors": {"amount": ["too low", "odd"], "x": "no"}}, (None, None, "amount: too low; odd; x: no")),
    ({"message": "invalid", "errors": {"amount": ["too low"]}}, (None, None, "amount: too low")),
    ({"message": "invalid", "errors": {}}, (None, None, "invalid")),
    ({"errors": ["one", "two"]}, (None, None, "one; two")),
    ({"error": ["one", {"message": "two"}]}, (None, None, "one; two")),
    ({"error": {"errors": [{"message": "deep"}]}}, (None, None, "deep")),
    ({"code": "A", "message": "outer", "error": {"code": "B"}}, (None, "B", "outer")),
    ({"code": "A", "error": {"message": "inner"}}, (None, "A", "inner")),
    ({"error": "Bad Request", "message": "low"}, (None, None, "low")),
    ({"error": "low"}, (None, None, "low")),
    ({"msg": "low"}, (None, None, "low")),
    ({"Message": "low"}, (None, None, "low")),
    ({"errorMessage": "low"}, (None, None, "low")),
    ({"message": "  ", "detail": "low"}, (None, None, "low")),
    ({"error": {"code": "", "name": "", "message": "low"}}, (None, None, "low")),
    ({"error": {"code": 4001.5, "message": "low"}}, (None, "4001.5", "low")),
    ({"error": {"code": 10**30, "message": "low"}}, (None, "1" + "0" * 30, "low")),
    ({"error": {"code": True, "name": [1], "message": "low"}}, (None, None, "low")),
    ([{"message": "low", "code": 7}], (None, "7", "low")),
    ("  low ", (None, None, "low")),
    ("  ", (None, None, None)),
    ({"error": {"message": {"en": "low"}}}, (None, None, None)),
    ({"error": None, "errors": None, "message": None}, (None, None, None)),
    (5, (None, None, None)),
    (None, (None, None, None)),
    ([], (None, None, None)),
    (
        {"errors": [f"e{number}" for number in range(1000)]},
        (None, None, "; ".join(f"e{number}" for number in range(20))),
    ),
]


@pytest.mark.parametrize(("body", "expected"), SHAPES)
def test_an_error_body_is_read(body: Any, expected: tuple[str | None, str | None, str | None]) -> None:
    assert read(json.dumps(body).encode()) == expected


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b" balance too low\n", "text/plain; charset=utf-8", "balance too low"),
        (b"upstream timeout", "Text/Plain", "upstream timeout"),
        (b"<html>no</html>", "text/plain", None),
        (b"<html>no</html>", "text/html", None),
        (b"balance too low", "text/html", None),
        (b"balance too low", "", None),
        (b"\xff\xfe", "text/plain", None),
        (b"", "text/plain", None),
    ],
)
def test_a_plain_text_is_the_message(body: bytes, content_type: str, message: str | None) -> None:
    assert read(body, content_type) == ErrorText(message=message)


@pytest.mark.parametrize("depth", [4, 100, 400, 900, 980, 5000, 100_000])
@pytest.mark.parametrize(
    ("start", "end"), [("[", "]"), ('{"error":', "}"), ('{"errors":[', "]}"), ('{"message":', "}")]
)
def test_an_error_that_is_nested_deeply_is_an_error_of_the_server(
    mode: ClientMode, emulator: Emulator, start: str, end: str, depth: int
) -> None:
    emulator.fail_next(400, body=(start * depth + '"low"' + end * depth).encode())
    with pytest.raises(oc.BadRequestError):
        mode.call(mode.of(emulator), "page")


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n\t"])
def test_white_space_confirms_a_change_like_an_empty_body(mode: ClientMode, emulator: Emulator, body: bytes) -> None:
    emulator.fail_next(200, body=body)
    assert mode.call(mode.of(emulator), "set_notification_email", 1, "a@example.com").success is True
    emulator.fail_next(200, body=body)
    with pytest.raises(oc.InvalidResponseError):
        mode.call(mode.of(emulator), "get", 1)
