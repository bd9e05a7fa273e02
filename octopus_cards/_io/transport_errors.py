"""Errors of the HTTP library become exceptions of this package."""

from __future__ import annotations

import re
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx

from octopus_cards._base.exceptions import NotSentError, OctopusCardsError, OutcomeUnknownError
from octopus_cards._engine.operation import Call

_STATUS = re.compile(r"\d{3}\b")


def map_transport_error(error: Exception, call: Call[Any], server: str, *, was_sent: bool | None) -> Exception:
    """Return the exception of this package for one of the HTTP library; its cause shows nothing private.

    Raise it outside the `except` block, so that the original error does not become its context.

    Args:
        error: What the HTTP library raised.
        call: The call that failed.
        server: The base URL.
        was_sent: Whether a byte of the request may have reached the server; None if only the error can say that.
    """
    if isinstance(error, OctopusCardsError):
        return error
    kind, problem = _classify(error)
    if was_sent is not None:
        kind = OutcomeUnknownError if was_sent else NotSentError
    if was_sent is False and problem.startswith("the response"):
        problem = "no connection to {server}"
    mapped = kind(f"{problem.format(server=server)}: {describe_exception(error)}", method=call.method, path=call.path)
    # An exception that is no error of the network would only occur again, and so would a certificate's.
    mapped.retryable = isinstance(error, httpx.TransportError) and not _is_certificate_error(error)
    mapped.__cause__ = _without_private_text(error, call, server)
    return mapped


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


def _is_certificate_error(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _without_private_text(error: Exception, call: Call[Any], server: str) -> Exception:
    """Return an error whose request has no token, and whose text has no bytes from the wire."""
    if isinstance(error, httpx.RequestError):
        if _quotes_the_wire(error):
            error = type(error)(_wire_text(error))
        error.request = httpx.Request(call.method, server + call.path)
    return error


def _quotes_the_wire(error: Exception) -> bool:
    return isinstance(error, httpx.ProtocolError | httpx.ProxyError | httpx.DecodingError)


def _wire_text(error: Exception) -> str:
    """Return the text of an error that may quote received bytes: only the status of a proxy's response is kept."""
    status = _STATUS.match(str(error)) if isinstance(error, httpx.ProxyError) else None
    return status[0] if status else ""


def describe_exception(error: Exception) -> str:
    """Describe an exception by its type and text; bytes from the wire and settings are left out."""
    if isinstance(error, httpx.InvalidURL):
        return type(error).__name__
    text = _wire_text(error) if _quotes_the_wire(error) else str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


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
        raised: Exception = ValueError(problem) if call is None else permanent_error(problem, call)
        # The text of an invalid URL may hold a password.
        raise raised from (None if isinstance(error, httpx.InvalidURL) else error)
