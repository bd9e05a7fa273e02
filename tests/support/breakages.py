"""Deliberate faults in the real contract, each with the check that must detect it."""

from __future__ import annotations

import copy
import json
from typing import Any, NamedTuple

import yaml

from support.linting import CONTRACT, VALIDATOR
from support.paths import SPEC


class Breakage(NamedTuple):
    """A fault in the contract.

    Attributes:
        title: The fault in words.
        where: The path to the changed element, separated by spaces.
        value: The new value; None removes the element.
        check: The check that must detect the fault.
    """

    title: str
    where: str
    value: Any
    check: str

    @property
    def file(self) -> str:
        """The file name of the broken contract."""
        return f"breakage-{self.title.replace(' ', '-')}.json"


_LIST = "paths /api/v1/topups/orders get"
_SAMPLE = f"{_LIST} responses 200 content application/json examples documented value 0"
_GET = "paths /api/v1/topups/orders/{id} get"
_ORDER = "components schemas TopupOrder"
_MONEY = "components schemas Money"
_EMAIL = "components schemas NotificationEmail properties email"
_TOO_MANY = "components responses TooManyRequests"

BREAKAGES = [
    Breakage("login loses its operationId", "paths /auth/login post operationId", None,
             "redocly operation-operationId"),
    Breakage("two operations share an operationId", f"{_GET} operationId", "login",
             "redocly operation-operationId-unique"),
    Breakage("status of an order as a closed enum", f"{_ORDER} properties status enum", ["PENDING"],
             "spectral octopus-open-enum"),
    Breakage("status refers to the filter", f"{_ORDER} properties status",
             {"$ref": "#/components/schemas/TopupStatus"}, "spectral octopus-open-enum"),
    Breakage("list without X-Has-More", f"{_LIST} responses 200 headers X-Has-More", None,
             "spectral octopus-paging-headers"),
    Breakage("catalogue without X-Has-More",
             "paths /api/v1/topups/products get responses 200 headers X-Has-More", None,
             "spectral octopus-paging-headers"),
    Breakage("default in the e-mail body", f"{_EMAIL} default", "me@example.com", "spectral octopus-no-default"),
    Breakage("default of per_page", "components parameters PerPage schema default", 50, "spectral octopus-no-default"),
    Breakage("amount of a sample as text", f"{_SAMPLE} amount", "4.7405", "redocly no-invalid-media-type-examples"),
    Breakage("date of a sample not in RFC 3339", f"{_SAMPLE} created_at", "yesterday",
             "redocly no-invalid-media-type-examples"),
    Breakage("unknown field in a sample", f"{_SAMPLE} amout", 4.7405, "redocly no-invalid-media-type-examples"),
    Breakage("order id with the wrong type", "components parameters OrderId example", "abc",
             "redocly no-invalid-parameter-examples"),
    Breakage("header example with the wrong type", "components headers TotalCount example", "many",
             "spectral oas3-valid-media-example"),
    Breakage("404 without its example", "components responses NotFound content application/json examples", None,
             "spectral octopus-example"),
    Breakage("amount without x-source", f"{_MONEY} x-source", None, "spectral octopus-source"),
    Breakage("x-sensitive misspelt", f"{_EMAIL} x-sensitve", True, "spectral octopus-known-extension"),
    Breakage("a default response", f"{_GET} responses default", {"$ref": "#/components/responses/NotFound"},
             "spectral octopus-no-default-response"),
    Breakage("429 without its envelope", f"{_TOO_MANY} content", None, "spectral octopus-error-envelope"),
    Breakage("429 without Retry-After", f"{_TOO_MANY} headers Retry-After", None, "spectral octopus-retry-after"),
    Breakage("404 of one order not documented", f"{_GET} responses 404", None,
             "spectral octopus-error-status-of-ids"),
    Breakage("404 of charges not documented", "paths /api/v1/topups/charges post responses 404", None,
             "spectral octopus-error-status-of-ids"),
    Breakage("schema keyword misspelt", f"{_EMAIL} maxLenght", 254, VALIDATOR),
    Breakage("reference to nowhere", f"{_LIST} responses 200 content application/json schema items",
             {"$ref": "#/components/schemas/Order"}, "redocly no-unresolved-refs"),
    Breakage("required field does not exist", f"{_ORDER} required 0", "order_id",
             "redocly no-required-schema-properties-undefined"),
    Breakage("amount as a double", f"{_MONEY} format", "double", "spectral octopus-exact-number"),
    Breakage("sandbox without TLS", "servers 1 url", "http://sandbox-api.octopuscards.io", "spectral octopus-https"),
    Breakage("login inherits the token", "paths /auth/login post security", None,
             "spectral octopus-login-without-token"),
    Breakage("list without a token", f"{_LIST} security", [], "spectral octopus-token"),
]  # fmt: skip


def broken_contracts() -> dict[str, str]:
    """Return the text of each broken contract, by file name."""
    contract = yaml.safe_load((SPEC / CONTRACT).read_text("utf-8"))
    return {breakage.file: json.dumps(_broken(contract, breakage)) for breakage in BREAKAGES}


def _broken(contract: Any, breakage: Breakage) -> Any:
    result = item = copy.deepcopy(contract)
    *folders, last = (int(part) if part in {"0", "1"} else part for part in breakage.where.split())
    for part in folders:
        item = item[part]
    if breakage.value is None:
        del item[last]
    else:
        item[last] = breakage.value
    return result
