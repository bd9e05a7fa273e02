"""What the HTTP library finds amiss, as our exceptions."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from octopus_cards._exceptions import NotSentError, OctopusCardsError, OutcomeUnknownError
from octopus_cards._wire._calls import Call


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
        # The request stays reachable from the exception, and must not carry the token there.
        with suppress(RuntimeError):  # it may have none
            error.request.headers.pop("Authorization", None)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


@contextmanager
def set_up() -> Generator[None]:
    """What the HTTP library finds amiss in base URL or environment is a bad setting of the caller's."""
    try:
        yield
    except Exception as error:
        where = "look at base_url, SSL_CERT_FILE, SSL_CERT_DIR and the proxy variables of the environment"
        raise ValueError(f"connections cannot be set up: {told(error)} ({where})") from error
