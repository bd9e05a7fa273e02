"""Where a client goes and by what token: arguments, then the environment, checked before use."""

from __future__ import annotations

import inspect
import ipaddress
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlsplit

from octopus_cards._base.redaction import shown

HOSTS: Mapping[str, str] = MappingProxyType(
    {"production": "https://api.octopuscards.io", "sandbox": "https://sandbox-api.octopuscards.io"}
)
_LONGEST_TIMEOUT = 86_400.0
PlainToken = str | Callable[[], str]
Token = PlainToken | Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An API key and its secret, which a client logs in with."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long each phase of one attempt may take, in seconds; they do not bound an attempt as a whole.

    Attributes:
        connect: Until the connection stands.
        read: Until the next bytes of the answer are there.
        write: Until the next bytes of the request are taken.
        pool: Until a connection of the pool is free.

    The defaults are within what the documentation advises (page best-practices/before-you-go-live).
    """

    __module__ = "octopus_cards"

    connect: float = 10.0
    read: float = 30.0
    write: float = 30.0
    pool: float = 30.0

    def __post_init__(self) -> None:
        for each in fields(self):
            _check_seconds(f"timeout.{each.name}", getattr(self, each.name))


def _check_seconds(argument: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{argument} must be a number of seconds, got {shown(value)}")
    if not 0 < value <= _LONGEST_TIMEOUT:
        raise ValueError(f"{argument} must be a number of seconds above 0 and up to a day, got {shown(value)}")
    return float(value)


def resolve_timeouts(timeout: Timeouts | float) -> Timeouts:
    """The timeouts of a client; a bare number holds for every phase but connecting, which stays capped."""
    if isinstance(timeout, Timeouts):
        return timeout
    seconds = _check_seconds("timeout", timeout)
    connect = min(seconds, Timeouts().connect)
    return Timeouts(connect=connect, read=seconds, write=seconds, pool=seconds)


def resolve_base_url(base_url: str | None, environment: str) -> str:
    """Where requests go: `base_url`, else OCTOPUS_CARDS_BASE_URL, else the host of `environment`."""
    if environment not in list(HOSTS):
        raise ValueError(f"environment must be one of {', '.join(HOSTS)}, got {shown(environment)}")
    if base_url is not None:
        return _checked_url("base_url", base_url)
    ambient = os.environ.get("OCTOPUS_CARDS_BASE_URL")
    if not ambient:
        return HOSTS[environment]
    url = _checked_url("OCTOPUS_CARDS_BASE_URL", ambient)
    if environment == "sandbox" and _host(url) == _host(HOSTS["production"]):
        raise ValueError(
            "environment='sandbox' and OCTOPUS_CARDS_BASE_URL, which names production, contradict each other"
        )
    return url


def _checked_url(argument: str, url: object) -> str:
    if not isinstance(url, str):
        raise TypeError(f"{argument} must be a string, got {shown(url)}")
    rule = f"{argument} must be https://HOST, or http:// towards this machine only"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"{rule}: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{rule}; it must not carry a user name or password")
    if not host or parts.scheme not in ("http", "https") or any(c.isspace() for c in url):
        raise ValueError(f"{rule}, got {shown(url)}")
    if parts.scheme == "http" and not _is_loopback(host):
        raise ValueError(f"{rule}: a token must not travel unencrypted, got {shown(url)}")
    if "?" in url or "#" in url or parts.path.rstrip("/").endswith("/api/v1"):
        raise ValueError(f"{rule}, without query, fragment or /api/v1 at its end")
    return url.rstrip("/")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def resolve_credentials(token: Token | None, api_key: str | None, api_secret: str | None) -> Token | KeyPair:
    """What a client shows who it is by: the arguments, else OCTOPUS_CARDS_TOKEN, else the key of the environment."""
    if token is not None:
        if api_key is not None or api_secret is not None:
            raise ValueError("token and api_key with api_secret exclude each other, got both")
        return token if callable(token) else check_token(token)
    ambient = os.environ.get("OCTOPUS_CARDS_TOKEN")
    if ambient and api_key is None and api_secret is None:
        return check_token(ambient, "OCTOPUS_CARDS_TOKEN")
    key = _part("api_key", api_key, "OCTOPUS_CARDS_API_KEY")
    secret = _part("api_secret", api_secret, "OCTOPUS_CARDS_API_SECRET")
    if key is None and secret is None:
        raise ValueError(
            "token is missing: pass token=..., or set OCTOPUS_CARDS_TOKEN; or log in by api_key=... and "
            "api_secret=..., or OCTOPUS_CARDS_API_KEY and OCTOPUS_CARDS_API_SECRET"
        )
    if key is None or secret is None:
        missing, there = ("api_key", "api_secret") if key is None else ("api_secret", "api_key")
        raise ValueError(
            f"{missing} is missing: {there} is there, and one without the other does not log in; "
            f"pass {missing}=..., or set OCTOPUS_CARDS_{missing.upper()}"
        )
    return KeyPair(key, secret)


def _part(argument: str, value: object, variable: str) -> str | None:
    """A key or secret. It is never shown, only described."""
    if value is None:
        argument, value = variable, os.environ.get(variable) or None
        if value is None:
            return None
    if not isinstance(value, str):
        raise TypeError(f"{argument} must be a string, got {type(value).__name__}")
    if not value or value != value.strip() or not value.isprintable():
        raise ValueError(
            f"{argument} must be printable characters without white space around them, got {len(value)} characters"
        )
    return value


def check_token(token: object, argument: str = "token") -> str:
    """A token that fits into a header. It is never shown, only described."""
    if not isinstance(token, str):
        raise TypeError(f"{argument} must be a string, got {type(token).__name__}")
    if not token:
        raise ValueError(f"{argument} must not be empty")
    if token.lower().startswith("bearer "):
        raise ValueError(f"{argument} must be the token alone, without 'Bearer' in front")
    for position, character in enumerate(token):
        if not "!" <= character <= "~":
            raise ValueError(
                f"{argument} must be printable ASCII without spaces, got {len(token)} characters "
                f"of which number {position + 1} is U+{ord(character):04X}"
            )
    return token


def check_clock(clock: object) -> None:
    """A clock has the four methods of `Clock`."""
    for method in ("monotonic", "now", "sleep", "asleep"):
        if not callable(getattr(clock, method, None)):
            raise TypeError(f"clock must have a method {method}(), got {shown(clock)}")
    now = cast("Any", clock).now()
    if getattr(now, "tzinfo", None) is None:
        raise ValueError(f"clock.now() must return a datetime that is aware of its offset, got {now!r}")


def check_plain(argument: str, value: object) -> None:
    """What a blocking client calls is not async."""
    if inspect.iscoroutinefunction(value):
        raise TypeError(f"{argument} must be a plain callable here, got an async one; AsyncOctopusCards takes it")


def check_attempts(attempts: object) -> int:
    """How often one call may be tried in all, the first included."""
    if isinstance(attempts, bool) or not isinstance(attempts, int):
        raise TypeError(f"attempts must be an integer, got {shown(attempts)}")
    if attempts < 1:
        raise ValueError(f"attempts must be 1 or more, got {attempts}")
    return attempts
