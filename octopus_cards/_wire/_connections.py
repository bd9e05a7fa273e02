"""Sending a call once, by the HTTP library, whose every fault leaves here as one of ours."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from octopus_cards._answers import RawResponse
from octopus_cards._config import Timeouts
from octopus_cards._exceptions import InvalidResponseError, NotSentError, OctopusCardsError, OutcomeUnknownError
from octopus_cards._version import __version__
from octopus_cards._wire._calls import Call

SyncTransport = httpx.BaseTransport
AsyncTransport = httpx.AsyncBaseTransport


@contextmanager
def _faults_of(call: Call[Any], client: httpx.Client | httpx.AsyncClient) -> Generator[None]:
    """Raises every fault of the HTTP library as one of ours."""
    context: dict[str, Any] = {"method": call.method, "path": call.path}
    server = str(client.base_url).rstrip("/")
    if client.is_closed:
        closed = NotSentError("the client is closed; make a new one", **context)
        closed.passing = False
        raise closed
    try:
        yield
    except OctopusCardsError:
        raise
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        raise NotSentError(f"no connection to {server}: {_told(error)}", **context) from error
    except httpx.ProxyError as error:
        raise NotSentError(f"the proxy refused to reach {server}: {_told(error)}", **context) from error
    except httpx.TimeoutException as error:
        raise OutcomeUnknownError(f"no answer from {server} in time: {_told(error)}", **context) from error
    except httpx.TransportError as error:
        raise OutcomeUnknownError(f"the answer of {server} was lost: {_told(error)}", **context) from error
    except Exception as error:
        # No fault of the network that anybody knows: repeating it would only repeat it.
        unexpected = OutcomeUnknownError(f"the answer of {server} was lost: {_told(error)}", **context)
        unexpected.passing = False
        raise unexpected from error


def _told(error: Exception) -> str:
    if isinstance(error, httpx.RequestError):
        # The request stays reachable from the exception, and must not carry the token there.
        with suppress(RuntimeError):  # it may have none
            error.request.headers.pop("Authorization", None)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _check_transport(transport: object, kind: type) -> None:
    if transport is not None and not isinstance(transport, kind):
        raise TypeError(f"transport must be an httpx.{kind.__name__}, got {type(transport).__name__}")


@contextmanager
def _set_up() -> Generator[None]:
    """What the HTTP library finds amiss in base URL or environment is a bad setting of the caller's."""
    try:
        yield
    except Exception as error:
        where = "look at base_url, SSL_CERT_FILE, SSL_CERT_DIR and the proxy variables of the environment"
        raise ValueError(f"connections cannot be set up: {_told(error)} ({where})") from error


def _client_options(base_url: str, timeouts: Timeouts) -> dict[str, Any]:
    return {
        "base_url": base_url,
        "timeout": httpx.Timeout(
            connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool
        ),
        "headers": {"User-Agent": f"octopus-cards-python/{__version__}", "Accept": "application/json"},
        # Towards this machine there is no proxy to trust: it would be told the token in the clear.
        "trust_env": base_url.startswith("https:"),
        # A redirect would carry the token to wherever it points.
        "follow_redirects": False,
        # The API knows no cookies; one set by a proxy must not travel with later requests.
        "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    }


def _request_of(call: Call[Any], token: str) -> dict[str, Any]:
    headers = {**call.request.get("headers", {}), "Authorization": f"Bearer {token}"}
    return {"method": call.method, "url": call.path, **call.request, "headers": headers}


@contextmanager
def _undecodable(call: Call[Any], response: httpx.Response) -> Generator[None]:
    """Tells of a body that is not encoded as its header says."""
    try:
        yield
    except httpx.DecodingError as error:
        raise InvalidResponseError(
            f"the answer is not what the contract says: {_told(error)}",
            method=call.method,
            path=call.path,
            status_code=response.status_code,
            request_id=response.headers.get("X-Request-Id"),
        ) from error


def _answer_of(response: httpx.Response) -> RawResponse:
    return RawResponse(response.status_code, dict(response.headers), response.content)


class Connection:
    """Connections to one server, for threads."""

    def __init__(self, base_url: str, timeouts: Timeouts, transport: SyncTransport | None) -> None:
        _check_transport(transport, SyncTransport)
        with _set_up():
            self._client = httpx.Client(transport=transport, **_client_options(base_url, timeouts))

    def send(self, call: Call[Any], token: str) -> RawResponse:
        """Sends a request once.

        Raises:
            NotSentError, OutcomeUnknownError: No answer came.
        """
        with _faults_of(call, self._client), self._client.stream(**_request_of(call, token)) as response:
            with _undecodable(call, response):
                response.read()
            return _answer_of(response)

    def close(self) -> None:
        """Closes every connection; a second time does nothing."""
        self._client.close()


class AsyncConnection:
    """Connections to one server, for tasks."""

    def __init__(self, base_url: str, timeouts: Timeouts, transport: AsyncTransport | None) -> None:
        _check_transport(transport, AsyncTransport)
        with _set_up():
            self._client = httpx.AsyncClient(transport=transport, **_client_options(base_url, timeouts))

    async def send(self, call: Call[Any], token: str) -> RawResponse:
        """Sends a request once.

        Raises:
            NotSentError, OutcomeUnknownError: No answer came.
        """
        with _faults_of(call, self._client):
            async with self._client.stream(**_request_of(call, token)) as response:
                with _undecodable(call, response):
                    await response.aread()
                return _answer_of(response)

    async def aclose(self) -> None:
        """Closes every connection; a second time does nothing."""
        await self._client.aclose()


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as an in-process server sees it."""

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class AnswerLost(Exception):
    """An in-process server raises it to drop the connection after it has done its work."""


def in_process(serve: Callable[[Incoming], RawResponse]) -> httpx.MockTransport:
    """A transport, for both worlds, that hands requests to a function of this process."""

    def handle(request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode("ascii")
        incoming = Incoming(request.method, target, dict(request.headers), request.read())
        try:
            answer = serve(incoming)
        except AnswerLost:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.") from None
        return httpx.Response(answer.status_code, headers=dict(answer.headers), content=answer.content)

    return httpx.MockTransport(handle)
