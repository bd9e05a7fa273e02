"""Writes operations.py of the generated package: one typed value for each operation of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
KINDS = ("integer", "number", "string", "boolean", "array", "object")
REQUIRED = ("operationId", "x-source", "x-idempotent", "x-timeout", "x-rate-class")


class ContractError(Exception):
    """The contract holds something that the generation does not support."""


def snake_case(name: str) -> str:
    """Return a name in snake case."""
    words = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3_\2\4", name)
    return re.sub(r"\W+", "_", words).lower()


class Contract:
    """The OpenAPI document, and what its operations become."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def resolve(self, item: Any) -> Any:
        """Return what a reference refers to."""
        while "$ref" in item:
            target: Any = self.document
            for part in item["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            item = target
        return item

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield path, method and definition of each operation."""
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    def module(self) -> str:
        """Return the text of the module."""
        parts = [self.operation(*each) for each in self.operations()]
        models = sorted(
            {name for each in self.operations() for name in re.findall(r"\w+", self.result(each[2]))} - {"list"}
        )
        names = [snake_case(each["operationId"]).upper() for _, _, each in self.operations()]
        return "\n".join(
            [
                '"""What the contract says about each operation."""',
                "from typing import Any",
                f"from .models import {', '.join(models)}",
                "from .operation import Operation, Paging, Parameter, Rule",
                *parts,
                f"OPERATIONS: tuple[Operation[Any], ...] = ({', '.join(names)},)",
            ]
        )

    def operation(self, path: str, method: str, definition: dict[str, Any]) -> str:
        """Return the assignment of one operation."""
        missing = [name for name in REQUIRED if name not in definition]
        if missing:
            raise ContractError(f"{method.upper()} {path}: {', '.join(missing)} is missing")
        name, result, source = snake_case(definition["operationId"]), self.result(definition), definition["x-source"]
        paging = definition.get("x-paging")
        if result.startswith("list[") and paging is None:
            raise ContractError(f"{name}: a list needs x-paging")
        fields = {
            "name": repr(name),
            "method": repr(method.upper()),
            "path": repr(path),
            "parameters": f"({''.join(f'{each}, ' for each in self.parameters(definition))})",
            "result": result,
            "idempotent": repr(definition["x-idempotent"]),
            "paging": call("Paging", paging) if paging else "None",
            "timeout": repr(float(definition["x-timeout"])),
            "rate_class": repr(definition["x-rate-class"]),
            "authenticated": repr(definition.get("security", self.document.get("security")) != []),
            "sensitive": f"frozenset({sorted(self.sensitive(definition))!r})",
            "source": repr(f"{source['page']}, {source['part']}"),
            "seen": repr(source["seen"]),
        }
        arguments = ", ".join(f"{key}={value}" for key, value in fields.items())
        return f"{name.upper()}: Operation[{result}] = Operation({arguments})"

    def result(self, definition: dict[str, Any]) -> str:
        """Return the type of the success response."""
        schema = self.success(definition)
        if schema.get("type") == "array":
            return f"list[{self.class_name(schema['items'], definition)}]"
        return self.class_name(schema, definition)

    def success(self, definition: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of the success response."""
        successes = [each for code, each in definition["responses"].items() if code.startswith("2")]
        if not successes or any(each != successes[0] for each in successes):
            raise ContractError(f"{definition['operationId']}: exactly one kind of success response is supported")
        response = self.resolve(successes[0])
        if "application/json" not in response.get("content", {}):
            raise ContractError(f"{definition['operationId']}: a success response without a JSON body is not supported")
        schema: dict[str, Any] = response["content"]["application/json"]["schema"]
        return schema

    def class_name(self, schema: dict[str, Any], definition: dict[str, Any]) -> str:
        """Return the model class of a schema."""
        reference = schema.get("$ref", "")
        if not reference.startswith("#/components/schemas/"):
            raise ContractError(f"{definition['operationId']}: a response must refer to a schema by $ref")
        return str(reference.rpartition("/")[2])

    def parameters(self, definition: dict[str, Any]) -> Iterator[str]:
        """Yield each argument: parameters in the order of the contract, then the fields of the body."""
        for reference in definition.get("parameters", ()):
            parameter = self.resolve(reference)
            component = reference.get("$ref", "").rpartition("/")[2]
            yield self.parameter(
                snake_case(component or parameter["name"]), parameter["name"], parameter["in"],
                bool(parameter.get("required")), {**parameter, **self.resolve(parameter["schema"])},
            )  # fmt: skip
        if "requestBody" in definition:
            body = self.resolve(self.resolve(definition["requestBody"])["content"]["application/json"]["schema"])
            for wire, schema in body["properties"].items():
                merged = {**self.resolve(schema), **{key: value for key, value in schema.items() if key != "$ref"}}
                yield self.parameter(snake_case(wire), wire, "body", wire in body.get("required", ()), merged)

    def parameter(self, argument: str, wire: str, location: str, required: bool, schema: dict[str, Any]) -> str:  # noqa: FBT001
        """Return one argument."""
        if location not in ("path", "query", "header", "body"):
            raise ContractError(f"{argument}: parameters in {location} are not supported")
        fields = {"argument": argument, "wire": wire, "location": location, "required": required}
        rendered = [f"{key}={value!r}" for key, value in fields.items()]
        more = [f"sensitive={True!r}"] if schema.get("x-sensitive") else []
        more += [f"filters={schema['x-filters']!r}"] if "x-filters" in schema else []
        return f"Parameter({', '.join([*rendered, f'rule={self.rule(argument, schema)}', *more])})"

    def rule(self, argument: str, schema: dict[str, Any]) -> str:
        """Return what a value must be."""
        kind = schema.get("type")
        if kind not in KINDS:
            raise ContractError(f"{argument}: a schema of type {kind!r} is not supported")
        names = {
            "minimum": schema.get("minimum", schema.get("x-minimum")),
            "is_exclusive": schema.get("exclusiveMinimum") or None,
            "maximum": schema.get("maximum"),
            "min_length": schema.get("minLength"),
            "max_length": schema.get("maxLength"),
            "pattern": schema.get("pattern"),
            "values": tuple(schema.get("enum", ())) or None,
            "format": schema.get("format", schema.get("x-format")),
            "text": schema.get("x-rule"),
        }
        fields = [f"kind={kind!r}", *(f"{key}={value!r}" for key, value in names.items() if value is not None)]
        if kind == "array":
            fields.append(f"items={self.rule(argument, self.resolve(schema['items']))}")
        return f"Rule({', '.join(fields)})"

    def sensitive(self, definition: dict[str, Any]) -> set[str]:
        """Return the names of the private fields in request and success response."""
        found = {
            parameter["name"]
            for parameter in map(self.resolve, definition.get("parameters", ()))
            if parameter.get("x-sensitive")
        }
        if "requestBody" in definition:
            found |= self.private_fields(
                self.resolve(definition["requestBody"])["content"]["application/json"]["schema"]
            )
        return found | self.private_fields(self.success(definition))

    def private_fields(self, schema: dict[str, Any], seen: tuple[str, ...] = ()) -> set[str]:
        """Return the names of the private fields below a schema."""
        reference = schema.get("$ref", "")
        if reference in seen:
            return set()
        schema, seen = self.resolve(schema), (*seen, reference) if reference else seen
        found: set[str] = set()
        for name, field in schema.get("properties", {}).items():
            if field.get("x-sensitive") or self.resolve(field).get("x-sensitive"):
                found.add(name)
            found |= self.private_fields(field, seen)
        return found | (self.private_fields(schema["items"], seen) if "items" in schema else set())


def call(name: str, arguments: dict[str, Any]) -> str:
    """Return the text of a call."""
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"
