"""Prism between a client and a server, and what it finds wrong with what either of them says."""

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
# Those belong to one connection, or tell of the proxy.
_HOP = {"connection", "content-length", "host", "keep-alive", "sl-violations", "transfer-encoding"}

Handle = Callable[[Incoming], RawResponse]


def skip_without_tools() -> None:
    """Skips the module that calls it: both tools are the business of one session, whatever lies on a machine's PATH."""
    if find_spec("schemathesis") is None or shutil.which("prism") is None:
        reason = "no Schemathesis installed, or no Prism on PATH; nox -s conformance runs this"
        pytest.skip(reason, allow_module_level=True)


class Proxied:
    """A base URL whose every exchange is validated.

    Attributes:
        url: Where a client sends its requests.
        server: What answers them.
        violations: Where an exchange was not in line with the contract, like `response.body.amount`.
    """

    def __init__(self) -> None:
        self.url = ""
        self.server: Handle | None = None
        self.violations: list[str] = []

    def behind(self, incoming: Incoming) -> RawResponse:
        """The server, whichever it is just now."""
        assert self.server is not None
        return self.server(incoming)

    def through(self, prism: str, http: httpx.Client) -> Handle:
        """Hands requests to Prism, and keeps what it says of the exchange."""

        def relay(incoming: Incoming) -> RawResponse:
            headers = {name: value for name, value in incoming.headers.items() if name.lower() not in _HOP}
            answer = http.request(incoming.method, prism + incoming.target, headers=headers, content=incoming.body)
            for found in json.loads(answer.headers.get("sl-violations", "[]")):
                place = ".".join(str(part) for part in found["location"] if not str(part).isdigit())
                self.violations.append(place)
            kept = {name: value for name, value in answer.headers.items() if name not in _HOP}
            return RawResponse(answer.status_code, kept, answer.content)

        return relay


@contextmanager
def proxied(scratch: Path) -> Generator[Proxied]:
    """Starts Prism, which takes a second."""
    found = Proxied()
    log = scratch / "prism.log"
    with serving(found.behind, 0) as upstream, log.open("w") as output:
        command = ["prism", "proxy", "--host", "127.0.0.1", "--port", "0", str(CONTRACT), upstream]
        # With its group, since what is called node may be a program that starts the real one.
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
