"""What the HTTP library finds amiss, as our exceptions."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from octopus_cards._answers import RawResponse
from octopus_cards._exceptions import InvalidResponseError, NotSentError, OctopusCardsError, OutcomeUnknownError
from octopus_cards._wire._calls import Call

# More than the largest page that anybody has seen by a factor of a hundred; an answer without end is none.
BODY_MAX = 64 * 2**20


@contextmanager
def faults_of(call: Call[Any], client: httpx.Client | httpx.AsyncClient) -> Generator[None]:
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
        raise NotSentError(f"no connection to {server}: {told(error)}", **context) from error
    except httpx.ProxyError as error:
        raise NotSentError(f"the proxy refused to reach {server}: {told(error)}", **context) from error
    except httpx.TimeoutException as error:
        raise OutcomeUnknownError(f"no answer from {server} in time: {told(error)}", **context) from error
    except httpx.TransportError as error:
        raise OutcomeUnknownError(f"the answer of {server} was lost: {told(error)}", **context) from error
    except Exception as error:
        # No fault of the network that anybody knows: repeating it would only repeat it.
        unexpected = OutcomeUnknownError(f"the answer of {server} was lost: {told(error)}", **context)
        unexpected.passing = False
        raise unexpected from error


def told(error: Exception) -> str:
    if isinstance(error, httpx.RequestError):
        # The request stays reachable from the exception, and must not carry a token, key or address there.
        with suppress(RuntimeError):  # it may have none
            error.request = httpx.Request(error.request.method, error.request.url)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


@contextmanager
def set_up() -> Generator[None]:
    """What the HTTP library finds amiss in base URL or environment is a bad setting of the caller's."""
    try:
        yield
    except Exception as error:
        where = "look at base_url, SSL_CERT_FILE, SSL_CERT_DIR and the proxy variables of the environment"
        raise ValueError(f"connections cannot be set up: {told(error)} ({where})") from error


@contextmanager
def set_up_for(call: Call[Any]) -> Generator[None]:
    """The same where a call finds it out, in a process that was forked."""
    try:
        with set_up():
            yield
    except ValueError as error:
        amiss = NotSentError(str(error), method=call.method, path=call.path)
        amiss.passing = False
        raise amiss from error


class Body:
    """The body of an answer, as it comes in."""

    def __init__(self, call: Call[Any], response: httpx.Response) -> None:
        self._call = call
        self._response = response
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, part: bytes) -> None:
        """Takes the next part in."""
        self._parts.append(part)
        self._size += len(part)
        if self._size > BODY_MAX:
            raise self._refused(f"a body above {BODY_MAX >> 20} MiB")

    def answer(self) -> RawResponse:
        """The whole answer."""
        return RawResponse(self._response.status_code, dict(self._response.headers), b"".join(self._parts))

    @contextmanager
    def reading(self) -> Generator[None]:
        """Tells of a body that is not encoded as its header says."""
        try:
            yield
        except httpx.DecodingError as error:
            raise self._refused(told(error)) from error

    def _refused(self, problem: str) -> InvalidResponseError:
        return InvalidResponseError(
            f"the answer is not what the contract says: {problem}",
            method=self._call.method,
            path=self._call.path,
            status_code=self._response.status_code,
            request_id=self._response.headers.get("X-Request-Id"),
        )
