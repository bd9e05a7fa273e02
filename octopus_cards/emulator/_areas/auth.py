"""Logging in, renewing and logging out, as documented. Source: documentation page reference/authentication."""

from __future__ import annotations

import base64
import datetime
import json
from collections import deque
from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, cast

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._core.assumptions import Assumptions, Problem
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import Refused, answer, invalid

CLIENT_ID = 42
# How often a minute, in production. Source: documentation page best-practices/rate-limits.
RATE_LIMITS: Mapping[str, int] = MappingProxyType({"/auth/login": 10, "/auth/refresh": 20})
_MINUTE = datetime.timedelta(minutes=1)


class Auth:
    """The tokens of the account: which are good, and until when."""

    def __init__(
        self,
        keys: tuple[str, str],
        token: str,
        lifetimes: tuple[float, float],
        random: Random,
        now: Callable[[], datetime.datetime],
        assumptions: Assumptions,
    ) -> None:
        self._keys = keys
        self._lifetimes = [datetime.timedelta(seconds=seconds) for seconds in lifetimes]
        self._random = random
        self._now = now
        self._assume = assumptions
        self._access: dict[str, datetime.datetime] = {token: datetime.datetime.max.replace(tzinfo=datetime.UTC)}
        self._refresh: dict[str, tuple[datetime.datetime, str]] = {}
        self._seen: dict[str, deque[datetime.datetime]] = {path: deque() for path in RATE_LIMITS}

    def check(self, request: ReceivedRequest) -> None:
        """Refuses a request without a good access token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            missing = "Authorization header required" if request.path == "/auth/logout" else "Authentication required"
            raise Refused(Problem(401, "UnauthorizedError", "UNAUTHORIZED", missing))
        until = self._access.get(token)
        if until is None or self._now() >= until:
            raise Refused(self._assume.wrong_token)

    def login(self, body: bytes) -> RawResponse:
        """A pair of tokens for the key."""
        self._limit("/auth/login")
        given = _object(body)
        username, password = given.get("username"), given.get("password")
        if not (isinstance(username, str) and username and isinstance(password, str) and password):
            raise invalid("Username and password are required")
        if (username, password) != self._keys:
            raise Refused(Problem(401, "UnauthorizedError", "UNAUTHORIZED", "Invalid credentials"))
        return self._pair()

    def refresh(self, body: bytes) -> RawResponse:
        """The next pair, once, for the refresh token of the last."""
        self._limit("/auth/refresh")
        token = _object(body).get("refresh_token")
        if not (isinstance(token, str) and token):
            raise invalid("Refresh token is required")
        kept = self._refresh.pop(token, None)
        if kept is None or self._now() >= kept[0]:
            raise Refused(self._assume.spent_refresh_token)
        if self._assume.refresh_revokes_access:
            self._access.pop(kept[1], None)
        return self._pair()

    def logout(self) -> RawResponse:
        """Revokes all tokens of the account."""
        self.revoke()
        confirmation = {"success": True, "data": {"message": "Successfully logged out"}}
        return answer(self._assume.success_status, confirmation)

    def revoke(self) -> None:
        """Revokes all tokens of the account, the one that it was made with among them."""
        self._access.clear()
        self._refresh.clear()

    def _limit(self, path: str) -> None:
        now, seen = self._now(), self._seen[path]
        while seen and seen[0] <= now - _MINUTE:
            seen.popleft()
        if self._assume.rate_limits and len(seen) >= RATE_LIMITS[path]:
            wait = -int(-(seen[0] + _MINUTE - now).total_seconds() // 1)
            told = f"Rate limit exceeded. Retry after {wait} seconds."
            problem = Problem(429, "TooManyRequestsError", "TOO_MANY_REQUESTS", told)
            raise Refused(problem, {"retry-after": str(wait)})
        seen.append(now)

    def _pair(self) -> RawResponse:
        now = self._now()
        self._forget_what_is_over(now)
        access_until, refresh_until = (now + life for life in self._lifetimes)
        access, refresh = self._jwt("access", access_until), self._jwt("refresh", refresh_until)
        self._access[access] = access_until
        self._refresh[refresh] = refresh_until, access
        data = {
            "access_token": access,
            "refresh_token": refresh,
            "access_expires_at": _wire(access_until),
            "refresh_expires_at": _wire(refresh_until),
            "client_id": CLIENT_ID,
        }
        return answer(self._assume.success_status, {"success": True, "data": data})

    def _forget_what_is_over(self, now: datetime.datetime) -> None:
        self._access = {token: until for token, until in self._access.items() if until > now}
        self._refresh = {token: kept for token, kept in self._refresh.items() if kept[0] > now}

    def _jwt(self, kind: str, until: datetime.datetime) -> str:
        """Of the shape of a JWT; what stands for its signature is drawn."""
        parts = {"alg": "HS256"}, {"client_id": CLIENT_ID, "type": kind, "exp": int(until.timestamp())}
        signature = self._random.getrandbits(256).to_bytes(32)
        return ".".join(map(_base64, [*(json.dumps(part).encode() for part in parts), signature]))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _object(body: bytes) -> dict[str, Any]:
    try:
        decoded: Any = json.loads(body)
    except (ValueError, RecursionError):
        decoded = None
    if not isinstance(decoded, dict):
        raise invalid("Invalid request body")
    return cast("dict[str, Any]", decoded)


def _wire(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
