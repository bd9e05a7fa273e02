"""A request to an endpoint that the contract does not have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from octopus_cards._base.plain import plain_text
from octopus_cards._base.redaction import describe_value
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.json_values import check_json, check_query_value
from octopus_cards._engine.operation import Call, encode_json
from octopus_cards_api.operation import Operation

_METHOD = re.compile(r"[A-Z]{1,20}")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def raw_call(
    method: object, path: object, query: Mapping[str, Any] | None, json: Any, *, idempotent: bool
) -> Call[RawResponse]:
    """Return the call for any method and path below the base URL.

    Raises:
        TypeError, ValueError: An argument is not valid.
    """
    name = plain_text(method).upper() if isinstance(method, str) else ""
    if not _METHOD.fullmatch(name):
        raise ValueError(f"method must be the name of an HTTP method, got {describe_value(method)}")
    rule = "path must start with / and have no query, fragment, space or control character (/api/v1/wallets)"
    if not isinstance(path, str):
        raise TypeError(f"{rule}, got {describe_value(path)}")
    path = plain_text(path)
    if not path.startswith("/") or any(c in "?#\\" or c.isspace() or not c.isprintable() for c in path):
        raise ValueError(f"{rule}, got {describe_value(path)}")
    if query is not None and not isinstance(query, Mapping):
        raise TypeError(f"query must be a mapping, got {describe_value(query)}")
    operation: Operation[RawResponse] = Operation(
        name="request",
        method=name,
        path=path,
        parameters=(),
        result=RawResponse,
        idempotent=idempotent or name in _SAFE_METHODS,
        paging=None,
        timeout=None,
        rate_class="read" if name in _SAFE_METHODS else "unlisted",
        authenticated=True,
        sensitive=frozenset(),
        source="",
        seen="inferred",
    )
    pairs = [pair for key, value in (query or {}).items() for pair in check_query_value(key, value)]
    content = None if json is None else encode_json(check_json("json", json))
    return Call(operation, quote(path, safe="/%:@!$&'()*+,;=~"), tuple(pairs), (), content)
