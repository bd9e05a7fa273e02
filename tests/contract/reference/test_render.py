"""The reference page shows machine-readable parts of the contract as text."""

from __future__ import annotations

from typing import Any

from reference.render import readable
from support import contract


def test_sources_known_values_and_wrapped_lines_become_text() -> None:
    source = {"page": "reference/x", "part": "Fields", "seen": "cut"}
    found = readable(
        {"x-source": source, "x-extensible-enum": ["A", "B"], "description": "one\ntwo\n\nthree\n", "other": [{"a": 1}]}
    )
    assert found == {
        "x-source": "reference/x, “Fields” (page seen cut)",
        "x-extensible-enum": "A, B; more may come",
        "description": "one two\n\nthree",
        "other": [{"a": 1}],
    }


def test_a_field_named_description_stays_a_field() -> None:
    schema = {"properties": {"description": {"type": "string", "description": "a\nb"}}}
    assert readable(schema) == {"properties": {"description": {"type": "string", "description": "a b"}}}


def test_the_rest_of_the_contract_is_unchanged() -> None:
    def rest(item: Any) -> Any:
        if isinstance(item, list):
            return [rest(value) for value in item]
        if isinstance(item, dict):
            return {
                name: rest(value)
                for name, value in item.items()
                if name not in ("x-source", "x-extensible-enum", "description") or not isinstance(value, str | list)
                if name != "x-source"
            }
        return item

    assert rest(readable(contract.DOCUMENT)) == rest(contract.DOCUMENT)
