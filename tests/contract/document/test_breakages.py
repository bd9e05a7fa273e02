"""The real contract, broken on purpose: each time the check that is named notices."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support import linting
from support.breakages import BREAKAGES, Breakage

linting.skip_without_linters()
OWN = linting.own_rules()


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.told)
def test_a_breakage_is_noticed(
    found: dict[str, set[str]], breakage: Breakage, record_property: Callable[[str, object], None]
) -> None:
    assert breakage.check in found[breakage.file]
    # What is wrong with the contract itself is told once, by the test of that.
    assert found[breakage.file] & OWN - found[linting.CONTRACT] <= {breakage.check}
    record_property("breakage", (breakage.told, breakage.check))
