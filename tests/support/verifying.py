"""Runs of `octopus-cards verify` against an emulator over HTTP, on the emulator's clock."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from octopus_cards import cli
from octopus_cards.cli.verify.command import verify
from octopus_cards.emulator import Assumptions, Emulator, EmulatorClock

ORDERS, WALLETS = "/api/v1/topups/orders", "/api/v1/wallets"
DAY = 86_400.0
OLD_REFERENCE = "a-customer-of-ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a run of the command printed and wrote."""

    status: int
    out: str
    err: str
    report: Mapping[str, Any]

    def fact(self, name: str) -> Mapping[str, Any]:
        """Return one fact of the report."""
        (found,) = [fact for fact in self.report["facts"] if fact["name"] == name]
        return found  # type: ignore[no-any-return]

    @property
    def undetermined(self) -> set[str]:
        """The names of the facts that were not determined."""
        return {fact["name"] for fact in self.report["facts"] if not fact["determined"]}


class Verifier:
    """Runs the command in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.output = folder / "report.json"
        for name in ("TOKEN", "API_KEY", "API_SECRET", "ENVIRONMENT", "BASE_URL"):
            monkeypatch.delenv(f"OCTOPUS_CARDS_{name}", raising=False)
        monkeypatch.setenv("OCTOPUS_CARDS_TOKEN", "emulator-token")

    def run(
        self, emulator: Emulator, *arguments: str, answer: str | None = None, clock: EmulatorClock | None = None
    ) -> Run:
        """Run the command, by default on the emulator's clock; without an answer to its question, with --yes."""
        given = ["verify", "--sandbox", "--output", str(self.output), *arguments]
        options = cli._parser().parse_args(given if answer is not None else [*given, "--yes"])
        self._monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        with emulator.serve() as url:
            self._monkeypatch.setenv("OCTOPUS_CARDS_BASE_URL", url)
            status = verify(options, clock or emulator.clock)
        printed = self._capsys.readouterr()
        report = json.loads(self.output.read_text("utf-8")) if self.output.exists() else {}
        return Run(status=status, out=printed.out, err=printed.err, report=report)


def old_account(**assumptions: Any) -> Emulator:
    """Return an emulator whose account has one order, 40 days old, and a wallet without money."""
    emulator = Emulator(limits=None, assumptions=Assumptions(**assumptions))
    emulator.add_topup_order(client_reference=OLD_REFERENCE, status="DELIVERED")
    emulator.add_wallet("USD", 0)
    emulator.clock.advance(40 * DAY)
    show_wallets(emulator)
    return emulator


def show_wallets(emulator: Emulator) -> None:
    """Let the next request for the wallets show them."""
    rows = [
        {"id": wallet.id, "currency_id": 1, "amount": float(wallet.balance), "type": "PREPAID"}
        for wallet in emulator.wallets
    ]
    emulator.fail_next(200, method="GET", path=WALLETS, body=json.dumps(rows))


def placed(emulator: Emulator) -> int:
    """Return how many requests for an order were sent."""
    return sum(request.method == "POST" and request.path == ORDERS for request in emulator.requests)
