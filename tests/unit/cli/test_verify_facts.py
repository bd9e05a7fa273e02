"""`octopus-cards verify` learns each fact, whichever way the server behaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from octopus_cards.cli.verify.attempts import Attempt, CheckSkippedError
from octopus_cards.cli.verify.creation import PLACE_WAITS, creation_timing
from octopus_cards.cli.verify.references import describe_age, require_duplicates
from octopus_cards.emulator import Emulator, EmulatorClock
from support.verifying import DAY, OLD_REFERENCE, Verifier, old_account, placed, show_wallets


@pytest.fixture
def verifier(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Verifier:
    return Verifier(monkeypatch, capsys, tmp_path)


# The name of a fact, the assumption that it is about, and the answer.
AGREEING: list[tuple[str, dict[str, Any], str]] = [
    ("reference_lifetime", {"reference_lifetime": None}, "yes, as far as seen: refused after 40 days"),
    ("reference_lifetime", {"reference_lifetime": 41 * DAY}, "yes, as far as seen: refused after 40 days"),
    ("duplicate_check", {"duplicate_check": "before balance"}, "before"),
    ("duplicate_check", {"duplicate_check": "after balance"}, "after"),
    ("rejected_reference", {"rejected_uses_reference": False}, "no"),
    ("list_delay", {"list_delay": 0.0}, "the first poll shows it"),
    ("list_delay", {"list_delay": 3.0}, "at most 4.0 s (poll 5)"),
    ("list_delay", {"list_delay": 30.0}, "at most 30.0 s (poll 8)"),
    ("reference_case", {"reference_case_sensitive": True}, "yes"),
    ("success_status", {"create_status": 200}, "200"),
    ("success_status", {"create_status": 201}, "201"),
    ("creation_timing", {"create_waits": 0.0}, "answers at once: PENDING after 0.0 s"),
    ("creation_timing", {"create_waits": 60.0}, "waits for fulfilment: DELIVERED after 0.0 s"),
    ("debit", {"charges_are_exact": True}, "yes"),
]
CONTRADICTING: list[tuple[str, dict[str, Any], str, str]] = [
    ("reference_lifetime", {"reference_lifetime": 39 * DAY}, "no, not after 40 days", "accepted at most once"),
    ("reference_lifetime", {"reference_lifetime": 0.0}, "no, it is accepted again at once", "accepted at most once"),
    ("rejected_reference", {"rejected_uses_reference": True}, "yes", "called again after an error"),
    ("list_delay", {"list_delay": 30.1}, "more than 30 s", "finds an order whose response was lost"),
    ("reference_case", {"reference_case_sensitive": False}, "no", "different references are different orders"),
    ("debit", {"charges_are_exact": False}, "no, it is 0.01 more", "`max_debit`"),
]


@pytest.mark.parametrize(("name", "assumption", "answer"), AGREEING)
def test_a_fact_that_agrees(verifier: Verifier, name: str, assumption: dict[str, Any], answer: str) -> None:
    emulator = old_account(**assumption)
    run = verifier.run(emulator)
    assert (run.fact(name)["answer"], run.fact(name)["agrees"]) == (answer, True)
    assert (run.undetermined, run.status, run.err) == (set(), 0, "")
    assert [order["outcome"] for order in run.report["orders"]].count("accepted") == 2


@pytest.mark.parametrize(("name", "assumption", "answer", "promise"), CONTRADICTING)
def test_a_fact_that_contradicts_the_client(
    verifier: Verifier, name: str, assumption: dict[str, Any], answer: str, promise: str
) -> None:
    run = verifier.run(old_account(**assumption))
    assert (run.fact(name)["answer"], run.fact(name)["agrees"]) == (answer, False)
    assert promise in run.fact(name)["contradicts"]
    assert promise in " ".join(run.out.split())
    assert run.status == 1
    assert [fact["name"] for fact in run.report["facts"] if fact["agrees"] is False] == [name]


def test_nothing_follows_from_an_order_where_duplicates_are_accepted(verifier: Verifier) -> None:
    run = verifier.run(old_account(reference_lifetime=0.0))
    assert run.undetermined == {"reference_case", "duplicate_check"}
    assert "did not refuse a second order" in run.fact("reference_case")["answer"]


def test_a_duplicate_of_another_reference_proves_nothing() -> None:
    made = SimpleNamespace(made=[Attempt(reference="r", purpose="p", outcome="duplicate")])
    require_duplicates(Attempt(reference="r", purpose="p", outcome="accepted"), made)  # type: ignore[arg-type]
    with pytest.raises(CheckSkippedError):
        require_duplicates(Attempt(reference="q", purpose="p", outcome="accepted"), made)  # type: ignore[arg-type]


def test_a_refused_order_that_uses_up_its_reference_costs_one_more_reference(verifier: Verifier) -> None:
    run = verifier.run(old_account(rejected_uses_reference=True))
    references = [order["client_reference"] for order in run.report["orders"] if order["outcome"] == "accepted"]
    assert len(references) == 2
    assert len({reference.lower() for reference in references}) == 1
    assert run.undetermined == set()


def test_a_new_account_has_no_older_reference(verifier: Verifier) -> None:
    run = verifier.run(Emulator(limits=None))
    assert run.fact("reference_lifetime")["answer"] == "yes, as far as seen: a new one is refused"
    assert "run the command again in a few days" in run.fact("reference_lifetime")["evidence"]
    assert run.status == 0


def test_the_oldest_reference_is_on_the_last_page_that_has_one(verifier: Verifier) -> None:
    emulator = Emulator(limits=None)
    for _ in range(500):
        emulator.add_topup_order()
    oldest = emulator.add_topup_order(client_reference=OLD_REFERENCE)
    emulator.clock.advance(2 * DAY)
    emulator.add_topup_order(client_reference="newer")
    run = verifier.run(emulator)
    assert f"order {oldest} (PENDING), 2 days old; it was refused" in run.fact("reference_lifetime")["evidence"]


def test_an_age_is_by_the_clock_of_the_server(verifier: Verifier) -> None:
    run = verifier.run(old_account(), clock=EmulatorClock())
    assert run.fact("reference_lifetime")["answer"] == "yes, as far as seen: refused after 40 days"


def test_a_large_amount_of_a_range_exceeds_the_balance(verifier: Verifier) -> None:
    emulator = Emulator(limits=None)
    poor = emulator.add_wallet("INR", 4000)
    show_wallets(emulator)
    run = verifier.run(emulator)
    assert run.fact("duplicate_check")["answer"] == "before"
    evidence = run.fact("duplicate_check")["evidence"]
    assert f"5000 INR of product 4219 from wallet {poor} for 4750.00 INR, more than the wallet has" in evidence
    assert next(wallet.balance for wallet in emulator.wallets if wallet.id == poor) == 4000


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "the balances cannot be read: NotFoundError"),
        ("no JSON", "the balances cannot be read: ValueError"),
        ("{}", "the response shows no prepaid wallet"),
        ('[7, {"id": 1, "amount": 0, "type": "POSTPAID"}, {"id": 1, "amount": "0", "type": "PREPAID"}]', "no prepaid"),
        ('[{"id": 7, "amount": 0, "type": "PREPAID"}]', "no amount of the catalogue exceeds"),
    ],
)
def test_without_a_known_balance_no_duplicate_is_sent(verifier: Verifier, body: str | None, reason: str) -> None:
    emulator = Emulator(limits=None)
    if body is not None:
        emulator.fail_next(200, method="GET", path="/api/v1/wallets", body=body)
    run = verifier.run(emulator)
    assert run.fact("duplicate_check")["answer"].startswith("not determined: ")
    assert reason in run.fact("duplicate_check")["answer"]
    assert (run.status, placed(emulator)) == (0, 4)


def test_rich_wallets_leave_the_duplicate_check_open(verifier: Verifier) -> None:
    emulator = Emulator(limits=None)
    show_wallets(emulator)
    run = verifier.run(emulator)
    assert "no amount of the catalogue exceeds" in run.fact("duplicate_check")["answer"]


def test_a_server_that_accepts_an_unknown_field_leaves_the_refusal_open(verifier: Verifier) -> None:
    emulator = old_account()
    fields: list[Any] = ["player_id", {"name": "octopus_verify", "required": False}]
    product = emulator.add_product(variants=[{"fixed_amounts": ["2"]}], input_fields=fields)
    run = verifier.run(emulator, "--product-id", str(product))
    assert "accepted an order with a field" in run.fact("rejected_reference")["answer"]
    assert (run.undetermined, run.status) == ({"rejected_reference"}, 3)


def test_a_creation_that_lasts_too_long_contradicts_the_client() -> None:
    order = {"id": 1, "status": "DELIVERED"}
    slow = Attempt(reference="r", purpose="p", outcome="accepted", seconds=PLACE_WAITS + 0.1, order=order)
    quick = Attempt(reference="r", purpose="p", outcome="accepted", seconds=PLACE_WAITS, order=order)
    assert "receives the response" in (creation_timing(slow).contradicts or "")
    assert creation_timing(quick).contradicts is None
    repeated = creation_timing(replace(slow, tries=2))
    assert (repeated.contradicts, repeated.answer) == (
        None, f"waits for fulfilment: DELIVERED after {PLACE_WAITS + 0.1} s, after 2 tries",
    )  # fmt: skip
    with pytest.raises(CheckSkippedError, match="no status"):
        creation_timing(Attempt(reference="r", purpose="p", outcome="accepted", order={"id": 1}))


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0 s"), (119, "119 s"), (120, "2 minutes"), (7200, "2 hours"), (172_800, "2 days")]
)
def test_an_age_has_one_unit(seconds: float, text: str) -> None:
    assert describe_age(seconds) == text
