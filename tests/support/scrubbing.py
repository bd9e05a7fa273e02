"""What is taken out of an exchange before it is written to a cassette, and how a cassette is opened."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import vcr

from octopus_cards.emulator._core.responses import encode
from support.paths import PROJECT

CASSETTES = PROJECT / "cassettes"
REDACTED = "REDACTED"
REDACTED_EMAIL = "redacted@example.com"
CREDENTIAL = re.compile(rb'("(?:username|password|\w+_token)"\s*:\s*)"((?:[^"\\]|\\.)*)"')
EMAIL = re.compile(rb"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
# The emulator listens on any free port; a cassette names the one that `octopus-cards emulator` takes.
EMULATOR = "127.0.0.1:4010"
_KEPT_REQUEST_HEADERS = ("accept", "content-type")
PUBLIC = {path.read_bytes() for path in (CASSETTES.parent / "spec" / "examples").glob("*.json")}


def scrub_request(request: Any) -> Any:
    """Return a request without secrets and recipients; the same for recording and replaying."""
    kept = {name: value for name, value in request.headers.items() if name.lower() in _KEPT_REQUEST_HEADERS}
    if "authorization" in {name.lower() for name in request.headers}:
        kept["authorization"] = f"Bearer {REDACTED}"
    request.headers = kept
    parts = urlsplit(request.uri)
    if parts.hostname == "127.0.0.1":
        request.uri = urlunsplit(parts._replace(netloc=EMULATOR))
    if request.body:
        request.body = EMAIL.sub(REDACTED_EMAIL.encode(), without_credentials(_without_recipients(request.body)))
    return request


def without_credentials(body: bytes) -> bytes:
    """Without keys and tokens; equal tokens stay equal, and scrubbing twice changes nothing."""
    return CREDENTIAL.sub(lambda found: found[1] + f'"{_pseudonym(found[1], found[2])}"'.encode(), body)


def _pseudonym(name: bytes, secret: bytes) -> str:
    if b"_token" not in name:
        return REDACTED
    text = secret.decode()
    return text if text.startswith(REDACTED) else f"{REDACTED}-{hashlib.sha256(secret).hexdigest()[:8]}"


def scrub_response(response: Any) -> Any:
    """Without cookies, addresses and recipients."""
    body = response["body"]["string"]
    private = without_credentials(_without_recipients(body))
    scrubbed = body if body in PUBLIC else EMAIL.sub(REDACTED_EMAIL.encode(), private)
    dropped = ("set-cookie", "content-length", "content-encoding", "transfer-encoding")
    headers = {name: value for name, value in response["headers"].items() if name.lower() not in dropped}
    headers["content-length"] = [str(len(scrubbed))]
    return {**response, "headers": headers, "body": {"string": scrubbed}}


def _without_recipients(body: bytes) -> bytes:
    try:
        decoded = json.loads(body, parse_float=Decimal)
    except ValueError:
        return body
    orders = decoded if isinstance(decoded, list) else [decoded]
    found = [order for order in orders if isinstance(order, dict) and isinstance(order.get("input_data"), dict)]
    for order in found:
        order["input_data"] = dict.fromkeys(order["input_data"], REDACTED)
    return encode(decoded).encode() if found else body


def cassette(name: str, mode: str = "none", folder: Path = CASSETTES) -> Any:
    """Open a cassette: to replay it (`none`) or to record it again (`all`)."""
    return vcr.VCR(
        record_mode=mode,
        match_on=("method", "path", "query", "raw_body"),
        before_record_request=scrub_request,
        before_record_response=scrub_response,
        decode_compressed_response=True,
    ).use_cassette(str(folder / f"{name}.yaml"))
