"""The contract has no finding, and every rule of ours is shown to bite."""

from __future__ import annotations

import pytest

from support import linting

linting.skip_without_linters()
BROKEN = {name: check for name, (check, _) in linting.broken().items()}
OWN = linting.own_rules()


@pytest.mark.parametrize("name", [linting.CONTRACT, linting.GOOD])
def test_nothing_is_found_and_be_it_a_hint(found: dict[str, set[str]], name: str) -> None:
    assert found[name] == set()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_document_is_caught_by_the_check_it_names_and_no_other_of_ours(
    found: dict[str, set[str]], name: str
) -> None:
    assert BROKEN[name] in found[name]
    assert found[name] & OWN <= {BROKEN[name]}


def test_every_rule_of_ours_has_a_broken_document() -> None:
    assert OWN - set(BROKEN.values()) == set()
