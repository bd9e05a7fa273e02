"""Login, token refresh and logout. Source: documentation page reference/authentication."""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Callable, Sequence
from random import Random

from octopus_cards._base.responses import RawResponse
from octopus_cards.emulator._areas.documented_limits import LOGIN, REFRESH
from octopus_cards.emulator._assumptions import Assumptions
from octopus_cards.emulator._core.problems import unauthorized
from octopus_cards.emulator._core.request_log import ReceivedRequest
from octopus_cards.emulator._core.responses import ErrorResponse, invalid, json_object, json_response
from octopus_cards.emulator._core.router import Route

CLIENT_ID = 42


class Auth:
    """The tokens of the account and when they expire.

    Args:
        credentials: The API key and its secret.
        token: An access token that is valid from the start and does not expire.
        lifetimes: The lifetimes of an access token and of a refresh token, in seconds.
        random: The source of token signatures.
        now: The time of day.
        assumptions: The settings for what is not documented.
    """

    def __init__(
        self,
        credentials: tuple[str, str],
        token: str,
        lifetimes: tuple[float, float],
        random: Random,
        now: Callable[[], datetime.datetime],
        assumptions: Assumptions,
    ) -> None:
        self._credentials = credentials
        self._lifetimes = [datetime.timedelta(seconds=seconds) for seconds in lifetimes]
        self._random = random
        self._now = now
        self._assumptions = assumptions
        self._access: dict[str, datetime.datetime] = {token: datetime.datetime.max.replace(tzinfo=datetime.UTC)}
        self._refresh: dict[str, tuple[datetime.datetime, str]] = {}

    def routes(self) -> Sequence[Route]:
        """Return the operations of this area."""
        return (
            Route(method="POST", path="/auth/login", handler=self._login, authenticated=False, rate_class=LOGIN),
            Route(method="POST", path="/auth/refresh", handler=self._renew, authenticated=False, rate_class=REFRESH),
            Route(method="POST", path="/auth/logout", handler=self._logout),
        )

    def authenticate(self, request: ReceivedRequest) -> None:
        """Check the access token of a request.

        Raises:
            ErrorResponse: The token is missing, unknown or expired.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            is_logout = request.path == "/auth/logout"
            raise ErrorResponse(
                unauthorized("Authorization header required" if is_logout else "Authentication required")
            )
        expires_at = self._access.get(token)
        if expires_at is None or self._now() >= expires_at:
            raise ErrorResponse(self._assumptions.wrong_token)

    def revoke(self) -> None:
        """Revoke all tokens of the account, including the one that was valid from the start."""
        self._access.clear()
        self._refresh.clear()

    def _login(self, request: ReceivedRequest) -> RawResponse:
        """Issue a token pair for the API key."""
        body = json_object(request)
        username, password = body.get("username"), body.get("password")
        if not (isinstance(username, str) and username and isinstance(password, str) and password):
            raise invalid("Username and password are required")
        if (username, password) != self._credentials:
            raise ErrorResponse(unauthorized("Invalid credentials"))
        return self._issue_pair()

    def _renew(self, request: ReceivedRequest) -> RawResponse:
        """Issue the next token pair for a refresh token, which is valid for a single use."""
        token = json_object(request).get("refresh_token")
        if not (isinstance(token, str) and token):
            raise invalid("Refresh token is required")
        expires_at, access = self._refresh.pop(token, (None, ""))
        if expires_at is None or self._now() >= expires_at:
            raise ErrorResponse(self._assumptions.spent_refresh_token)
        if self._assumptions.refresh_revokes_access:
            self._access.pop(access, None)
        return self._issue_pair()

    def _logout(self, request: ReceivedRequest) -> RawResponse:
        """Revoke all tokens of the account."""
        self.revoke()
        confirmation = {"success": True, "data": {"message": "Successfully logged out"}}
        return json_response(self._assumptions.success_status, confirmation)

    def _issue_pair(self) -> RawResponse:
        now = self._now()
        self._remove_expired(now)
        access_until, refresh_until = (now + lifetime for lifetime in self._lifetimes)
        access, refresh = self._jwt("access", access_until), self._jwt("refresh", refresh_until)
        self._access[access] = access_until
        self._refresh[refresh] = refresh_until, access
        data = {
            "access_token": access,
            "refresh_token": refresh,
            "access_expires_at": _rfc3339(access_until),
            "refresh_expires_at": _rfc3339(refresh_until),
            "client_id": CLIENT_ID,
        }
        return json_response(self._assumptions.success_status, {"success": True, "data": data})

    def _remove_expired(self, now: datetime.datetime) -> None:
        self._access = {token: until for token, until in self._access.items() if until > now}
        self._refresh = {token: pair for token, pair in self._refresh.items() if pair[0] > now}

    def _jwt(self, kind: str, until: datetime.datetime) -> str:
        """Return a token in the form of a JWT, with random bytes as its signature."""
        parts = {"alg": "HS256"}, {"client_id": CLIENT_ID, "type": kind, "exp": int(until.timestamp())}
        signature = self._random.getrandbits(256).to_bytes(32)
        return ".".join(map(_base64, [*(json.dumps(part).encode() for part in parts), signature]))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _rfc3339(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
