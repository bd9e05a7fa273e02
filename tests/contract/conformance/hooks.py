"""What Schemathesis has to be told of this API; it loads this file by SCHEMATHESIS_HOOKS."""

from __future__ import annotations

import os
from typing import Any

import httpx
import schemathesis

from contract.conformance.served import KEYS

URL = os.environ["CONFORMANCE_URL"]
EXAMPLE = {"refresh_token": "the-refresh-token-of-the-last-pair"}


def _login() -> Any:
    return httpx.post(f"{URL}/auth/login", json=KEYS).raise_for_status().json()["data"]


# A new pair for every request, because every logout that is tried ends all that there are.
@schemathesis.auth(refresh_interval=None)
class Login:
    """Logs in."""

    def get(self, case: Any, _: Any) -> str:
        """An access token."""
        return str(_login()["access_token"])

    def set(self, case: Any, data: str, _: Any) -> None:
        """Gives it to a request."""
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def filter_case(_: Any, case: Any) -> bool:
    """A request id that is too long is no bad request: the documentation only says which ones are kept."""
    return len((case.headers or {}).get("X-Request-Id", "")) < 64


@schemathesis.hook
def before_call(_: Any, case: Any, __: Any) -> None:
    """A refresh token can be used once: the example stands for one that is good."""
    if case.body == EXAMPLE:
        case.body = {"refresh_token": _login()["refresh_token"]}
