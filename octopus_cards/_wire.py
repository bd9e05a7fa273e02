"""The one module that knows the generated client and the HTTP library.

It turns an operation of the contract into a `Call`, sends it and hands back the answer; and an
answer's body into the generated models. What to do about either is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Generic, Protocol, TypeVar, cast

import httpx

from octopus_cards._answers import RawResponse
from octopus_cards._config import Timeouts
from octopus_cards._exceptions import InvalidResponseError, NotSentError, OctopusCardsError, OutcomeUnknownError
from octopus_cards._version import __version__
from octopus_cards_api.api.topup_orders import (
    get_topup_order,
    list_topup_orders,
    set_topup_order_notification_email,
)
from octopus_cards_api.client import Client
from octopus_cards_api.models import (
    ErrorDetail,
    ErrorEnvelope,
    NotificationEmail,
    NotificationEmailConfirmation,
    TopupOrder,
    TopupStatus,
)
from octopus_cards_api.types import UNSET

__all__ = ["NotificationEmailConfirmation", "TopupOrder", "TopupStatus"]

# The generator gives its enums no docstring.
TopupStatus.__doc__ = "The statuses that the list can be filtered by, each equal to its plain string."

T_co = TypeVar("T_co", covariant=True)
SyncTransport = httpx.BaseTransport
AsyncTransport = httpx.AsyncBaseTransport


class _Endpoint(Protocol[T_co]):
    """The two pure functions of a generated endpoint module."""

    @property
    def _get_kwargs(self) -> Callable[..., dict[str, Any]]: ...

    @property
    def _parse_response(self) -> Callable[..., T_co | ErrorEnvelope | None]: ...


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One request of the contract and how to read its success.

    `repeatable`: whether sending it twice does no more than sending it once.
    """

    method: str
    path: str
    request: Mapping[str, Any] = field(repr=False)
    parse: Callable[[Any], T_co] = field(repr=False)
    repeatable: bool


@dataclass(frozen=True, slots=True)
class _Success:
    """As much of a response as a generated parser looks at.

    Every 2xx is read as the 200 of the contract: the documentation does not name the status of reads.
    """

    decoded: Any
    status_code: int = 200

    def json(self) -> Any:
        return self.decoded


_UNUSED_CLIENT = Client(base_url="")


def _parse(endpoint: _Endpoint[T_co], shape: type, decoded: Any) -> T_co:
    # The generated loop over a list takes an empty object for an empty list.
    if not isinstance(decoded, shape):
        wanted = "an array" if shape is list else "an object"
        raise TypeError(f"{wanted} expected, got {type(decoded).__name__}")
    return cast("T_co", endpoint._parse_response(client=_UNUSED_CLIENT, response=_Success(decoded)))


def _call(endpoint: _Endpoint[T_co], shape: type, *arguments: Any, repeatable: bool, **options: Any) -> Call[T_co]:
    given = {name: UNSET if value is None else value for name, value in options.items()}
    request = endpoint._get_kwargs(*arguments, **given)
    method, path = request.pop("method").upper(), request.pop("url")
    return Call(method, path, request, partial(_parse, endpoint, shape), repeatable)


def list_orders(**parameters: Any) -> Call[list[TopupOrder]]:
    """One page of the list; a parameter that is None is left out."""
    return _call(list_topup_orders, list, repeatable=True, **parameters)


def get_order(order_id: int) -> Call[TopupOrder]:
    """One order, refreshed by the server."""
    return _call(get_topup_order, dict, order_id, repeatable=True)


def set_notification_email(order_id: int, email: str) -> Call[NotificationEmailConfirmation]:
    """The e-mail address of one order. The documentation says "attaches (or updates)", so it may be repeated."""
    body = NotificationEmail(email=email)
    return _call(set_topup_order_notification_email, dict, order_id, body=body, repeatable=True)


def error_detail(answer: RawResponse) -> ErrorDetail | None:
    """What the error envelope says; None where the answer does not carry one."""
    try:
        return ErrorEnvelope.from_dict(answer.json()).error
    except (TypeError, ValueError):
        return None


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
