"""The types of the operations: what the contract says about each request.

`nox -s generate` copies this module from tools/generate/package; change it there.
"""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Rule(Struct, frozen=True):
    """What a value must be; `text` says it in words where the contract does.

    `is_exclusive` means that the minimum itself is not allowed.
    """

    kind: Literal["integer", "number", "string", "boolean", "array", "object"]
    minimum: int | None = None
    is_exclusive: bool = False
    maximum: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    values: tuple[str, ...] = ()
    format: str | None = None
    text: str | None = None
    items: Rule | None = None


class Parameter(Struct, frozen=True):
    """One argument of an operation: its Python name, and where it goes in the request.

    `filters` is the field of the listed items that has its value (`x-filters`).
    """

    argument: str
    wire: str
    location: Literal["path", "query", "header", "body"]
    required: bool
    rule: Rule
    sensitive: bool = False
    filters: str | None = None


class Paging(Struct, frozen=True):
    """How a list is paged: newest first and moving, numbered without a promised order, or on a single page."""

    style: Literal["moving", "numbered", "single"]
    page: str | None = None
    size: str | None = None


class Operation(Struct, Generic[T], frozen=True):
    """One operation of the contract.

    Attributes:
        name: The `operationId` in snake case.
        method: The HTTP method.
        path: The path, with its parameters in braces.
        parameters: The parameters in path, query and headers, then the fields of the request body.
        result: The type of the success response.
        idempotent: Whether two requests have the same effect as one (`x-idempotent`).
        paging: How the list is paged (`x-paging`); None for an operation that returns no list.
        timeout: Seconds that the server may take (`x-timeout`).
        rate_class: The rate limit that it counts towards (`x-rate-class`).
        authenticated: Whether it needs a token.
        sensitive: The names of private fields in request and response (`x-sensitive`).
        source: The page of the documentation.
        seen: How much of that page was seen.
    """

    name: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    result: type[T]
    idempotent: bool
    paging: Paging | None
    timeout: float | None
    rate_class: str
    authenticated: bool
    sensitive: frozenset[str]
    source: str
    seen: Literal["whole", "cut", "inferred"]
