"""Every exception says what is known, travels whole, and keeps secrets."""

from __future__ import annotations

import copy
import inspect
import pickle
from decimal import Decimal
from typing import Any

import pytest

import octopus_cards as oc
from octopus_cards.emulator import Emulator

EMULATOR = Emulator()
ORDER_ID = EMULATOR.add_order(client_reference="KEY")
with EMULATOR.client() as _client:
    ORDER = _client.topups.orders.get(ORDER_ID)

SENT: dict[str, Any] = {"method": "GET", "path": "/x", "attempts": 3}
ANSWERED: dict[str, Any] = SENT | {"status_code": 418, "request_id": "R1", "body": b"{}"}
API_ERRORS = [kind for kind in vars(oc).values() if inspect.isclass(kind) and issubclass(kind, oc.APIError)]
EXAMPLES: list[oc.OctopusCardsError] = [
    oc.NotSentError("no way", **SENT),
    oc.OutcomeUnknownError("lost", **SENT),
    oc.InvalidResponseError("HTML", **ANSWERED),
    oc.WaitTimeoutError.after("topup order", [ORDER], elapsed=300.0, polls=20),
    oc.WaitTimeoutError.after("topup order", [ORDER, ORDER, ORDER], elapsed=300.0, polls=20),
    oc.WaitCancelledError.after("topup order", [1], []),
    oc.WaitCancelledError.after("topup order", [1, 2], [ORDER]),
    oc.ReferenceConflictError("another product_id", client_reference="KEY", order=ORDER),
    oc.DebitLimitError("too much", charges=oc.Charges(total_payable=Decimal("4.99")), max_debit=Decimal(4)),
    *(kind("texts", name="N", code="C", **ANSWERED) for kind in API_ERRORS),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_exception_travels_whole(error: Any, travel: Any) -> None:
    arrived = travel(error)
    assert type(arrived) is type(error)
    assert vars(arrived) == vars(error)
    assert (str(arrived), repr(arrived), arrived.args) == (str(error), repr(error), error.args)


def test_every_exception_is_among_the_examples() -> None:
    kinds = {k for k in vars(oc).values() if inspect.isclass(k) and issubclass(k, oc.OctopusCardsError)}
    assert kinds - {type(error) for error in EXAMPLES} == {oc.OctopusCardsError, oc.RequestError}


def test_the_tree_is_the_one_of_the_design() -> None:
    parents = [kind for kind in oc.ValidationFailedError.__mro__ if kind.__name__ in oc.__all__]
    assert parents[1:] == [oc.BadRequestError, oc.APIError, oc.RequestError, oc.OctopusCardsError]
    assert not issubclass(oc.InvalidResponseError, oc.APIError)
    assert not issubclass(oc.WaitTimeoutError, oc.RequestError)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "BAD_REQUEST", oc.BadRequestError),
        (400, None, oc.BadRequestError),
        (400, "VALIDATION_FAILURE", oc.ValidationFailedError),
        (401, "UNAUTHORIZED", oc.AuthenticationError),
        (403, "FORBIDDEN", oc.PermissionDeniedError),
        (404, "NOT_FOUND", oc.NotFoundError),
        (409, "NEW_CODE", oc.APIError),
        (422, "VALIDATION_FAILURE", oc.APIError),
        (429, "TOO_MANY_REQUESTS", oc.RateLimitError),
        (499, None, oc.APIError),
        (500, "INTERNAL_SERVER_ERROR", oc.ServerError),
        (520, None, oc.ServerError),
        (599, None, oc.ServerError),
    ],
)
def test_each_status_has_its_class(status: int, code: str | None, kind: type[oc.APIError]) -> None:
    emulator = Emulator()
    emulator.fail_next(status, body={"error": {"code": code}})
    with emulator.client(attempts=1) as client, pytest.raises(oc.APIError) as failed:
        client.topups.orders.page()
    assert type(failed.value) is kind


def test_an_exception_without_a_message_prints_nothing() -> None:
    assert (str(oc.OctopusCardsError()), repr(oc.OctopusCardsError())) == ("", "OctopusCardsError('')")


def test_an_api_error_reads_well() -> None:
    error = oc.ValidationFailedError("Invalid order ID", code="VALIDATION_FAILURE", **ANSWERED)
    assert str(error) == "Invalid order ID [VALIDATION_FAILURE, HTTP 418, GET /x, 3 attempts, request R1]"


def test_a_timeout_says_that_the_order_may_still_complete() -> None:
    error = oc.WaitTimeoutError.after("topup order", [ORDER], elapsed=300.04, polls=20)
    assert str(error) == (
        f"topup order {ORDER_ID} is still PENDING after 300.0 s and 20 reads. "
        "It may still complete: wait again, or set a notification e-mail."
    )
    assert (error.order, error.elapsed, error.polls) == (ORDER, 300.04, 20)


def test_a_server_message_cannot_forge_a_log_or_be_slow_to_print() -> None:
    error = oc.BadRequestError("one\nWARNING two \x1b[2J \ud800", **ANSWERED)
    assert str(error).startswith("one\\nWARNING two \\x1b[2J \\ud800 [")
    assert str(error).isprintable()
    long = oc.BadRequestError("a@" * 500_000, **ANSWERED)
    assert len(str(long)) < 8000


@pytest.mark.parametrize("secret", ["jo.doe+x@example.co.uk", "eyJhbGciOi.eyJzdWIi.c2ln", "Bearer abc.def"])
def test_echoed_secrets_are_redacted(secret: str) -> None:
    error = oc.BadRequestError(f"not good: {secret} (really)", **ANSWERED | {"body": secret.encode()})
    for shown in (str(error), repr(error)):
        assert secret not in shown
        assert "not good: <withheld>" in shown
        assert "really" in shown
    assert secret in error.message


def test_a_wait_for_many_says_how_many_more() -> None:
    texts = [
        str(oc.WaitTimeoutError.after("topup order", [ORDER] * count, elapsed=2.0, polls=count)) for count in (1, 2, 3)
    ]
    begin, end = (
        f"topup order {ORDER_ID} is still PENDING",
        "It may still complete: wait again, or set a notification e-mail.",
    )
    assert texts == [
        f"{begin} after 2.0 s and 1 read. {end}",
        f"{begin} (and 1 other) after 2.0 s and 2 reads. {end}",
        f"{begin} (and 2 others) after 2.0 s and 3 reads. {end}",
    ]


def test_a_cancelled_wait_has_the_last_read_orders() -> None:
    texts = [
        str(oc.WaitCancelledError.after("topup order", ids, seen))
        for ids, seen in (([7], []), ([7, 8], [ORDER]), ([7, 8, 9], []))
    ]
    end = "the orders are not affected"
    assert texts == [
        f"the wait for topup order 7 was cancelled (not read yet); {end}",
        f"the wait for topup order 7 and 1 more was cancelled (last read PENDING); {end}",
        f"the wait for topup order 7 and 2 more was cancelled (not read yet); {end}",
    ]


def test_an_api_error_keeps_name_code_and_message() -> None:
    error = oc.BadRequestError("texts", name="N", code="C", **ANSWERED)
    assert (error.name, error.code, error.message) == ("N", "C", "texts")
    assert repr(error).startswith("BadRequestError('texts [C, HTTP 418,")


@pytest.mark.parametrize(("tries", "shown"), [({}, ""), ({"attempts": 1}, ""), ({"attempts": 2}, ", 2 attempts")])
def test_unknown_values_are_not_shown(tries: dict[str, Any], shown: str) -> None:
    assert str(oc.NotSentError("no", method="GET", path="/x", **tries)) == f"no [GET /x{shown}]"
    error = oc.BadRequestError("no", method="GET", path="/x", status_code=400, **tries)
    assert str(error) == f"no [HTTP 400, GET /x{shown}]"
    assert error.body == b""
