"""A client of ASGI applications: Starlette's own warns about the HTTP library of this project."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from anyio.from_thread import start_blocking_portal


class AsgiClient:
    """Calls one application, as a server does. Its exceptions end like those in a server: in the server's log."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._starting = start_blocking_portal()
        self._portal = self._starting.__enter__()

    def close(self) -> None:
        """End the event loop."""
        self._starting.__exit__(None, None, None)

    def request(self, method: str, path: str, body: bytes = b"", headers: Any = ()) -> tuple[int, bytes]:
        """Send a request; return the status and the body of the answer."""
        return self._portal.call(self._call, method, path, body, dict(headers))

    async def _call(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        messages = [{"type": "http.request", "body": body[:50], "more_body": True}]
        messages += [{"type": "http.request", "body": body[50:], "more_body": False}]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
        with suppress(Exception):
            await self._application(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])
