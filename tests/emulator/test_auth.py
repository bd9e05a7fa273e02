"""The emulator's logins behave as documented."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest

from octopus_cards.emulator import Assumptions, Emulator, EmulatorClock, Problem

ORDERS = "/api/v1/topups/orders"
KEYS = {"username": "emulator-key", "password": "emulator-secret"}


def post(emulator: Emulator, path: str, body: Any = None, token: str | None = None) -> httpx.Response:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    transport = emulator.client()._connection._custom_transport
    with httpx.Client(transport=transport, base_url="https://emulator.invalid") as client:
        return client.post(path, json=body, headers=headers)


def reads(emulator: Emulator, token: str) -> int:
    transport = emulator.client()._connection._custom_transport
    with httpx.Client(transport=transport, base_url="https://emulator.invalid") as client:
        return client.get(ORDERS, headers={"authorization": f"Bearer {token}"}).status_code


def test_a_login_returns_a_pair_of_jwts_with_their_expiry(emulator: Emulator) -> None:
    response = post(emulator, "/auth/login", KEYS).json()
    assert response["success"] is True
    data = response["data"]
    assert (data["access_expires_at"], data["refresh_expires_at"]) == (
        "2026-05-19T15:30:00.000Z",
        "2026-05-26T14:30:00.000Z",
    )
    assert data["client_id"] == 42
    header, payload, _ = data["access_token"].split(".")
    assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"alg": "HS256"}
    assert json.loads(base64.urlsafe_b64decode(payload + "==="))["type"] == "access"
    assert reads(emulator, data["access_token"]) == 200
    assert reads(emulator, data["refresh_token"]) == 401


def test_an_access_token_expires() -> None:
    emulator = Emulator(access_lifetime=2.0)
    token = post(emulator, "/auth/login", KEYS).json()["data"]["access_token"]
    emulator.clock.advance(1.9)
    assert reads(emulator, token) == 200
    emulator.clock.advance(0.1)
    assert reads(emulator, token) == 401


def test_a_running_clock_expires_tokens_too() -> None:
    emulator = Emulator(clock=EmulatorClock(speed=1.0), access_lifetime=0.05)
    token = post(emulator, "/auth/login", KEYS).json()["data"]["access_token"]
    assert reads(emulator, "anything") == 401
    assert post(emulator, "/auth/refresh", {"refresh_token": "anything"}).status_code == 401
    time.sleep(0.06)
    assert reads(emulator, token) == 401
    emulator.revoke_tokens()
    assert reads(emulator, emulator.token) == 401


def test_a_refresh_token_is_valid_once_and_expires() -> None:
    emulator = Emulator(access_lifetime=1.0, refresh_lifetime=10.0)
    first = post(emulator, "/auth/login", KEYS).json()["data"]["refresh_token"]
    second = post(emulator, "/auth/refresh", {"refresh_token": first}).json()["data"]["refresh_token"]
    spent = post(emulator, "/auth/refresh", {"refresh_token": first})
    assert (spent.status_code, spent.json()["error"]["code"]) == (401, "UNAUTHORIZED")
    emulator.clock.advance(10)
    assert post(emulator, "/auth/refresh", {"refresh_token": second}).status_code == 401


@pytest.mark.parametrize(("revokes", "status"), [(False, 200), (True, 401)])
def test_whether_a_refresh_revokes_the_access_token_is_a_setting(revokes: bool, status: int) -> None:
    emulator = Emulator(assumptions=Assumptions(refresh_revokes_access=revokes))
    data = post(emulator, "/auth/login", KEYS).json()["data"]
    post(emulator, "/auth/refresh", {"refresh_token": data["refresh_token"]})
    assert reads(emulator, data["access_token"]) == status


def test_the_response_to_a_used_refresh_token_is_a_setting() -> None:
    emulator = Emulator(assumptions=Assumptions(spent_refresh_token=Problem(401, "X", "SPENT", "spent")))
    assert post(emulator, "/auth/refresh", {"refresh_token": "x"}).json()["error"]["code"] == "SPENT"


def test_a_logout_revokes_every_token(emulator: Emulator) -> None:
    data = [post(emulator, "/auth/login", KEYS).json()["data"] for _ in range(2)]
    response = post(emulator, "/auth/logout", token=data[0]["access_token"])
    assert response.json() == {"success": True, "data": {"message": "Successfully logged out"}}
    for token in (data[0]["access_token"], data[1]["access_token"], emulator.token):
        assert reads(emulator, token) == 401
    assert post(emulator, "/auth/refresh", {"refresh_token": data[1]["refresh_token"]}).status_code == 401
    assert post(emulator, "/auth/login", KEYS).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/auth/login", {}, 400, "Username and password are required"),
        ("/auth/login", {"username": "", "password": "x"}, 400, "Username and password are required"),
        ("/auth/login", {"username": "x", "password": 5}, 400, "Username and password are required"),
        ("/auth/login", [], 400, "Invalid request body"),
        ("/auth/login", KEYS | {"password": "x"}, 401, "Invalid credentials"),
        ("/auth/refresh", {}, 400, "Refresh token is required"),
        ("/auth/refresh", {"refresh_token": None}, 400, "Refresh token is required"),
        ("/auth/logout", None, 401, "Authorization header required"),
    ],
)
def test_auth_errors_are_worded_as_documented(
    emulator: Emulator, path: str, body: Any, status: int, message: str
) -> None:
    response = post(emulator, path, body)
    assert (response.status_code, response.json()["error"]["message"]) == (status, message)


@pytest.mark.parametrize(("path", "limit"), [("/auth/login", 10), ("/auth/refresh", 20)])
def test_logins_are_limited_as_documented(path: str, limit: int) -> None:
    emulator = Emulator()
    for _ in range(limit):
        assert post(emulator, path, {}).status_code == 400
        emulator.clock.advance(1)
    refused = post(emulator, path, {})
    wait = 60 - limit
    assert (refused.status_code, refused.headers["retry-after"]) == (429, str(wait))
    assert refused.json()["error"]["message"] == f"Rate limit exceeded. Retry after {wait} seconds."
    emulator.clock.advance(wait)
    assert post(emulator, path, {}).status_code == 400
    free = Emulator(limits=None)
    assert {post(free, path, {}).status_code for _ in range(99)} == {400}


def test_invalid_lifetimes_are_rejected() -> None:
    for access, refresh in ((0.0, 9.0), (9.0, 8.0)):
        with pytest.raises(ValueError, match="lifetimes must be above 0"):
            Emulator(access_lifetime=access, refresh_lifetime=refresh)
