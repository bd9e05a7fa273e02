"""Prism between a client and a server: it validates every request and response against the contract."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from octopus_cards._base.responses import RawResponse
from octopus_cards._io.in_process import Incoming
from octopus_cards.emulator._core.http_server import serving
from support.paths import SPEC

CONTRACT = SPEC / "openapi.yaml"
# Headers that belong to one connection or to the proxy.
_HOP = {"connection", "content-length", "host", "keep-alive", "sl-violations", "transfer-encoding"}

Handle = Callable[[Incoming], RawResponse]


def skip_without_tools() -> None:
    """Skip the calling module unless both tools are installed, as in `nox -s conformance`."""
    if find_spec("schemathesis") is None or shutil.which("prism") is None:
        reason = "no Schemathesis installed, or no Prism on PATH; nox -s conformance runs this"
        pytest.skip(reason, allow_module_level=True)


class Proxied:
    """A base URL that validates every request and response.

    Attributes:
        url: The base URL for a client.
        server: The function that answers the requests.
        violations: The places that violate the contract, such as `response.body.amount`.
    """

    def __init__(self) -> None:
        self.url = ""
        self.server: Handle | None = None
        self.violations: list[str] = []

    def behind(self, incoming: Incoming) -> RawResponse:
        """Pass a request to the current server."""
        assert self.server is not None
        return self.server(incoming)

    def through(self, prism: str, http: httpx.Client) -> Handle:
        """Return a handler that sends requests through Prism and records the violations."""

        def relay(incoming: Incoming) -> RawResponse:
            headers = {name: value for name, value in incoming.headers.items() if name.lower() not in _HOP}
            response = http.request(incoming.method, prism + incoming.target, headers=headers, content=incoming.body)
            for found in json.loads(response.headers.get("sl-violations", "[]")):
                place = ".".join(str(part) for part in found["location"] if not str(part).isdigit())
                self.violations.append(place)
            kept = {name: value for name, value in response.headers.items() if name not in _HOP}
            return RawResponse(response.status_code, kept, response.content)

        return relay


@contextmanager
def proxied(scratch: Path) -> Generator[Proxied]:
    """Start Prism, which takes a second."""
    found = Proxied()
    log = scratch / "prism.log"
    with serving(found.behind, 0) as upstream, log.open("w") as output:
        command = ["prism", "proxy", "--host", "127.0.0.1", "--port", "0", str(CONTRACT), upstream]
        # In a process group of its own, because `node` may be a wrapper that starts the real program.
        with subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True) as process:
            try:
                prism = _address(process, log)
                with httpx.Client(timeout=30) as http, serving(found.through(prism, http), 0) as found.url:
                    yield found
            finally:
                os.killpg(process.pid, signal.SIGTERM)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(300):
        if listening := re.search(r"listening on (http://[\d.]+:\d+)", log.read_text("utf-8")):
            return listening[1]
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"Prism does not listen: {log.read_text('utf-8')}")
