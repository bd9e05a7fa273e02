"""The operations on topup orders, in every mode."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import Any

import anyio
import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from octopus_cards.emulator._core.responses import encode
from support.client_modes import ClientMode


def test_get_reads_the_freshest_state_and_page_the_stored_one(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order(delivered_after=8.0, amount="4.7400", input_data={"player_id": "77"})
    client = mode.of(emulator)
    emulator.clock.advance(9)
    assert mode.call(client, "page")[0].status == "PENDING"
    order = mode.call(client, "get", order_id)
    assert (order.status, str(order.amount), order.input_data) == ("DELIVERED", "4.7400", {"player_id": "77"})
    assert (order.completed_at - order.created_at).total_seconds() == 8.0
    assert mode.call(client, "page")[0].status == "DELIVERED"


def test_every_filter_is_sent(mode: ClientMode, emulator: Emulator) -> None:
    mode.call(
        mode.of(emulator),
        "page",
        3,
        per_page=7,
        status=oc.TopupStatus.FAILED,
        product_id=4218,
        country="IND",
        client_reference="A B&C=D",
    )
    assert emulator.requests[0].query == {
        "page": "3",
        "per_page": "7",
        "status": "FAILED",
        "product_id": "4218",
        "country": "IND",
        "client_reference": "A B&C=D",
    }


def test_nothing_is_sent_that_was_not_asked_for(mode: ClientMode, emulator: Emulator) -> None:
    mode.call(mode.of(emulator), "page")
    assert emulator.requests[0].query == {"page": "1", "per_page": "50"}


def test_find_gives_the_order_or_none(mode: ClientMode, emulator: Emulator) -> None:
    emulator.populate(5)
    order_id = emulator.add_order(client_reference="MINE/1 ?#")
    client = mode.of(emulator)
    assert mode.call(client, "find", "MINE/1 ?#").id == order_id
    assert mode.call(client, "find", "MINE") is None
    assert emulator.requests[0].query == {"client_reference": "MINE/1 ?#"}


def one_order(**fields: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "product_id": 1,
        "product_name": "p",
        "country_code": "GLO",
        "amount": Decimal(1),
        "currency": "USD",
        "status": "PENDING",
        "created_at": "2026-05-19T14:30:00Z",
    } | fields


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (
            [one_order(client_reference="OTHER")],
            "client_reference was requested, and item \\d+ has another client_reference",
        ),
        ([one_order()], "the response has a topup order without this client_reference"),
        (
            [one_order(client_reference="MINE")] * 2,
            "the response has or announces more than one topup order with this client_reference",
        ),
    ],
)
def test_find_does_not_take_another_order_for_yours(
    mode: ClientMode, emulator: Emulator, answer: list[Any], problem: str
) -> None:
    emulator.fail_next(200, body=encode(answer).encode(), headers={"x-request-id": "of-the-server"})
    with pytest.raises(oc.InvalidResponseError, match=problem) as failed:
        mode.call(mode.of(emulator), "find", "MINE")
    assert failed.value.request_id == "of-the-server"


def test_find_needs_no_header_to_say_that_there_is_none(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(200, body=b"[]")
    assert mode.call(mode.of(emulator), "find", "MINE") is None


def test_find_does_not_say_none_of_an_order_that_was_announced(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(200, body=b"[]", headers={"x-total-count": "1"})
    with pytest.raises(oc.InvalidResponseError, match="the response announces a topup order and does not have it"):
        mode.call(mode.of(emulator), "find", "MINE")


def test_a_confirmation_that_denies_itself_is_no_success(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(200, body={"success": False, "message": "no"})
    with pytest.raises(oc.InvalidResponseError, match="success is false"):
        mode.call(mode.of(emulator), "set_notification_email", 1, "a@example.com")


def test_get_does_not_take_another_order_for_yours(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(200, body=encode(one_order(id=2)).encode(), headers={"x-request-id": "of-the-server"})
    problem = "topup order 1 was requested, and the response is topup order 2"
    with pytest.raises(oc.InvalidResponseError, match=problem) as failed:
        mode.call(mode.of(emulator), "get", 1)
    assert failed.value.request_id == "of-the-server"


def test_set_notification_email_sends_json_and_gives_the_confirmation(mode: ClientMode, emulator: Emulator) -> None:
    order_id = emulator.add_order()
    confirmation = mode.call(mode.of(emulator), "set_notification_email", order_id, "customer@example.com")
    assert (confirmation.success, confirmation.message) == (True, "Notification email updated successfully")
    request = emulator.requests[0]
    assert (request.method, request.path) == ("PATCH", f"/api/v1/topups/orders/{order_id}/notification-email")
    assert request.headers["content-type"] == "application/json"
    assert request.json() == {"email": "customer@example.com"}


@pytest.mark.parametrize(
    ("sync", "other"),
    [
        (oc.OctopusCards, oc.AsyncOctopusCards),
        (oc.TopupOrders, oc.AsyncTopupOrders),
        (oc.TopupOrderList, oc.AsyncTopupOrderList),
    ],
)
def test_both_worlds_have_the_same_surface(sync: type, other: type) -> None:
    """Names, parameters, defaults and annotations; but only one takes async callables, and its own transport."""
    renamed = {"close": "aclose", "__enter__": "__aenter__", "__exit__": "__aexit__", "__iter__": "__aiter__"}
    surface = {renamed.get(name, name): value for name, value in methods(sync).items()}
    assert surface.keys() == methods(other).keys()
    for name, method in surface.items():
        twin = methods(other)[name]
        if name == "__init__" and sync is not oc.OctopusCards:
            continue
        ours, theirs = (inspect.signature(m).parameters for m in (method, twin))
        assert list(ours) == list(theirs), name
        for parameter in ours:
            mine, other_ones = ours[parameter], theirs[parameter]
            if parameter in ("transport", "token", "on_retry", "on_poll", "on_invalid"):
                mine, other_ones = mine.replace(annotation=None), other_ones.replace(annotation=None)
            assert mine == other_ones, f"{name}({parameter})"
        assert name.startswith("__") or (method.__doc__ and twin.__doc__), name


def methods(kind: type) -> dict[str, Any]:
    hooks = ("__init__", "__enter__", "__exit__", "__aenter__", "__aexit__", "__iter__", "__aiter__", "__repr__")
    return {n: v for n, v in vars(kind).items() if inspect.isfunction(v) and (not n.startswith("_") or n in hooks)}


def test_a_client_is_a_context_manager(emulator: Emulator) -> None:
    with emulator.client() as client:
        client.topups.orders.page()
    with pytest.raises(oc.NotSentError, match="the client is closed"):
        client.topups.orders.page()


def test_an_async_client_is_a_context_manager(emulator: Emulator) -> None:
    async def main() -> None:
        async with emulator.async_client() as client:
            await client.topups.orders.page()
        with pytest.raises(oc.NotSentError, match="the client is closed"):
            await client.topups.orders.page()

    anyio.run(main)


def test_an_order_that_quotes_its_recipient_does_not_show_it(emulator: Emulator) -> None:
    text = "Recharge of +91 98765 43210 (jane@example.com) failed"
    order_id = emulator.add_order(status_text=text, client_reference="jane@example.com")
    order = emulator.client().topups.orders.get(order_id)
    assert "98765" not in repr(order)
    assert "jane" not in repr(order)
    assert (order.status_text, order.client_reference) == (text, "jane@example.com")
    assert order.to_dict()["status_text"] == text


def test_a_reference_without_personal_data_is_shown(emulator: Emulator) -> None:
    order_id = emulator.add_order(client_reference="ORDER-20261125-0001")
    assert "'ORDER-20261125-0001'" in repr(emulator.client().topups.orders.get(order_id))


@pytest.mark.parametrize(
    ("message", "secret"),
    [
        ("919876543210 is not a number of this operator", "9876543210"),
        ('"jane doe"@x.example is invalid', "jane"),
        ("o'hara@x.example is invalid", "hara"),
        ("cannot notify 'jane@x.example'", "jane"),
    ],
)
def test_a_message_that_quotes_a_recipient_does_not_show_it(
    mode: ClientMode, emulator: Emulator, message: str, secret: str
) -> None:
    emulator.fail_next(400, message=message)
    with pytest.raises(oc.BadRequestError) as failed:
        mode.call(mode.of(emulator), "get", emulator.add_order())
    error = failed.value
    assert secret not in f"{error} {error!r} {error.args} {error.message}"


def test_a_long_order_id_is_not_taken_for_a_phone_number(mode: ClientMode, emulator: Emulator) -> None:
    with pytest.raises(oc.NotFoundError, match="/orders/123456789012"):
        mode.call(mode.of(emulator), "get", 123456789012)


def test_a_content_type_that_echoes_the_token_is_not_shown(mode: ClientMode, emulator: Emulator) -> None:
    emulator.fail_next(200, body=b"x", headers={"content-type": "text/opaque-tok-123"})
    with pytest.raises(oc.InvalidResponseError, match="not JSON but 1 bytes") as failed:
        mode.call(mode.of(emulator), "get", 1)
    assert "opaque-tok-123" not in str(failed.value)
