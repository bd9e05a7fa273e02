"""A placement that is interrupted at any effect, and then made again: one order, in every client mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest

import octopus_cards as oc
from octopus_cards._engine.effects import Send
from octopus_cards.emulator import Emulator
from octopus_cards.journal import Journal
from support.client_modes import ClientMode

ORDER: dict[str, Any] = {"client_reference": "KEY-1", "input_data": {"player_id": "5123456789", "server": "asia"}}
ORDERS = "/api/v1/topups/orders"
# What the server does with the first attempt, and the arguments of the call.
HISTORIES: dict[str, tuple[dict[str, Any] | None, dict[str, Any]]] = {
    "nothing fails": (None, {}),
    "with a price": (None, {"max_debit": 5}),
    "lost": ({"lost": True}, {}),
    "a 502 of a proxy": ({"status": 502, "executed": True}, {}),
    "a 500 before": ({"status": 500}, {}),
    "refused": ({"connection": "refused"}, {}),
    "unreadable": ({"status": 200, "body": "<html>", "executed": True}, {}),
}
# More than any history has.
MAX_EFFECTS = 40


class Interrupted(BaseException):
    """What interrupts a synchronous call, like KeyboardInterrupt."""


class Interrupter:
    """Interrupts a call before or after it carries out its effect with this number."""

    def __init__(self, client: Any, number: int, *, before: bool) -> None:
        self.count = 0
        self.sends = 0
        self._number = number if before else -number
        self._driver = client._driver
        self._perform = self._driver._perform
        self._scope: anyio.CancelScope | None = None
        self._driver._perform = self._perform_async if isinstance(client, oc.AsyncOctopusCards) else self._perform_sync

    def _perform_sync(self, effect: Any) -> Any:
        self.count += 1
        self.sends += isinstance(effect, Send)
        if self.count == self._number:
            raise Interrupted
        try:
            return self._perform(effect)
        finally:
            if self.count == -self._number:
                raise Interrupted

    async def _perform_async(self, effect: Any) -> Any:
        self.count += 1
        self.sends += isinstance(effect, Send)
        if self.count == self._number:
            await self._cancel()
        try:
            return await self._perform(effect)
        finally:
            if self.count == -self._number:
                await self._cancel()

    async def _cancel(self) -> None:
        assert self._scope is not None
        self._scope.cancel()
        await anyio.lowlevel.checkpoint()

    def run(self, mode: ClientMode, client: Any, **options: Any) -> bool:
        """Return whether the call was interrupted."""
        if mode.kind == "sync":
            try:
                client.topups.orders.place(4218, "4.99", **ORDER, **options)
            except Interrupted:
                return True
            return False
        return bool(mode._portal.call(self._cancelled, client, options))

    async def _cancelled(self, client: Any, options: dict[str, Any]) -> bool:
        with anyio.CancelScope() as self._scope:
            await client.topups.orders.place(4218, "4.99", **ORDER, **options)
        return self._scope.cancelled_caught


@pytest.fixture(params=["without a journal", "with a journal"])
def journal(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Journal | None]:
    if request.param == "without a journal":
        yield None
        return
    with Journal.open(tmp_path / "orders.db") as opened:
        yield opened


@pytest.mark.once
@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_an_interrupted_placement_that_is_made_again_gives_one_order(
    mode: ClientMode, journal: Journal | None, history: str, *, before: bool
) -> None:
    fault, arguments = HISTORIES[history]
    for number in range(1, MAX_EFFECTS):
        emulator = Emulator(seed=number)
        if fault is not None:
            emulator.fail_next(**fault, path=ORDERS, method="POST")
        client = mode.of(emulator)
        entries = {} if journal is None else {"journal": journal}
        reference = f"KEY-{number}-{before}-{history}"
        ORDER["client_reference"] = reference
        interrupter = Interrupter(client, number, before=before)
        was_interrupted = interrupter.run(mode, client, **arguments, **entries)
        again = mode.call(mode.of(emulator), "place", 4218, "4.99", **ORDER, **arguments, **entries)
        listed = mode.call(mode.of(emulator), "list")
        assert [order.client_reference for order in listed] == [reference]
        assert again.order.id == listed[0].id
        assert len(emulator.transactions) == 1
        if journal is not None:
            (state,) = [entry.state for entry in journal.entries() if entry.reference == reference]
            assert state == "ACCEPTED"
        if not was_interrupted:
            # The history was at its end, and every effect was interrupted once.
            assert again.created is False
            assert interrupter.count < number
            assert interrupter.sends > 0
            return
    raise AssertionError("the history has more effects than expected")
