"""Hooks that adapt Schemathesis to this API; it loads this file through SCHEMATHESIS_HOOKS."""

from __future__ import annotations

import os
import re
from typing import Any

import httpx
import schemathesis

from contract.conformance.served import KEYS

URL = os.environ["CONFORMANCE_URL"]
OPTIONAL = ("category", "client_reference", "input_data", "wallet_id")
EXAMPLE = {"refresh_token": "the-refresh-token-of-the-last-pair"}


def _login() -> Any:
    return httpx.post(f"{URL}/auth/login", json=KEYS).raise_for_status().json()["data"]


# Every request needs new tokens, because each logout revokes all tokens of the account.
@schemathesis.auth(refresh_interval=None)
class Login:
    """Log in for each request."""

    def get(self, case: Any, _: Any) -> str:
        """Return an access token."""
        return str(_login()["access_token"])

    def set(self, case: Any, data: str, _: Any) -> None:
        """Add the token to a request."""
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def filter_case(_: Any, case: Any) -> bool:
    """Skip requests whose response the documentation leaves open."""
    return _has_valid_request_id(case.headers or {}) and not (_is_open_query(case) or _has_null(case.body))


def _has_valid_request_id(headers: Any) -> bool:
    request_id = headers.get("X-Request-Id")
    return request_id is None or re.fullmatch("[!-~]{1,63}", str(request_id)) is not None


def _is_open_query(case: Any) -> bool:
    """Return whether a product is searched by an empty text, or a page of products is large: no maximum is stated."""
    query, per_page = case.query or {}, str((case.query or {}).get("per_page"))
    products = case.operation.path == "/api/v1/topups/products"
    return products and (query.get("search") == "" or (per_page.isdecimal() and int(per_page) > 500))


def _has_null(body: Any) -> bool:
    """Return whether an optional field is null, which may count as missing."""
    return isinstance(body, dict) and any(name in body and body[name] is None for name in OPTIONAL)


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """Prepare a request that was generated from another response.

    A refresh token is single use, so that of the example is replaced by a valid one. A request id can be the id of an
    order, which is a number.
    """
    if "X-Request-Id" in (case.headers or {}):
        case.headers["X-Request-Id"] = str(case.headers["X-Request-Id"])
    if case.body == EXAMPLE:
        case.body = {"refresh_token": _login()["refresh_token"]}
