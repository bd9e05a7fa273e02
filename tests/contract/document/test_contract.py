"""Properties that no linter checks: the examples equal those of the documentation or of the emulator."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import octopus_cards
from compat.contract import ANNOTATIONS
from octopus_cards.emulator import Emulator
from support import contract
from support.paths import PROJECT, SPEC

SUCCESSES = {
    ("POST", "/auth/login"): "auth-login.json",
    ("POST", "/auth/refresh"): "auth-refresh.json",
    ("POST", "/auth/logout"): "auth-logout.json",
    ("GET", "/api/v1/topups/products"): "topup-products.json",
    ("GET", "/api/v1/topups/products/{id}/variants"): "topup-variants.json",
    ("POST", "/api/v1/topups/lookup"): "topup-operators.json",
    ("GET", "/api/v1/topups/orders"): "list.json",
    ("GET", "/api/v1/topups/orders/{id}"): "order.json",
    ("PATCH", "/api/v1/topups/orders/{id}/notification-email"): "confirmation.json",
}
ERRORS = {
    "Unauthorized": "error-401.json",
    "InvalidOrderId": "error-400-order-id.json",
    "InvalidNotificationEmail": "error-400-email.json",
    "InvalidLookup": "error-400-lookup.json",
    "InvalidTopupOrder": "error-400-duplicate.json",
}


def test_payload_violations_are_detected() -> None:
    order = json.loads((SPEC / "examples" / "order.json").read_text("utf-8"))
    schema = {"$ref": "#/components/schemas/TopupOrder"}
    assert contract.violations(schema, order) == []
    assert contract.violations(schema, order | {"amount": "4.7405"}) != []
    assert contract.violations(schema, order | {"created_at": "yesterday"}) != []
    assert contract.violations(schema, {k: v for k, v in order.items() if k != "status"}) != []


def decimals(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


@pytest.mark.parametrize("operation", SUCCESSES, ids=lambda operation: SUCCESSES[operation])
def test_success_examples_equal_the_documentation(operation: tuple[str, str]) -> None:
    definition = contract.operation(*operation)
    example = definition["responses"]["200"]["content"]["application/json"]["examples"]["documented"]["value"]
    documented = (SPEC / "examples" / SUCCESSES[operation]).read_text("utf-8")
    assert decimals(json.dumps(example)) == decimals(documented)


@pytest.mark.parametrize("name", ERRORS)
def test_error_examples_equal_the_documentation(name: str) -> None:
    response = contract.DOCUMENT["components"]["responses"][name]
    documented = (SPEC / "examples" / ERRORS[name]).read_text("utf-8")
    assert response["content"]["application/json"]["examples"]["documented"]["value"] == json.loads(documented)


@pytest.mark.parametrize(
    ("name", "method", "path", "body"),
    [
        ("BadRequest", "GET", "/api/v1/topups/orders?per_page=501", b""),
        ("NotFound", "GET", "/api/v1/topups/orders/1", b""),
        ("RefreshRefused", "POST", "/auth/refresh", b'{"refresh_token": "spent"}'),
        ("InternalServerError", "GET", "/fails", b""),
    ],
)
def test_assumed_examples_equal_the_responses_of_the_emulator(
    emulator: Emulator, name: str, method: str, path: str, body: bytes
) -> None:
    emulator.fail_next(500, path="/fails")
    examples = contract.DOCUMENT["components"]["responses"][name]["content"]["application/json"]["examples"]
    assert examples["assumed"]["summary"].startswith("Not documented")
    headers = {"Authorization": f"Bearer {emulator.token}"}
    with emulator.serve() as url:
        response = httpx.request(method, url + path, headers=headers, content=body)
    assert response.json() == examples["assumed"]["value"]


def test_known_statuses_equal_the_statuses_of_the_filter() -> None:
    schemas = contract.DOCUMENT["components"]["schemas"]
    assert schemas["TopupOrder"]["properties"]["status"]["x-extensible-enum"] == schemas["TopupStatus"]["enum"]


def known_extensions() -> set[str]:
    rules = yaml.safe_load((PROJECT / "tools" / "lint" / "spectral.yaml").read_text("utf-8"))["rules"]
    return set(rules["octopus-known-extension"]["then"]["functionOptions"]["values"])


def test_the_readme_describes_every_extension() -> None:
    text = (SPEC / "README.md").read_text("utf-8").partition("## Extensions and labels")[2].partition("\n## ")[0]
    assert {name for name in known_extensions() if f"`{name}`" not in text} == set()


def test_the_comparison_with_a_release_reports_every_extension() -> None:
    extensions = {name for name in ANNOTATIONS if name.startswith("x-")}
    assert extensions | {"x-extensible-enum"} == known_extensions()


def test_contract_and_package_have_the_same_version() -> None:
    assert contract.DOCUMENT["info"]["version"] == octopus_cards.__version__


def test_every_documented_payload_is_used() -> None:
    used = {*SUCCESSES.values(), *ERRORS.values()}
    assert {path.name for path in Path(SPEC / "examples").glob("*.json")} == used
