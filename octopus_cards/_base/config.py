"""The settings of a client: arguments first, then the environment, checked before use."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, cast
from urllib.parse import SplitResult, urlsplit

from octopus_cards._base.plain import plain_integer, plain_text
from octopus_cards._base.redaction import describe_value

Environment = Literal["production", "sandbox"]
HOSTS: Mapping[str, str] = MappingProxyType(
    {"production": "https://api.octopuscards.io", "sandbox": "https://sandbox-api.octopuscards.io"}
)


def resolve_environment(environment: object) -> str:
    """Return the environment: the argument, else OCTOPUS_CARDS_ENVIRONMENT, else production."""
    argument = "environment"
    if environment is None:
        argument, environment = "OCTOPUS_CARDS_ENVIRONMENT", os.environ.get("OCTOPUS_CARDS_ENVIRONMENT") or "production"
    name = plain_text(environment) if isinstance(environment, str) else ""
    if name not in HOSTS:
        raise ValueError(f"{argument} must be one of {', '.join(HOSTS)}, got {describe_value(environment)}")
    return name


def resolve_base_url(base_url: str | None, environment: str) -> str:
    """Return where requests go: `base_url`, else OCTOPUS_CARDS_BASE_URL, else the host of the environment."""
    if base_url is not None:
        return _check_url("base_url", base_url)
    ambient = os.environ.get("OCTOPUS_CARDS_BASE_URL")
    if not ambient:
        return HOSTS[environment]
    url = _check_url("OCTOPUS_CARDS_BASE_URL", ambient)
    if environment == "sandbox" and host_of(url) == host_of(HOSTS["production"]):
        raise ValueError("the environment is sandbox, but OCTOPUS_CARDS_BASE_URL points to production")
    return url


def _check_url(argument: str, url: object) -> str:
    if not isinstance(url, str):
        raise TypeError(f"{argument} must be a string, got {describe_value(url)}")
    url = plain_text(url)
    rule = f"{argument} must be https://HOST, or http:// for a loopback address"
    parts = _split(url)
    if parts is None:
        # The text of the URL is left out: it may hold a password.
        raise ValueError(f"{rule}, got another kind of URL")
    host = parts.hostname
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{rule}; it must not carry a user name or password")
    if not host or parts.scheme not in ("http", "https") or any(c.isspace() for c in url):
        raise ValueError(f"{rule}, got {describe_value(url)}")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(f"{rule}: a token must not travel unencrypted, got {describe_value(url)}")
    if "?" in url or "#" in url or parts.path.rstrip("/").endswith("/api/v1"):
        raise ValueError(f"{rule}, without query, fragment or a trailing /api/v1")
    return parts.scheme + url.rstrip("/")[len(parts.scheme) :]


def _split(url: str) -> SplitResult | None:
    """Return the parts of a URL; None if it is none."""
    try:
        parts = urlsplit(url)
        is_valid = parts.port != 0
    except ValueError:
        return None
    return parts if is_valid else None


def host_of(url: str) -> str:
    """Return the host name of a URL."""
    return (urlsplit(url).hostname or "").rstrip(".")


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_clock(clock: object) -> None:
    """Refuse a clock that lacks one of the methods of `Clock`, or that returns a naive datetime."""
    for method in ("monotonic", "now", "sleep", "asleep"):
        if not callable(getattr(clock, method, None)):
            raise TypeError(f"clock must have a method {method}(), got {describe_value(clock)}")
    now = cast("Any", clock).now()
    if getattr(now, "tzinfo", None) is None:
        raise ValueError(f"clock.now() must return an aware datetime, got {now!r}")


def check_attempts(attempts: object) -> int:
    """Return how many times one call may be attempted, the first attempt included."""
    try:
        number = plain_integer(attempts)
    except TypeError:
        raise TypeError(f"attempts must be an integer, got {describe_value(attempts)}") from None
    if number < 1:
        raise ValueError(f"attempts must be 1 or more, got {describe_value(number)}")
    return number
