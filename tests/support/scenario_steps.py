"""A scenario as steps that any server, emulated or live, can be taken through.

A step names a method as `client_modes.method_of` does, and makes its arguments from the results of the steps before, so
that no scenario knows an id beforehand. `check` states what must hold for any server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import octopus_cards as oc
from octopus_cards.emulator import Emulator
from support.paths import EXAMPLES

EMAIL = "somebody@example.com"
Results = list[Any]
Arguments = Callable[[Results], Mapping[str, Any]]
DOCUMENTED = "the documentation's payload, served by the emulator"
SCRIPTED = "the error scripted on the emulator"


@dataclass(frozen=True)
class Scenario:
    """One behaviour.

    `prepare` readies the emulator before anything is sent; None where the live API can be asked as it is.
    """

    shows: str
    steps: tuple[tuple[str, Arguments], ...]
    check: Callable[[Results], None]
    prepare: Callable[[Emulator], object] | None = None
    attempts: int = 1
    by_key: bool = False
    source: str = "the emulator, seed 0"


def step(method: str, **arguments: Any) -> tuple[str, Arguments]:
    """Return a step with fixed arguments."""
    return method, lambda _: arguments


def populate(emulator: Emulator) -> None:
    """Add the orders that every emulated scenario starts with."""
    emulator.populate(12)
    emulator.add_order(delivered_after=40.0, client_reference="CAMPAIGN_DEC_24", product_id=4218, country_code="GLO")


def example(name: str) -> bytes:
    """Return a payload of the documentation, byte for byte."""
    return (EXAMPLES / name).read_bytes()


def documented(name: str, status: int = 200) -> Callable[[Emulator], None]:
    """Answer the next request with a payload of the documentation."""
    return lambda emulator: emulator.fail_next(status, body=example(name), headers={"content-type": "application/json"})


def error(status: int, **options: Any) -> Callable[[Emulator], None]:
    """Answer the next request with a documented error."""
    return lambda emulator: emulator.fail_next(status, **options)


def raises(kind: type[oc.APIError], message: str | None = None, **attributes: Any) -> Callable[[Results], None]:
    """Check that the last step raised exactly this."""

    def check(results: Results) -> None:
        error = results[-1]
        assert type(error) is kind, repr(error)
        assert message is None or error.message == message
        for name, value in attributes.items():
            assert getattr(error, name) == value, name
        assert error.request_id

    return check


def assert_equal(found: object, wanted: object) -> None:
    """Assert that two values are equal, in a lambda."""
    assert found == wanted


def first_page(results: Results) -> None:
    """Check a page of three out of more orders."""
    page = results[0]
    assert (page.number, page.per_page, page.size, len(page), page.has_more) == (1, 3, 3, 3, True)
    assert page.total_count > 3
    assert page.total_pages == -(-page.total_count // 3)
    assert [order.id for order in page] == sorted((order.id for order in page), reverse=True)
