"""Other clients of the same contract, generated for the measurement and never committed."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from .payloads import BASE_URL, ORDER_ID, TOKEN

CONTRACT = Path(__file__).parent.parent.parent / "spec" / "openapi.yaml"


@dataclass(frozen=True)
class Peer:
    """One of them.

    Attributes:
        name: Its name in the report.
        distribution: What of the package index it comes from, and at which version.
        generate: The command; `{out}` is where it writes.
        path: The folder of its package below that.
        module: The package.
        requires: What an installation of it needs besides.
        decode: What it makes of the body of a page.
        get: A call that reads one order over a transport; None where it takes none.
        folder: Where it was generated.
    """

    name: str
    distribution: str
    generate: tuple[str, ...]
    path: str
    module: str
    requires: tuple[str, ...]
    decode: Callable[[Any], Callable[[bytes], Any]]
    get: Callable[[Any, httpx.MockTransport], Callable[[], Any]] | None
    folder: Path = Path()

    def made(self, folder: Path) -> Peer:
        """Generate the client into a folder from which it can be imported."""
        out = folder / self.path.partition("/")[0]
        out.mkdir(parents=True, exist_ok=True)
        command = [part.format(spec=CONTRACT, out=out, path=folder / self.path) for part in self.generate]
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            sys.exit(f"benchmarks: {self.name} could not be generated: {done.stdout[-2000:]}")
        sys.path.append(str(folder / self.path))
        return replace(self, folder=folder / self.path)

    def load(self) -> Any:
        """Its package."""
        return importlib.import_module(self.module)


def _stock_decode(_: Any) -> Callable[[bytes], Any]:
    order = importlib.import_module("stock_client.models").TopupOrder
    return lambda content: [order.from_dict(row) for row in json.loads(content)]


def _stock_get(stock: Any, transport: httpx.MockTransport) -> Callable[[], Any]:
    endpoint = importlib.import_module("stock_client.api.topup_orders.get_topup_order")
    client = stock.AuthenticatedClient(base_url=BASE_URL, token=TOKEN, httpx_args={"transport": transport})
    return lambda: endpoint.sync(ORDER_ID, client=client)


def _generator_decode(package: Any) -> Callable[[bytes], Any]:
    client = package.ApiClient()
    return lambda content: client.deserialize(content.decode(), "List[TopupOrder]", "application/json")


def _fern_decode(package: Any) -> Callable[[bytes], Any]:
    parse = importlib.import_module("fern_client.core.pydantic_utilities").parse_obj_as
    wanted = list[package.TopupOrder]
    return lambda content: parse(type_=wanted, object_=json.loads(content))


def _fern_get(package: Any, transport: httpx.MockTransport) -> Callable[[], Any]:
    http = httpx.Client(transport=transport)
    client = package.FernClientApi(base_url=BASE_URL, token=TOKEN, httpx_client=http)
    return lambda: client.topup_orders.get_topup_order(ORDER_ID)


def _redocly_decode(client: Any) -> Callable[[bytes], Any]:
    wanted = list[client.TopupOrder]
    return lambda content: client.decode(wanted, json.loads(content))


def _redocly_get(package: Any, transport: httpx.MockTransport) -> Callable[[], Any]:
    http = httpx.Client(transport=transport)
    client = package.Client(BASE_URL, auth={"bearer": TOKEN}, http_client=http)
    return lambda: client.get_topup_order(ORDER_ID)


PEERS = [
    Peer(
        "openapi-python-client, stock", "openapi-python-client",
        ("openapi-python-client", "generate", "--path", "{spec}", "--meta", "none", "--overwrite",
         "--output-path", "{path}/stock_client"),
        "stock", "stock_client", ("httpx", "attrs", "python-dateutil"), _stock_decode, _stock_get,
    ),
    Peer(
        "OpenAPI Generator", "openapi-generator-cli",
        ("openapi-generator-cli", "generate", "-i", "{spec}", "-g", "python", "-o", "{out}",
         "--additional-properties=packageName=og_client,hideGenerationTimestamp=true"),
        "og", "og_client", ("urllib3", "python-dateutil", "pydantic", "typing-extensions"), _generator_decode, None,
    ),
    Peer(
        "crozier (Fern)", "crozier",
        ("crozier", "generate", "--spec", "{spec}", "--output", "{out}", "--package-name", "fern_client"),
        "fern/src", "fern_client", ("httpx", "pydantic"), _fern_decode, _fern_get,
    ),
    Peer(
        "Redocly generate-client", "",
        ("redocly", "generate-client", "{spec}", "--generator", "python", "--output", "{out}/redocly_client.ts"),
        "redocly", "redocly_client", ("httpx",), _redocly_decode, _redocly_get,
    ),
]  # fmt: skip
