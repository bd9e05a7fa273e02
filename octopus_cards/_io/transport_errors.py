"""Errors of the HTTP library become exceptions of this package, and bodies are read within bounds."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx

from octopus_cards._base.exceptions import InvalidResponseError, NotSentError, OctopusCardsError, OutcomeUnknownError
from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.operation import Call
from octopus_cards._engine.outcomes import invalid_response

# A hundred times the largest page that was seen; a body without an end is no response.
MAX_BODY_SIZE = 64 * 2**20


@contextmanager
def map_transport_errors(call: Call[Any], server: str) -> Generator[None]:
    """Raise every exception of the HTTP library as one of ours."""
    try:
        yield
    except OctopusCardsError:
        raise
    except Exception as error:
        _scrub_request(error, call, server)
        kind, problem = _classify(error)
        text = f"{problem.format(server=server)}: {describe_exception(error)}"
        mapped = kind(text, method=call.method, path=call.path)
        # An exception that is no error of the network would only occur again.
        mapped.retryable = isinstance(error, httpx.TransportError)
        raise mapped from error


def _scrub_request(error: Exception, call: Call[Any], server: str) -> None:
    """Replace the request that the exception refers to, which carries a token, a key or an address."""
    if isinstance(error, httpx.RequestError):
        error.request = httpx.Request(call.method, server + call.path)


def _classify(error: Exception) -> tuple[type[NotSentError | OutcomeUnknownError], str]:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.UnsupportedProtocol():
            return NotSentError, "no connection to {server}"
        case httpx.ProxyError():
            return NotSentError, "the proxy refused to connect to {server}"
        case httpx.TimeoutException():
            return OutcomeUnknownError, "no response from {server} in time"
        case _:
            return OutcomeUnknownError, "the response of {server} was lost"


def describe_exception(error: Exception) -> str:
    """Describe an exception by its type and text."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def permanent_error(problem: str, call: Call[Any]) -> NotSentError:
    """Return the exception for a call that is not sent and that no retry can help."""
    error = NotSentError(problem, method=call.method, path=call.path)
    error.retryable = False
    return error


@contextmanager
def map_config_errors(call: Call[Any] | None = None) -> Generator[None]:
    """Raise what the HTTP library finds wrong in base URL or environment as ValueError, or as the error of a call."""
    try:
        yield
    except Exception as error:
        where = "check base_url, SSL_CERT_FILE, SSL_CERT_DIR and the proxy variables of the environment"
        problem = f"connections cannot be set up: {describe_exception(error)} ({where})"
        raise (ValueError(problem) if call is None else permanent_error(problem, call)) from error


def _headers(response: httpx.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in response.headers.multi_items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


class ResponseReader:
    """Collects the body of a response within bounds."""

    def __init__(self, call: Call[Any], response: httpx.Response, server: str) -> None:
        self._call = call
        self._server = server
        self._response = response
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, part: bytes) -> None:
        """Take the next part of the body."""
        self._parts.append(part)
        self._size += len(part)
        if self._size > MAX_BODY_SIZE:
            raise self._invalid(f"the body is larger than {MAX_BODY_SIZE >> 20} MiB")

    def finish(self) -> RawResponse:
        """Return the complete response."""
        return RawResponse(self._response.status_code, _headers(self._response), b"".join(self._parts))

    @contextmanager
    def decoding(self) -> Generator[None]:
        """Report a body that is not encoded as its header says."""
        try:
            yield
        except httpx.DecodingError as error:
            _scrub_request(error, self._call, self._server)
            raise self._invalid(describe_exception(error)) from error

    def _invalid(self, problem: str) -> InvalidResponseError:
        response = RawResponse(self._response.status_code, _headers(self._response), b"")
        return invalid_response(self._call, response, problem, response.request_id)
