"""Each deliberate fault in the real contract is detected by the check that it names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support import linting
from support.breakages import BREAKAGES, Breakage

linting.skip_without_linters()
OWN = linting.own_rules()


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.title)
def test_a_breakage_is_detected(
    found: dict[str, set[str]], breakage: Breakage, record_property: Callable[[str, object], None]
) -> None:
    assert breakage.check in found[breakage.file]
    # Another test reports the faults of the contract itself.
    assert found[breakage.file] & OWN - found[linting.CONTRACT] <= {breakage.check}
    record_property("breakage", (breakage.title, breakage.check))
