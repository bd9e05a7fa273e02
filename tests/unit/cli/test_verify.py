"""`octopus-cards verify`: what it refuses, asks, prints and writes, and a server that fails."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import octopus_cards
from octopus_cards import cli
from octopus_cards._base.responses import RawResponse
from octopus_cards.cli.verify import attempts, command
from octopus_cards.cli.verify.settings import sandbox_url
from octopus_cards.emulator import Emulator, EmulatorClock
from octopus_cards.emulator._core.faults import Fault
from support.verifying import OLD_REFERENCE, ORDERS, Verifier, old_account, placed, show_wallets

SANDBOX = "https://sandbox-api.octopuscards.io"
NEEDS_ORDER = {"list_delay", "success_status", "creation_timing", "debit", "reference_case", "duplicate_check"}


@pytest.fixture
def verifier(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Verifier:
    return Verifier(monkeypatch, capsys, tmp_path)


def test_the_command_as_a_process(tmp_path: Path) -> None:
    started = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    emulator = Emulator(limits=None, clock=EmulatorClock(started))
    emulator.add_wallet("USD", 0)
    show_wallets(emulator)
    output = tmp_path / "report.json"
    with emulator.serve() as url:
        env = {name: value for name, value in os.environ.items() if not name.startswith("OCTOPUS_CARDS_")}
        env |= {"OCTOPUS_CARDS_BASE_URL": url, "OCTOPUS_CARDS_TOKEN": emulator.token, "COLUMNS": "100"}
        arguments = [
            sys.executable,
            "-P",
            "-m",
            "octopus_cards",
            "verify",
            "--sandbox",
            "--yes",
            "--output",
            str(output),
        ]
        done = subprocess.run(arguments, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 orders in the sandbox at http://127.0.0.1" in done.stdout
    assert "[8/8]" in done.stdout
    assert "success_status      200 " in done.stdout
    report = json.loads(output.read_text("utf-8"))
    assert report["version"] == octopus_cards.__version__
    assert report["server"] == url
    moments = [datetime.datetime.fromisoformat(report[name]) for name in ("started_at", "finished_at")]
    assert started <= moments[0] <= moments[1]
    assert (report["product_id"], report["amount"], report["price"]) == (4218, "0.99", "0.9405 USD")


def test_the_report_names_orders_and_requests_and_nothing_private(verifier: Verifier) -> None:
    emulator = old_account()
    run = verifier.run(emulator, "--input", "player_id=RECIPIENT-7", "--input", "server=asia")
    sent = [request for request in emulator.requests if request.method == "POST" and request.path == ORDERS]
    orders = run.report["orders"]
    assert [order["request_id"] for order in orders] == [request.headers["x-request-id"] for request in sent]
    references = {order["client_reference"] for order in orders}
    assert {str(reference)[:15] for reference in references - {None}} == {"octopus-verify-"}
    ids = [order["order_id"] for order in orders if order["outcome"] == "accepted"]
    with emulator.client() as client:
        assert {client.topups.orders.get(number).client_reference for number in ids} < references
        assert client.topups.orders.get(ids[0]).to_dict(private=True)["input_data"]["player_id"] == "RECIPIENT-7"
    for fact in run.report["facts"]:
        assert fact["request_ids"]
    for text in (json.dumps(run.report), run.out):
        for secret in ("RECIPIENT-7", OLD_REFERENCE, emulator.token):
            assert secret not in text


def test_a_message_of_the_server_is_shown_without_the_recipient(verifier: Verifier) -> None:
    emulator = old_account()
    message = f"player RECIPIENT-7 of {OLD_REFERENCE} is unknown"
    emulator.fail_next(400, times=9, method="POST", path=ORDERS, message=message)
    run = verifier.run(emulator, "--input", "player_id=RECIPIENT-7")
    assert "player *** of" in run.fact("debit")["answer"]
    assert "player *** of *** is unknown" in run.fact("reference_lifetime")["answer"]
    assert "RECIPIENT-7" not in json.dumps(run.report) + run.out


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"OCTOPUS_CARDS_ENVIRONMENT": "production"}, "OCTOPUS_CARDS_ENVIRONMENT must be sandbox or unset"),
        ({"OCTOPUS_CARDS_BASE_URL": "https://api.octopuscards.io"}, "points to production"),
        ({"OCTOPUS_CARDS_BASE_URL": "https://other.example"}, "OCTOPUS_CARDS_BASE_URL must be https://sandbox-api"),
        ({"OCTOPUS_CARDS_BASE_URL": f"{SANDBOX}.example"}, "OCTOPUS_CARDS_BASE_URL must be https://sandbox-api"),
        ({"OCTOPUS_CARDS_BASE_URL": f"{SANDBOX}@other.example"}, "must not carry a user name"),
        ({"OCTOPUS_CARDS_BASE_URL": "http://sandbox-api.octopuscards.io"}, "a token must not travel unencrypted"),
        ({"OCTOPUS_CARDS_TOKEN": ""}, "credentials are missing: set OCTOPUS_CARDS_TOKEN, or OCTOPUS_CARDS_API_KEY"),
        ({"OCTOPUS_CARDS_TOKEN": "", "OCTOPUS_CARDS_API_KEY": "k"}, "api_secret is missing"),
        ({"OCTOPUS_CARDS_TOKEN": "Bearer hunter2"}, "without 'Bearer' in front"),
    ],
)
def test_refused_settings(
    verifier: Verifier,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: Mapping[str, str],
    problem: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["verify", "--sandbox", "--yes"]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("octopus-cards verify: ")
    assert problem in printed.err
    assert "hunter2" not in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("url", "environment"), [(None, None), (SANDBOX, "sandbox"), ("http://127.0.0.1:4010", ""), ("http://[::1]:1", "")]
)
def test_accepted_servers(
    verifier: Verifier, monkeypatch: pytest.MonkeyPatch, url: str | None, environment: str | None
) -> None:
    for name, value in (("BASE_URL", url), ("ENVIRONMENT", environment)):
        if value is not None:
            monkeypatch.setenv(f"OCTOPUS_CARDS_{name}", value)
    assert sandbox_url() == (url or SANDBOX)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--production"],
        ["--sandbox", "--environment", "production"],
        ["--sandbox", "--product-id", "0"],
        ["--sandbox", "--product-id", "x"],
        ["--sandbox", "--amount", "NaN"],
        ["--sandbox", "--amount", "-1"],
        ["--sandbox", "--amount", "much"],
        ["--sandbox", "--input", "hunter2"],
        ["--sandbox", "--input", "=hunter2"],
    ],
)
def test_wrong_options(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["verify", *arguments])
    assert stopped.value.code == 2
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "problem"),
    [
        (["--product-id", "7"], 2, "NotFoundError: Product not found"),
        (["--product-id", "4218", "--amount", "7"], 2, "amount is not available"),
        (["--product-id", "{ranged}"], 2, "has no fixed amount: pass --amount"),
        (["--product-id", "{zoned}"], 2, "pass --input zone=VALUE --input role=VALUE"),
    ],
)
def test_what_cannot_be_ordered(verifier: Verifier, arguments: list[str], status: int, problem: str) -> None:
    emulator = Emulator(limits=None)
    ranged, zoned = (
        emulator.add_product(),
        emulator.add_product(variants=[{"fixed_amounts": ["2"]}], input_fields=["player_id", "zone", "role"]),
    )
    run = verifier.run(emulator, *(each.format(ranged=ranged, zoned=zoned) for each in arguments))
    assert (run.status, placed(emulator), run.out) == (status, 0, "")
    assert problem in run.err


def test_an_account_without_games(verifier: Verifier) -> None:
    emulator = Emulator(limits=None)
    emulator.fail_next(200, path="/api/v1/topups/products", body="[]")
    run = verifier.run(emulator)
    assert (run.status, placed(emulator)) == (2, 0)
    assert "no gaming product with a fixed amount" in run.err


def test_options_choose_product_amount_and_recipient(verifier: Verifier) -> None:
    emulator = Emulator(limits=None)
    run = verifier.run(
        emulator, "--product-id", "4219", "--amount", "12.50", "--input", "phone_number=+15550100", answer="y\n"
    )
    assert "product 4219 (Airtel India), 12.50 INR, at 11.8750 INR each" in " ".join(run.out.split())
    assert (run.status, run.report["amount"]) == (0, "12.50")


def test_the_cheapest_amount_of_the_first_game_with_one(verifier: Verifier) -> None:
    emulator = Emulator(limits=None)
    emulator.fail_next(200, path="/api/v1/topups/products/4218/variants", body="[]")
    product = emulator.add_product(variants=[{"fixed_amounts": ["9", "3"]}, {"fixed_amounts": ["4"]}])
    run = verifier.run(emulator)
    assert (run.report["product_id"], run.report["amount"]) == (product, "3")


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yesterday\n"])
def test_nothing_is_ordered_without_a_confirmation(verifier: Verifier, answer: str) -> None:
    emulator = Emulator(limits=None)
    run = verifier.run(emulator, answer=answer)
    assert "Continue? [y/N]" in run.out
    assert "nothing was ordered" in run.err
    assert ("pass --yes" in run.err) == (answer == "")
    assert (run.status, placed(emulator), verifier.output.exists()) == (2, 0, False)


@pytest.mark.parametrize("answer", ["y\n", "YES\n"])
def test_a_confirmation_starts_the_run(verifier: Verifier, answer: str) -> None:
    assert verifier.run(Emulator(limits=None), answer=answer).status == 0


def test_a_report_that_cannot_be_written_is_noticed_before_an_order(verifier: Verifier, tmp_path: Path) -> None:
    emulator = Emulator(limits=None)
    run = verifier.run(emulator, "--output", str(tmp_path / "missing" / "report.json"))
    assert (run.status, placed(emulator)) == (2, 0)
    assert "cannot write --output" in run.err


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 500, "executed": True}, {"lost": True}])
def test_a_refusal_that_fails_leaves_one_fact_open(verifier: Verifier, fault: dict[str, Any]) -> None:
    emulator = old_account()
    emulator.fail_next(method="POST", path=ORDERS, **fault)
    run = verifier.run(emulator)
    assert run.undetermined == {"rejected_reference"}
    assert run.fact("rejected_reference")["answer"].startswith("not determined: the order that the server must refuse")
    assert run.status == 3


def test_a_failed_creation_is_repeated_once_with_a_new_reference(verifier: Verifier) -> None:
    emulator = old_account()
    emulator._pipeline.faults += [
        Fault(1, "POST", ORDERS, None, None),
        Fault(1, "POST", ORDERS, None, RawResponse(502, {}, b"")),
    ]
    run = verifier.run(emulator)
    assert run.undetermined == {"rejected_reference"}
    unknown = [order for order in run.report["orders"] if order["outcome"] == "unknown"]
    assert [order["http_status"] for order in unknown] == [502]
    assert len({order["client_reference"] for order in run.report["orders"] if order["http_status"] == 200}) == 2


def test_a_creation_that_waits_for_its_rate_limit(verifier: Verifier) -> None:
    emulator = old_account()
    emulator._pipeline.faults.append(Fault(1, "POST", ORDERS, None, None))
    emulator.fail_next(429, method="POST", path=ORDERS, retry_after=50)
    run = verifier.run(emulator)
    assert (run.undetermined, run.status) == (set(), 0)
    assert run.fact("creation_timing")["answer"].endswith(" s, after 2 tries")


def test_no_order_at_all(verifier: Verifier) -> None:
    emulator = old_account()
    emulator.fail_next(503, times=1000, method="POST", path=ORDERS)
    run = verifier.run(emulator)
    assert run.undetermined == NEEDS_ORDER | {"rejected_reference", "reference_lifetime"}
    assert run.fact("debit")["answer"].startswith("not determined: no order was placed: ServerError")
    assert (run.status, placed(emulator)) == (3, 4)


@pytest.mark.parametrize("body", ["[]", "no JSON", '{"id": "1"}', '{"id": true}'])
def test_a_success_without_an_order_is_an_unknown_outcome(verifier: Verifier, body: str) -> None:
    emulator = old_account()
    emulator.fail_next(200, times=1000, method="POST", path=ORDERS, body=body)
    run = verifier.run(emulator)
    assert "the response is no order with an id" in run.fact("debit")["answer"]
    assert {order["outcome"] for order in run.report["orders"]} == {"unknown"}


def test_look_ups_that_fail(verifier: Verifier) -> None:
    emulator = old_account()
    emulator.fail_next(500, times=2, method="GET", path=ORDERS)
    run = verifier.run(emulator)
    assert run.fact("list_delay")["answer"] == "at most 1.0 s (poll 3)"
    assert "2 of the look-ups before it failed" in run.fact("list_delay")["evidence"]
    emulator = old_account()
    emulator.fail_next(500, times=1000, method="GET", path=ORDERS)
    run = verifier.run(emulator)
    assert run.fact("list_delay")["answer"].startswith("not determined: 8 of 8 look-ups failed")
    assert run.undetermined == {"list_delay", "reference_lifetime"}


def test_a_list_without_paging_headers_is_read_to_its_end(verifier: Verifier) -> None:
    emulator = old_account()
    with emulator.client() as client:
        (row,) = client.topups.orders.page().raw.json()
    rows = RawResponse(200, {"content-type": "application/json"}, json.dumps([row], default=float).encode())
    emulator._pipeline.faults.append(Fault(2, "GET", ORDERS, None, rows, query={"per_page": "500"}))
    run = verifier.run(emulator)
    assert run.fact("reference_lifetime")["answer"] == "yes, as far as seen: refused after 40 days"


def test_prices_that_are_missing(verifier: Verifier) -> None:
    emulator = old_account()
    emulator.fail_next(200, path="/api/v1/topups/charges", body={"total_amount": 1})
    run = verifier.run(emulator)
    assert "at a price that the server does not state each" in " ".join(run.out.split())
    assert "the charges state no total_payable" in run.fact("debit")["answer"]
    assert run.status == 3


def test_amounts_of_different_currencies_are_not_compared(verifier: Verifier) -> None:
    emulator = old_account()
    charges = {"total_payable": 1, "charges_details": {"destination_currency": "EUR"}}
    emulator.fail_next(200, path="/api/v1/topups/charges", body=charges)
    assert "the amounts are in different currencies" in verifier.run(emulator).fact("debit")["answer"]


def test_a_debit_below_the_charges_contradicts_nothing(verifier: Verifier) -> None:
    emulator = old_account()
    emulator.fail_next(200, path="/api/v1/topups/charges", body={"total_payable": 1})
    run = verifier.run(emulator)
    assert (run.fact("debit")["answer"], run.status) == ("no, it is 0.0595 less", 0)


def test_a_server_that_refuses_the_credentials(verifier: Verifier) -> None:
    emulator = Emulator(limits=None)
    emulator.revoke_tokens()
    run = verifier.run(emulator)
    assert (run.status, placed(emulator)) == (3, 0)
    assert "AuthenticationError" in run.err


def test_a_run_never_places_more_orders_than_announced(verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MAX_ORDERS", 1)
    emulator = old_account()
    run = verifier.run(emulator)
    assert "this run may have placed 1 orders, and places no more" in run.fact("reference_lifetime")["answer"]
    assert [order["outcome"] for order in run.report["orders"]] == ["refused", "accepted"]


def test_an_interrupted_run_writes_its_report(verifier: Verifier, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "debit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        verifier.run(old_account())
    report = json.loads(verifier.output.read_text("utf-8"))
    assert [order["outcome"] for order in report["orders"]] == ["refused", "accepted"]
    assert report["facts"][-1]["answer"] == "not determined: the run ended before this check"
