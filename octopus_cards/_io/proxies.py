"""The proxy that the environment names."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx


def proxy_for(url: str) -> httpx.Proxy | None:
    """Return the proxy of the environment for a server; None where it is reached directly."""
    parts, proxies = urlsplit(url), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    exceptions = (urlsplit(name.strip()) for name in proxies.get("no", "").split(",") if "://" in name)
    if any(each.scheme == parts.scheme and each.netloc in (parts.hostname, parts.netloc) for each in exceptions):
        return None
    if not proxy or proxy_bypass(parts.netloc):
        return None
    return httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")
