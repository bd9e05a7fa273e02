"""Validate requests and responses against the contract, with the schema validator for OpenAPI 3.0."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from support.paths import SPEC

DOCUMENT: dict[str, Any] = yaml.safe_load((SPEC / "openapi.yaml").read_text("utf-8"))
_NAME = "urn:contract"


def _absolute(item: Any) -> Any:
    """Make every reference absolute, so that a part of the document can be validated alone."""
    return json.loads(json.dumps(item).replace('"$ref": "#/', f'"$ref": "{_NAME}#/'))


_REGISTRY: Registry[Any] = Registry().with_resource(_NAME, DRAFT4.create_resource(_absolute(DOCUMENT)))


def resolve(item: Any) -> Any:
    """Follow references to the element that they name."""
    while isinstance(item, dict) and "$ref" in item:
        found = DOCUMENT
        for part in item["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        item = found
    return item


def violations(schema: Any, value: Any) -> list[str]:
    """Return the places where a value violates a schema."""
    validator = OAS30Validator(_absolute(schema), registry=_REGISTRY, format_checker=oas30_format_checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def operations() -> Iterator[tuple[str, str, Any]]:
    """Yield every operation as method, path and definition."""
    for path, item in DOCUMENT["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                yield method.upper(), path, item[method]


def operation(method: str, path: str) -> Any:
    """Return the operation of a request."""
    for known_method, template, definition in operations():
        if method == known_method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return definition
    raise AssertionError(f"the contract has no {method} {path}")


def response_violations(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
    """Return the places where a response violates the contract."""
    responses = operation(method, path)["responses"]
    if str(status) not in responses:
        return [f"status {status} is not documented"]
    response = resolve(responses[str(status)])
    found = violations(response["content"]["application/json"]["schema"], json.loads(body))
    received = {name.lower(): value for name, value in headers.items()}
    for name, header in response.get("headers", {}).items():
        if name.lower() in received:
            schema = resolve(header)["schema"]
            found += [f"{name}: {v}" for v in violations(schema, header_value(schema, received[name.lower()]))]
    return found


def header_value(schema: Mapping[str, Any], text: str) -> Any:
    """Convert a header to the type of its schema; return the text unchanged if it does not have that type."""
    if schema["type"] == "integer" and re.fullmatch("-?[0-9]+", text):
        return int(text)
    return {"true": True, "false": False}.get(text, text) if schema["type"] == "boolean" else text
