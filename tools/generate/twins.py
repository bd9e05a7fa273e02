"""Makes the synchronous clients and resources from the asynchronous ones, token by token."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

NAMES = {
    "AsyncToken": "SyncToken",
    "AsyncTransport": "SyncTransport",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "_async": "_sync",
    "_client_async": "_client",
    "aclose": "close",
    "connections_async": "connections",
    "drivers_async": "drivers",
    "read_ahead_async": "read_ahead",
}
# Sentences that differ; every one of them must occur in some source.
PHRASES = {
    "Asynchronous client of the Octopus Cards API, under asyncio or trio; tasks may share it.": (
        "Synchronous client of the Octopus Cards API; threads may share it."
    ),
    "It serves one event loop, that of its first call; in another one a call raises NotSentError.\n    ": "",
    "The asynchronous client; the synchronous one is made from it.": "The synchronous client.",
    "exception that it raises ends the call. It may be async.": "exception that it raises ends the call.",
    "httpx.AsyncBaseTransport": "httpx.BaseTransport",
    "async with ": "with ",
    "async for ": "for ",
}
HEADER = "# Made by `nox -s generate` from octopus_cards/{source}: change that file.\n"


def synchronous(text: str) -> str:
    """Return the synchronous counterpart of a module."""
    for phrase, other in PHRASES.items():
        text = text.replace(phrase, other)
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    lines = text.splitlines(keepends=True)
    # From the end, so that earlier positions stay valid.
    for token in reversed(tokens):
        if token.type != tokenize.NAME:
            continue
        row, start, end = token.start[0] - 1, token.start[1], token.end[1]
        counterpart = _counterpart(token.string)
        if counterpart is not None:
            line = lines[row]
            rest = line[end:].lstrip(" ") if counterpart == "" else line[end:]
            lines[row] = line[:start] + counterpart + rest
    return "".join(lines)


def _counterpart(name: str) -> str | None:
    if name in ("async", "await"):
        return ""
    if name in NAMES:
        return NAMES[name]
    return re.sub("^Async(?=[A-Z])", "", name) if re.match("Async[A-Z]", name) else None


def twins(package: Path) -> dict[str, str]:
    """Return the text of each synchronous module by its name below the package."""
    sources = {source: (package / source).read_text("utf-8") for source in ("_client_async.py", *_resources(package))}
    unused = [phrase for phrase in PHRASES if not any(phrase in text for text in sources.values())]
    if unused:
        raise ValueError(f"no source has the phrase {unused[0]!r}")
    return {
        source.replace("_async", "_sync" if "/" in source else ""): HEADER.format(source=source) + synchronous(text)
        for source, text in sources.items()
    }


def _resources(package: Path) -> list[str]:
    folder = package / "resources" / "_async"
    return sorted(f"resources/_async/{path.name}" for path in folder.glob("*.py") if path.name != "__init__.py")
