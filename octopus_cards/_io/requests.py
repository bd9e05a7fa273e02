"""The requests of the HTTP library."""

from __future__ import annotations

import httpx

from octopus_cards._base.credentials import hide
from octopus_cards._engine.effects import Send
from octopus_cards._io.transport_errors import describe_exception, permanent_error
from octopus_cards._version import __version__

_HEADERS = (
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip"),
    ("Connection", "keep-alive"),
    ("User-Agent", f"octopus-cards-python/{__version__}"),
)


def build_request(send: Send, base_url: str) -> httpx.Request:
    """Return the request of the HTTP library.

    Raises:
        NotSentError: No request can be built.
    """
    call, timeouts = send.call, send.timeouts
    headers = [*_HEADERS, *call.headers, ("X-Request-Id", send.request_id)]
    if call.content is not None:
        headers.append(("Content-Type", "application/json"))
    if send.token:
        headers.append(("Authorization", hide(f"Bearer {send.token}")))
    limits = {
        "connect": timeouts.connect, "read": timeouts.read, "write": timeouts.write, "pool": timeouts.pool
    }  # fmt: skip
    try:
        return httpx.Request(
            call.method,
            base_url + call.path,
            params=list(call.query) or None,
            headers=headers,
            content=call.content,
            extensions={"timeout": limits},
        )
    except Exception as error:
        raise permanent_error(f"the request cannot be built: {describe_exception(error)}", call) from error
