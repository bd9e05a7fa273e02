"""What the HTTP library finds amiss, as our exceptions."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx

from octopus_cards._base.exceptions import InvalidResponseError, NotSentError, OctopusCardsError, OutcomeUnknownError
from octopus_cards._base.responses import RawResponse
from octopus_cards._io.codec import Call

# More than the largest page that anybody has seen by a factor of a hundred; an answer without end is none.
BODY_MAX = 64 * 2**20


@contextmanager
def faults_of(call: Call[Any], server: str) -> Generator[None]:
    """Raises every fault of the HTTP library as one of ours."""
    context: dict[str, Any] = {"method": call.method, "path": call.path}
    try:
        yield
    except OctopusCardsError:
        raise
    except Exception as error:
        _strip(error, call, server)
        kind, problem = _meaning(error)
        meant = kind(f"{problem.format(server=server)}: {told(error)}", **context)
        # What is no fault of the network that anybody knows would only be repeated.
        meant.passing = isinstance(error, httpx.TransportError)
        raise meant from error


def _strip(error: Exception, call: Call[Any], server: str) -> None:
    """The request stays reachable from the exception, and must not carry a token, key or address there."""
    if isinstance(error, httpx.RequestError):
        error.request = httpx.Request(call.method, server + call.path)


def _meaning(error: Exception) -> tuple[type[NotSentError | OutcomeUnknownError], str]:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.UnsupportedProtocol():
            return NotSentError, "no connection to {server}"
        case httpx.ProxyError():
            return NotSentError, "the proxy refused to reach {server}"
        case httpx.TimeoutException():
            return OutcomeUnknownError, "no answer from {server} in time"
        case _:
            return OutcomeUnknownError, "the answer of {server} was lost"


def told(error: Exception) -> str:
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


def _headers(response: httpx.Response) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in response.headers.multi_items():
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


class Body:
    """The body of an answer, as it comes in."""

    def __init__(self, call: Call[Any], response: httpx.Response, server: str) -> None:
        self._call = call
        self._server = server
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
        return RawResponse(self._response.status_code, _headers(self._response), b"".join(self._parts))

    @contextmanager
    def reading(self) -> Generator[None]:
        """Tells of a body that is not encoded as its header says."""
        try:
            yield
        except httpx.DecodingError as error:
            _strip(error, self._call, self._server)
            raise self._refused(told(error)) from error

    def _refused(self, problem: str) -> InvalidResponseError:
        return InvalidResponseError(
            f"the answer is not what the contract says: {problem}",
            method=self._call.method,
            path=self._call.path,
            status_code=self._response.status_code,
            request_id=self._response.headers.get("X-Request-Id"),
        )
