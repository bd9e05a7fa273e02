"""Draws the contract as one page of HTML that opens from disk and asks the network for nothing.

python tools/reference/draw.py dist/reference.html    with redocly on PATH, as `nox -s reference` has it
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
CONTRACT = HERE.parent / "openapi.yaml"
# The one thing that the page would load from elsewhere, and what stands there instead.
LOGO = "https://cdn.redoc.ly/redoc/logo-mini-full.svg"
DRAWN = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='46' height='14'%3E"
    "%3Ctext y='11' font-size='11' font-family='sans-serif' fill='%234a7fe0'%3ERedocly%3C/text%3E%3C/svg%3E"
)


def readable(item: Any) -> Any:
    """The contract with what only machines read put for people: sources, known values, lines that were wrapped."""
    if isinstance(item, list):
        return [readable(value) for value in item]
    if not isinstance(item, dict):
        return item
    return {name: _WORDS.get(name, readable)(value) for name, value in item.items()}


def _source(source: dict[str, str]) -> str:
    return f"{source['page']}, “{source['part']}” (page seen {source['seen']})"


def _paragraphs(text: Any) -> Any:
    # A field may have this name; then it is no text.
    if not isinstance(text, str):
        return readable(text)
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


_WORDS: Mapping[str, Callable[[Any], Any]] = {
    "description": _paragraphs,
    "x-source": _source,
    "x-extensible-enum": lambda values: f"{', '.join(values)}; more may come",
}


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path, help="the file to write")
    page = parser.parse_args().page
    page.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        contract, drawn = Path(scratch) / "openapi.json", Path(scratch) / "page.html"
        contract.write_text(json.dumps(readable(yaml.safe_load(CONTRACT.read_text("utf-8")))), "utf-8")
        command = ["redocly", "build-docs", f"--config={HERE / 'redocly.yaml'}", "--inlineBundle", f"--output={drawn}"]
        # Else the page itself would report what its readers do.
        env = os.environ | {"REDOCLY_TELEMETRY": "off"}
        done = subprocess.run(
            [*command, contract], env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        if done.returncode:
            sys.exit(f"draw: redocly could not draw it\n{done.stdout.decode()}")
        text = drawn.read_text("utf-8")
    for expected in (LOGO, '"disableTelemetry":true'):
        if expected not in text:
            sys.exit(
                f"draw: the page has no {expected} any more: look what it loads from elsewhere, and mend this file"
            )
    page.write_text(text.replace(LOGO, DRAWN), "utf-8")
    print(f"{page}: {len(text) // 1000} kB")


if __name__ == "__main__":
    main()
