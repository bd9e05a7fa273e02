"""Hooks that adapt Schemathesis to this API; it loads this file through SCHEMATHESIS_HOOKS."""

from __future__ import annotations

import os
import re
from typing import Any

import httpx
import schemathesis

from contract.conformance.served import KEYS

URL = os.environ["CONFORMANCE_URL"]
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
    """Skip request ids that break the rule: the documentation does not say that the server rejects them."""
    request_id = (case.headers or {}).get("X-Request-Id")
    return request_id is None or re.fullmatch("[!-~]{1,63}", str(request_id)) is not None


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """Replace the refresh token of the example with a valid one, because a refresh token is single use."""
    if case.body == EXAMPLE:
        case.body = {"refresh_token": _login()["refresh_token"]}
