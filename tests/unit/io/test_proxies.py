"""Which server is reached through a proxy, and what a wrong proxy setting shows."""

from __future__ import annotations

import pytest

import octopus_cards as oc
from octopus_cards._io.proxies import proxy_for

PROXY = "http://p.invalid:1"


@pytest.fixture(autouse=True)
def no_proxy_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's proxy settings out of the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("url", "no_proxy", "is_direct"),
    [
        ("https://10.1.2.3", "10.0.0.0/8", True),
        ("https://10.1.2.3:8443", "192.168.0.0/16, 10.0.0.0/8", True),
        ("https://11.1.2.3", "10.0.0.0/8", False),
        ("https://10.1.2.3", "10.1.2.3", True),
        ("https://[2001:db8::1]:8443", "2001:db8::1", True),
        ("https://[2001:db8::1]", "[2001:db8::1]", True),
        ("https://[2001:db8::1]", "2001:db8::/32", True),
        ("https://[2001:db9::1]", "2001:db8::/32", False),
        ("https://ten.invalid", "10.0.0.0/8", False),
        ("https://10.1.2.3", "10.0.0.0/99", False),
    ],
)
def test_no_proxy_may_name_networks_and_addresses(
    monkeypatch: pytest.MonkeyPatch, url: str, no_proxy: str, is_direct: bool
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert (proxy_for(url) is None) is is_direct


def test_a_scheme_in_upper_case_is_the_same_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    client = oc.OctopusCards("t", base_url="HTTPS://api.example")
    assert client._connection.base_url == "https://api.example"
    assert client._connection._factory is not None
    assert client._connection._factory._proxy is not None


@pytest.mark.parametrize("kind", [oc.OctopusCards, oc.AsyncOctopusCards])
@pytest.mark.parametrize(
    "proxy",
    [
        "http://user:hunter2#rest@proxy.example:3128",
        "http://user:hunter2/rest@proxy.example:3128",
        "http://user:hunter2?rest@proxy.example:3128",
        "http://user:hunter2@proxy.example:port",
        "http://:hunter2",
    ],
)
def test_a_wrong_proxy_setting_does_not_show_its_password(
    monkeypatch: pytest.MonkeyPatch, kind: type, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ValueError, match="the proxy of the environment for https must be a URL like") as failed:
        kind("t", base_url="https://api.example")
    error: BaseException | None = failed.value
    while error is not None:
        assert "hunter2" not in f"{error} {error.args}"
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("url", ["https://user:hunter2/x@api.example", "https://user:hunter2#x@api.example"])
def test_a_wrong_base_url_does_not_show_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="base_url must be https://HOST") as failed:
        oc.OctopusCards("t", base_url=url)
    error: BaseException | None = failed.value
    while error is not None:
        assert "hunter2" not in f"{error} {error.args}"
        error = error.__cause__ or error.__context__
