# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_envelope import ErrorEnvelope
from ...models.new_topup_order import NewTopupOrder
from ...models.topup_order import TopupOrder
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewTopupOrder,
    x_request_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_request_id, Unset):
        headers["X-Request-Id"] = x_request_id

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/topups/orders",
    }

    _kwargs["content"] = body.to_json(private=True)

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | TopupOrder | None:
    if response.status_code == 200:
        response_200 = TopupOrder.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = TopupOrder.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = ErrorEnvelope.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorEnvelope.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorEnvelope.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ErrorEnvelope.from_dict(response.json())

        return response_404

    if response.status_code == 429:
        response_429 = ErrorEnvelope.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = ErrorEnvelope.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorEnvelope | TopupOrder]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: NewTopupOrder,
    x_request_id: str | Unset = UNSET,
) -> Response[ErrorEnvelope | TopupOrder]:
    """Place a topup order

     Create an order. The server debits the wallet at once, and fulfils the order later: seconds are
    usual. A second request with the same `client_reference` is refused with the message `Duplicate
    client_reference`; the first response is not repeated, so list the orders with this reference to
    find it. Send a reference, because an order without one cannot be retried safely. The page was cut
    within its parameters; whether a voucher code can pay, as its introduction says, and under which
    name, was not seen. Rate limit: 60 requests per minute in production, 120 in the sandbox (page best-
    practices/rate-limits).

    Args:
        x_request_id (str | Unset):
        body (NewTopupOrder): A topup order to place.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | TopupOrder]
    """

    kwargs = _get_kwargs(
        body=body,
        x_request_id=x_request_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: NewTopupOrder,
    x_request_id: str | Unset = UNSET,
) -> ErrorEnvelope | TopupOrder | None:
    """Place a topup order

     Create an order. The server debits the wallet at once, and fulfils the order later: seconds are
    usual. A second request with the same `client_reference` is refused with the message `Duplicate
    client_reference`; the first response is not repeated, so list the orders with this reference to
    find it. Send a reference, because an order without one cannot be retried safely. The page was cut
    within its parameters; whether a voucher code can pay, as its introduction says, and under which
    name, was not seen. Rate limit: 60 requests per minute in production, 120 in the sandbox (page best-
    practices/rate-limits).

    Args:
        x_request_id (str | Unset):
        body (NewTopupOrder): A topup order to place.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | TopupOrder
    """

    return sync_detailed(
        client=client,
        body=body,
        x_request_id=x_request_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: NewTopupOrder,
    x_request_id: str | Unset = UNSET,
) -> Response[ErrorEnvelope | TopupOrder]:
    """Place a topup order

     Create an order. The server debits the wallet at once, and fulfils the order later: seconds are
    usual. A second request with the same `client_reference` is refused with the message `Duplicate
    client_reference`; the first response is not repeated, so list the orders with this reference to
    find it. Send a reference, because an order without one cannot be retried safely. The page was cut
    within its parameters; whether a voucher code can pay, as its introduction says, and under which
    name, was not seen. Rate limit: 60 requests per minute in production, 120 in the sandbox (page best-
    practices/rate-limits).

    Args:
        x_request_id (str | Unset):
        body (NewTopupOrder): A topup order to place.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | TopupOrder]
    """

    kwargs = _get_kwargs(
        body=body,
        x_request_id=x_request_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: NewTopupOrder,
    x_request_id: str | Unset = UNSET,
) -> ErrorEnvelope | TopupOrder | None:
    """Place a topup order

     Create an order. The server debits the wallet at once, and fulfils the order later: seconds are
    usual. A second request with the same `client_reference` is refused with the message `Duplicate
    client_reference`; the first response is not repeated, so list the orders with this reference to
    find it. Send a reference, because an order without one cannot be retried safely. The page was cut
    within its parameters; whether a voucher code can pay, as its introduction says, and under which
    name, was not seen. Rate limit: 60 requests per minute in production, 120 in the sandbox (page best-
    practices/rate-limits).

    Args:
        x_request_id (str | Unset):
        body (NewTopupOrder): A topup order to place.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | TopupOrder
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_request_id=x_request_id,
        )
    ).parsed
