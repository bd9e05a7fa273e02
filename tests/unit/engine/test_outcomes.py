"""How an answer is judged: a success, an error, or does not match the contract."""

from __future__ import annotations

import gc
import json
from typing import Any

import pytest
from msgspec.structs import replace

import octopus_cards as oc
from octopus_cards._engine.exchange import exchange
from octopus_cards._engine.operation import prepare
from octopus_cards.emulator import Emulator
from octopus_cards_api.operations import SET_TOPUP_ORDER_NOTIFICATION_EMAIL
from support.client_modes import ClientMode


def order_with(emulator: Emulator, **changes: Any) -> tuple[int, bytes]:
    """Return an order's id, and its JSON with changes."""
    order_id = emulator.add_order()
    with emulator.client() as client:
        shown = json.loads(client.topups.orders.get(order_id).to_json(private=True))
    emulator.requests.clear()
    return order_id, json.dumps(shown | changes).encode()


def test_a_token_that_the_server_echoes_is_not_shown(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(401, message="Invalid token MY-OPAQUE-TOKEN")
    with pytest.raises(oc.AuthenticationError, match="Invalid token <withheld>") as failed:
        mode.call(mode.of(emulator, token="MY-OPAQUE-TOKEN"), "page")
    assert "OPAQUE" not in failed.value.message


def test_an_error_without_an_envelope_says_so(mode: ClientMode, emulator: Emulator) -> None:
    for body in ("<html>no</html>", "", "[]", '{"error": {}}', '{"error": {"name": [1]}}', '{"error": 5}', b"\xff\xfe"):
        emulator.fail_next(404, body=body)
        with pytest.raises(oc.NotFoundError, match="Not Found, without an error envelope") as failed:
            mode.call(mode.of(emulator), "page")
        assert (failed.value.name, failed.value.code) == (None, None)
        assert failed.value.body == (body if isinstance(body, bytes) else body.encode())


def test_a_partial_error_envelope_keeps_its_fields(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(404, body={"error": {"code": "NOT_FOUND", "message": None}})
    with pytest.raises(oc.NotFoundError, match="Not Found") as failed:
        mode.call(mode.of(emulator), "page")
    assert (failed.value.name, failed.value.code, failed.value.message) == (None, "NOT_FOUND", "Not Found")


@pytest.mark.parametrize("status", [520, 599])
def test_a_status_that_python_does_not_know_is_a_server_error(
    mode: ClientMode, emulator: Emulator, status: int
) -> None:
    emulator.fail_next(status, times=8)
    with pytest.raises(oc.ServerError, match=f"status {status}, without an error envelope"):
        mode.call(mode.of(emulator), "page")


@pytest.mark.parametrize("status", [200, 201, 203])
def test_any_2xx_with_the_documented_body_is_a_success(mode: ClientMode, emulator: Emulator, status: int) -> None:
    order_id, body = order_with(emulator)
    emulator.fail_next(status, body=body)
    assert mode.call(mode.of(emulator), "get", order_id).id == order_id


@pytest.mark.parametrize("status", [301, 302, 304, 307])
def test_a_redirect_is_never_followed(mode: ClientMode, emulator: Emulator, status: int) -> None:
    emulator.fail_next(status, headers={"location": "https://evil.example/"})
    with pytest.raises(oc.InvalidResponseError, match="redirects are not followed") as failed:
        mode.call(mode.of(emulator), "page")
    assert failed.value.status_code == status
    assert len(emulator.requests) == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": "9123456"}, "TopupOrder.id: an integer expected, got str"),
        ({"id": True}, "TopupOrder.id: an integer expected, got bool"),
        ({"amount": "4.74"}, "TopupOrder.amount: a number expected, got str"),
        ({"status": None}, "TopupOrder.status: a string expected, got absent or null"),
        ({"created_at": "yesterday, at noon"}, "TopupOrder.created_at: a date and time (RFC 3339) expected, got str"),
        ({"created_at": "2026-05-19"}, "TopupOrder.created_at: a date and time (RFC 3339) expected"),
        ({"completed_at": 5}, "TopupOrder.completed_at: a date and time (RFC 3339) expected, got int"),
        ({"client_reference": 5}, "TopupOrder.client_reference: a string expected, got int"),
        ({"input_data": ["+911234567890"]}, "TopupOrder.input_data: an object expected, got list"),
    ],
)
def test_a_wrong_type_is_named_and_its_value_is_not(
    mode: ClientMode, emulator: Emulator, changes: dict[str, Any], problem: str
) -> None:
    order_id, body = order_with(emulator, **changes)
    emulator.fail_next(200, body=body)
    with pytest.raises(oc.InvalidResponseError) as failed:
        mode.call(mode.of(emulator), "get", order_id)
    assert problem in str(failed.value)
    assert "+911234567890" not in str(failed.value)
    assert json.loads(failed.value.body) == json.loads(body) | {"input_data": "<withheld>"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html></html>",
        "[",
        '{"id": 1',
        "null",
        "5",
        "[]",
        "NaN",
        "[" * 100_000,
        '{"id": 1' + "0" * 5000 + "}",
        b"\xff",
    ],
    ids=lambda body: str(body[:12]),
)
def test_a_success_that_violates_the_contract_is_invalid(
    mode: ClientMode, emulator: Emulator, body: str | bytes
) -> None:
    emulator.fail_next(200, body=body)
    with pytest.raises(oc.InvalidResponseError, match="does not match the contract"):
        mode.call(mode.of(emulator), "get", 1)


def test_a_body_that_is_not_json_is_described_by_its_content_type(emulator: Emulator) -> None:
    emulator.fail_next(200, body="<html>login</html>")
    with emulator.client() as client, pytest.raises(oc.InvalidResponseError) as failed:
        client.topups.orders.page()
    assert "not JSON but 18 bytes (text/html; JSONDecodeError)" in str(failed.value)


@pytest.mark.parametrize("body", ["{}", '{"data": []}', "null", '[{"id": 1}]', "[[]]", "[5]"])
def test_a_list_that_is_none_is_not_an_empty_one(mode: ClientMode, emulator: Emulator, body: str) -> None:
    emulator.fail_next(200, body=body)
    with pytest.raises(oc.InvalidResponseError, match="expected, got"):
        mode.call(mode.of(emulator), "page")


def test_the_name_of_an_error_envelope_is_kept(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(404, body={"error": {"name": "NotFoundException", "code": "NOT_FOUND", "message": "No"}})
    with pytest.raises(oc.NotFoundError) as failed:
        mode.call(mode.of(emulator), "page")
    assert failed.value.name == "NotFoundException"


@pytest.mark.parametrize(("status", "kind"), [(300, oc.InvalidResponseError), (600, oc.InvalidResponseError)])
def test_a_status_that_is_neither_success_nor_error_is_invalid(
    mode: ClientMode, emulator: Emulator, status: int, kind: Any
) -> None:
    emulator.fail_next(status, body="[]")
    with pytest.raises(kind, match=": neither a success nor an error; redirects are not followed "):
        mode.call(mode.of(emulator), "page")


def test_299_is_a_success_still(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(299, body="[]")
    assert len(mode.call(mode.of(emulator), "page")) == 0


# httpx leaves its own async generators open here, of which trio warns when they are collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_rejected_body_keeps_the_request_id_of_the_server(
    mode: ClientMode, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("octopus_cards._io.bodies.MAX_BODY_SIZE", 9)
    emulator.fail_next(200, body=b" " * 10, headers={"x-request-id": "of-the-server"})
    with pytest.raises(oc.InvalidResponseError, match="the body is larger than 0 MiB") as failed:
        mode.call(mode.of(emulator), "page")
    assert failed.value.request_id == "of-the-server"
    gc.collect()


def test_private_fields_are_masked_wherever_they_are_in_the_body(emulator: Emulator) -> None:
    order_id, body = order_with(emulator)
    rows = json.loads(body)
    rows["vouchers"] = [{"input_data": {"pin": "1234"}, "list": [1, None, "x"]}]
    emulator.fail_next(500, body=json.dumps([[rows], {"id": order_id}]))
    with emulator.client(attempts=1) as client, pytest.raises(oc.ServerError) as failed:
        client.topups.orders.page()
    [[masked], rest] = json.loads(failed.value.body)
    assert rest == {"id": order_id}
    assert masked["vouchers"] == [{"input_data": "<withheld>", "list": [1, None, "x"]}]
    assert masked["id"] == order_id


def test_a_body_that_cannot_be_masked_is_left_out(emulator: Emulator) -> None:
    emulator.fail_next(500, body=b'{"input_data": {"pin": "1234"')
    with emulator.client(attempts=1) as client, pytest.raises(oc.ServerError) as failed:
        client.topups.orders.page()
    assert failed.value.body == b""


OTHER_ENVELOPES: dict[str, tuple[Any, tuple[str | None, str | None, str]]] = {
    "numeric code": ({"error": {"code": 4001, "message": "balance too low"}}, (None, "4001", "balance too low")),
    "flat": ({"code": "X", "message": "balance too low"}, (None, "X", "balance too low")),
    "text": ({"error": "balance too low"}, (None, None, "balance too low")),
    "a string": ("balance too low", (None, None, "balance too low")),
    "problem json": ({"title": "Bad", "detail": "balance too low"}, (None, None, "balance too low")),
    "oauth": ({"error": "invalid_request", "error_description": "no key"}, (None, None, "no key")),
    "errors": ({"errors": [{"code": 7, "message": "one"}, {"message": "two"}]}, (None, "7", "one; two")),
    "null fields": ({"error": {"code": None, "name": None, "message": None}}, (None, None, "Bad Request")),
    "odd fields": ({"error": {"code": [1], "name": {"a": 1}, "message": 5}}, (None, None, "Bad Request")),
    "booleans": ({"error": {"code": True, "message": "no"}}, (None, None, "no")),
}


@pytest.mark.parametrize("shape", OTHER_ENVELOPES)
def test_an_error_of_another_shape_keeps_its_text(mode: ClientMode, emulator: Emulator, shape: str) -> None:
    body, (name, code, message) = OTHER_ENVELOPES[shape]
    emulator.fail_next(400, body=json.dumps(body).encode())
    with pytest.raises(oc.BadRequestError) as failed:
        mode.call(mode.of(emulator), "page")
    assert (failed.value.name, failed.value.code) == (name, code)
    assert failed.value.message.startswith(message)


@pytest.mark.parametrize("status", [200, 204])
def test_a_change_that_is_confirmed_without_a_body_is_a_success(
    mode: ClientMode, emulator: Emulator, status: int
) -> None:
    emulator.fail_next(status, body=b"")
    confirmation = mode.call(mode.of(emulator), "set_notification_email", emulator.add_order(), "a@example.com")
    assert (confirmation.success, confirmation.message) == (True, "")


@pytest.mark.parametrize("changes", [{"method": "POST"}, {"result": oc.TopupOrder}])
def test_only_a_change_that_is_merely_confirmed_needs_no_body(emulator: Emulator, changes: dict[str, Any]) -> None:
    emulator.fail_next(200, body=b"")
    operation = replace(SET_TOPUP_ORDER_NOTIFICATION_EMAIL, **changes)
    call = prepare(operation, {"order_id": 1, "email": "a@example.com"})
    with emulator.client() as client, pytest.raises(oc.InvalidResponseError, match="not JSON but 0 bytes"):
        client.topups.orders._driver.run(exchange(call, client._session))


@pytest.mark.parametrize("status", [200, 204])
def test_an_order_without_a_body_is_no_success(mode: ClientMode, emulator: Emulator, status: int) -> None:
    emulator.fail_next(status, body=b"")
    with pytest.raises(oc.InvalidResponseError, match="not JSON but 0 bytes"):
        mode.call(mode.of(emulator), "get", 1)
