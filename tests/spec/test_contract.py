"""The contract is right by itself: its examples, its tolerance, its sources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import contract
import octopus_cards

SUCCESSES = {
    ("POST", "/auth/login"): "auth-login.json",
    ("POST", "/auth/refresh"): "auth-refresh.json",
    ("POST", "/auth/logout"): "auth-logout.json",
    ("GET", "/api/v1/topups/orders"): "list.json",
    ("GET", "/api/v1/topups/orders/{id}"): "order.json",
    ("PATCH", "/api/v1/topups/orders/{id}/notification-email"): "confirmation.json",
}
ERRORS = {
    "Unauthorized": "error-401.json",
    "InvalidOrderId": "error-400-order-id.json",
    "InvalidNotificationEmail": "error-400-email.json",
}


def holders_of_examples(item: Any, where: str = "#") -> Iterator[tuple[str, Any, Any]]:
    """Everything that has a schema and examples: where it is, the schema, an example."""
    if isinstance(item, dict):
        if "schema" in item:
            if "example" in item:
                yield where, item["schema"], item["example"]
            for name, example in item.get("examples", {}).items():
                yield f"{where}/examples/{name}", item["schema"], example["value"]
        for key, value in item.items():
            yield from holders_of_examples(value, f"{where}/{key}")
    elif isinstance(item, list):
        for index, value in enumerate(item):
            yield from holders_of_examples(value, f"{where}/{index}")


EXAMPLES = {where: (schema, example) for where, schema, example in holders_of_examples(contract.DOCUMENT)}


@pytest.mark.parametrize("where", EXAMPLES)
def test_every_example_is_valid(where: str) -> None:
    schema, example = EXAMPLES[where]
    assert contract.violations(schema, example) == []


def test_the_check_of_examples_bites() -> None:
    order = json.loads((contract.SPEC / "examples" / "order.json").read_text("utf-8"))
    schema = {"$ref": "#/components/schemas/TopupOrder"}
    assert contract.violations(schema, order) == []
    assert contract.violations(schema, order | {"amount": "4.7405"}) != []
    assert contract.violations(schema, order | {"created_at": "yesterday"}) != []
    assert contract.violations(schema, {k: v for k, v in order.items() if k != "status"}) != []


def decimals(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


@pytest.mark.parametrize("operation", SUCCESSES, ids=lambda operation: SUCCESSES[operation])
def test_success_examples_are_the_documentations_own(operation: tuple[str, str]) -> None:
    definition = contract.operation(*operation)
    example = definition["responses"]["200"]["content"]["application/json"]["examples"]["documented"]["value"]
    documented = (contract.SPEC / "examples" / SUCCESSES[operation]).read_text("utf-8")
    assert decimals(json.dumps(example)) == decimals(documented)


@pytest.mark.parametrize("name", ERRORS)
def test_error_examples_are_the_documentations_own(name: str) -> None:
    response = contract.DOCUMENT["components"]["responses"][name]
    documented = (contract.SPEC / "examples" / ERRORS[name]).read_text("utf-8")
    assert response["content"]["application/json"]["examples"]["documented"]["value"] == json.loads(documented)


@pytest.mark.parametrize(
    ("method", "path", "definition"), list(contract.operations()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_every_operation_documents_its_errors_and_no_default(method: str, path: str, definition: Any) -> None:
    # Who logs in names nothing that could be missing, and who logs out sends nothing that could be wrong.
    without = {"/auth/login": {"404"}, "/auth/refresh": {"404"}, "/auth/logout": {"400", "404"}}.get(path, set())
    assert set(definition["responses"]) == {"200", "400", "401", "403", "404", "429", "500"} - without
    for status, response in definition["responses"].items():
        resolved = contract.resolve(response)
        assert "X-Request-Id" in resolved["headers"]
        schema = resolved["content"]["application/json"]["schema"]
        assert status == "200" or schema == {"$ref": "#/components/schemas/ErrorEnvelope"}
    assert "Retry-After" in contract.resolve(definition["responses"]["429"])["headers"]


def walk(item: Any) -> Iterator[dict[str, Any]]:
    if isinstance(item, dict):
        yield item
        for value in item.values():
            yield from walk(value)
    elif isinstance(item, list):
        for value in item:
            yield from walk(value)


def test_what_is_read_has_no_closed_enum_no_default_and_no_closed_object() -> None:
    for item in walk(contract.DOCUMENT):
        assert "default" not in item
        assert item.get("additionalProperties") is not False
    read = {
        name: schema for name, schema in contract.DOCUMENT["components"]["schemas"].items() if name != "TopupStatus"
    }
    assert not any("enum" in item for item in walk(read))


def test_operations_parameters_headers_and_fields_name_their_source() -> None:
    components = contract.DOCUMENT["components"]
    sourced = [definition for _, _, definition in contract.operations()]
    sourced += components["parameters"].values()
    sourced += components["headers"].values()
    for schema in components["schemas"].values():
        sourced.append(schema)
        sourced += [field for field in schema.get("properties", {}).values() if "$ref" not in field]
    for item in sourced:
        assert set(item["x-source"]) == {"page", "part", "seen"}, item
        assert item["x-source"]["seen"] in ("whole", "cut")
        assert item["description"].strip()


def test_known_statuses_are_those_of_the_filter() -> None:
    schemas = contract.DOCUMENT["components"]["schemas"]
    assert schemas["TopupOrder"]["properties"]["status"]["x-extensible-enum"] == schemas["TopupStatus"]["enum"]


def test_contract_and_package_are_released_together() -> None:
    assert contract.DOCUMENT["info"]["version"] == octopus_cards.__version__


def test_examples_folder_is_used_whole() -> None:
    used = {*SUCCESSES.values(), *ERRORS.values()}
    assert {path.name for path in Path(contract.SPEC / "examples").glob("*.json")} == used
