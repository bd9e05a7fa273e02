"""The contract passes all checks, and every rule of the project detects its broken document."""

from __future__ import annotations

import pytest

from support import linting

linting.skip_without_linters()
BROKEN = {name: check for name, (check, _) in linting.broken().items()}
OWN = linting.own_rules()


@pytest.mark.parametrize("name", [linting.CONTRACT, linting.GOOD])
def test_no_check_fails_even_with_a_hint(found: dict[str, set[str]], name: str) -> None:
    assert found[name] == set()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_fails_the_check_that_it_names_and_no_other_own_rule(
    found: dict[str, set[str]], name: str
) -> None:
    assert BROKEN[name] in found[name]
    assert found[name] & OWN <= {BROKEN[name]}


def test_every_own_rule_has_a_broken_document() -> None:
    assert OWN - set(BROKEN.values()) == set()
