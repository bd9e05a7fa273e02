"""The proxy that the environment names."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx


def proxy_for(url: str) -> httpx.Proxy | None:
    """Return the proxy of the environment for a server; None where it is reached directly.

    Raises:
        ValueError: The environment does not name a valid proxy.
    """
    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or _is_excepted(parts, proxies.get("no", "")) or proxy_bypass(parts.netloc):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        named = urlsplit(proxy)
        is_valid = bool(named.hostname) and named.path in ("", "/") and not (named.query or named.fragment)
        if is_valid and named.port != 0:
            return httpx.Proxy(proxy)
    except (ValueError, httpx.InvalidURL):
        pass
    # The text of the URL is left out: it may hold a password.
    raise ValueError(
        f"the proxy of the environment for {parts.scheme} must be a URL like http://user:password@host:port, "
        "with special characters of the password percent-encoded"
    )


def _is_excepted(parts: SplitResult, exceptions: str) -> bool:
    """Return whether NO_PROXY names the server in one of the ways that the standard library does not know."""
    for each in map(str.strip, exceptions.split(",")):
        if "://" in each:
            named = urlsplit(each)
            if named.scheme == parts.scheme and named.netloc in (parts.hostname, parts.netloc):
                return True
        elif _is_within(parts.hostname or "", each):
            return True
    return False


def _is_within(host: str, network: str) -> bool:
    """Return whether a host is an IP address within a network, e.g. 10.0.0.0/8, or equal to an address, e.g. ::1."""
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network.strip("[]"), strict=False)
    except ValueError:
        return False
