"""A server on loopback that answers every request with the same order, as fast as asyncio can."""

import asyncio
import json
import sys

BODY = (
    b'{"id":9123456,"product_id":4218,"product_name":"PUBG Mobile UC","country_code":"GLO","amount":4.7405,'
    b'"currency":"USD","status":"DELIVERED","created_at":"2026-05-19T14:30:00Z","completed_at":"2026-05-19T14:30:08Z"}'
)
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY)


class Answering(asyncio.Protocol):
    """Knows of HTTP only where a request ends."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        *requests, self.rest = (self.rest + data).split(b"\r\n\r\n")
        self.transport.write(ANSWER * len(requests))  # type: ignore[attr-defined]


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=2048)
    print(json.dumps(server.sockets[0].getsockname()[1]), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until the parent process ends


asyncio.run(main())
