"""Render the contract as one HTML page that opens from disk and sends no request.

Usage, with redocly on PATH as in `nox -s reference`: python tools/reference/render.py dist/reference.html
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "spec" / "openapi.yaml"
# The only external resource of the page, and its inline replacement.
LOGO = "https://cdn.redoc.ly/redoc/logo-mini-full.svg"
INLINE_LOGO = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='46' height='14'%3E"
    "%3Ctext y='11' font-size='11' font-family='sans-serif' fill='%234a7fe0'%3ERedocly%3C/text%3E%3C/svg%3E"
)


def readable(item: Any) -> Any:
    """Return the contract with readable sources, known values and descriptions."""
    if isinstance(item, list):
        return [readable(value) for value in item]
    if not isinstance(item, dict):
        return item
    return {name: _FORMATTERS.get(name, readable)(value) for name, value in item.items()}


def _source(source: dict[str, str]) -> str:
    return f"{source['page']}, “{source['part']}” (page seen {source['seen']})"


def _paragraphs(text: Any) -> Any:
    # A field named `description` is a schema, not a text.
    if not isinstance(text, str):
        return readable(text)
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


_FORMATTERS: Mapping[str, Callable[[Any], Any]] = {
    "description": _paragraphs,
    "x-source": _source,
    "x-extensible-enum": lambda values: f"{', '.join(values)}; more may come",
}


def build(contract: Path, page: Path) -> str:
    """Render a contract with redocly and return the HTML text."""
    options = [f"--config={HERE / 'redocly.yaml'}", "--inlineBundle", f"--output={page}"]
    # Without this setting the page itself would send telemetry about its readers.
    env = os.environ | {"REDOCLY_TELEMETRY": "off"}
    command = ["redocly", "build-docs", *options, str(contract)]
    done = subprocess.run(command, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"render: redocly failed\n{done.stdout.decode()}")
    return page.read_text("utf-8")


def without_requests(text: str) -> str:
    """Replace the only external resource of the page, after checking that redocly still writes what we expect."""
    for expected in (LOGO, '"disableTelemetry":true'):
        if expected not in text:
            sys.exit(f"render: the page no longer contains {expected}: check what it loads, and adapt this program")
    return text.replace(LOGO, INLINE_LOGO)


def main() -> None:
    """Write the page that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, help="the file to write")
    page = parser.parse_args().page
    page.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        contract = Path(scratch) / "openapi.json"
        contract.write_text(json.dumps(readable(yaml.safe_load(CONTRACT.read_text("utf-8")))), "utf-8")
        text = without_requests(build(contract, Path(scratch) / "page.html"))
    page.write_text(text, "utf-8")
    print(f"{page}: {len(text) // 1000} kB")


if __name__ == "__main__":
    main()
