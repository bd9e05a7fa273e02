"""The credentials of a client: arguments first, then the environment, checked before use."""

from __future__ import annotations

import inspect
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import SupportsIndex, TypeVar, cast

from octopus_cards._base.plain import plain_text

T = TypeVar("T")
SyncToken = str | Callable[[], str]
AsyncToken = SyncToken | Callable[[], Awaitable[str]]


class Secret(str):
    """A text whose repr hides it, so that tools that show local variables do not show a token."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<withheld>"

    def __getitem__(self, key: SupportsIndex | slice) -> Secret:
        """Return a part, which is a secret, too: some tools cut a long text before they show it."""
        return Secret(super().__getitem__(key))


def hide(value: T) -> T:
    """Return a text as a secret, and anything else as it is."""
    return cast("T", Secret(plain_text(value))) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key and its secret, with which a client logs in."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


def resolve_credentials(token: AsyncToken | None, api_key: str | None, api_secret: str | None) -> AsyncToken | ApiKey:
    """Return the credentials: the arguments, else OCTOPUS_CARDS_TOKEN, else the API key of the environment."""
    token, api_key, api_secret = hide(token), hide(api_key), hide(api_secret)
    if token is not None:
        if api_key is not None or api_secret is not None:
            raise ValueError("pass either token or api_key and api_secret, not both")
        return token if callable(token) else check_token(token)
    ambient = hide(os.environ.get("OCTOPUS_CARDS_TOKEN"))
    if ambient and api_key is None and api_secret is None:
        return check_token(ambient, "OCTOPUS_CARDS_TOKEN")
    key = _resolve_secret("api_key", api_key, "OCTOPUS_CARDS_API_KEY")
    secret = _resolve_secret("api_secret", api_secret, "OCTOPUS_CARDS_API_SECRET")
    if key is None and secret is None:
        raise ValueError(
            "credentials are missing: pass token=... or set OCTOPUS_CARDS_TOKEN; or pass api_key=... and "
            "api_secret=... or set OCTOPUS_CARDS_API_KEY and OCTOPUS_CARDS_API_SECRET"
        )
    if key is None or secret is None:
        missing, given = ("api_key", "api_secret") if key is None else ("api_secret", "api_key")
        raise ValueError(
            f"{missing} is missing: a login needs both, and only {given} is set; "
            f"pass {missing}=... or set OCTOPUS_CARDS_{missing.upper()}"
        )
    return ApiKey(key, secret)


def _resolve_secret(argument: str, value: object, variable: str) -> str | None:
    """Return a key or secret. Messages describe it and never show it."""
    if value is None:
        argument, value = variable, hide(os.environ.get(variable) or None)
        if value is None:
            return None
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be a string, got {type(value).__name__}")
    value = hide(value)
    if not value or value != value.strip() or not value.isprintable():
        raise ValueError(
            f"{argument} must be printable characters without white space around them, got {len(value)} characters"
        )
    return value


def check_token(token: object, argument: str = "token") -> str:
    """Return a token that fits into a header. Messages describe it and never show it."""
    if not isinstance(token, str):
        raise TypeError(f"{argument} must be a string, got {type(token).__name__}")
    token = hide(token)
    if not token:
        raise ValueError(f"{argument} must not be empty")
    if token.lower().startswith("bearer "):
        raise ValueError(f"{argument} must be the token alone, without 'Bearer' in front")
    for position, character in enumerate(token, start=1):
        if not "!" <= character <= "~":
            raise ValueError(
                f"{argument} must be printable ASCII without spaces, got {len(token)} characters "
                f"of which number {position} is U+{ord(character):04X}"
            )
    return token


def reject_async_callable(argument: str, value: object) -> None:
    """Refuse an async callable where a synchronous client would call it."""
    if inspect.iscoroutinefunction(value):
        raise TypeError(f"{argument} must be a plain callable here, got an async one; AsyncOctopusCards takes it")
