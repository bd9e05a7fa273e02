# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.charges import Charges
from ...models.error_envelope import ErrorEnvelope
from ...models.topup_purchase import TopupPurchase
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: TopupPurchase,
    x_request_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_request_id, Unset):
        headers["X-Request-Id"] = x_request_id

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/topups/charges",
    }

    _kwargs["content"] = body.to_json(private=True)

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Charges | ErrorEnvelope | None:
    if response.status_code == 200:
        response_200 = Charges.from_dict(response.json())

        return response_200

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
) -> Response[Charges | ErrorEnvelope]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TopupPurchase,
    x_request_id: str | Unset = UNSET,
) -> Response[Charges | ErrorEnvelope]:
    """Price a topup order

     Return what an order of this amount would cost. The page of the documentation was cut before the
    response: its fields are inferred from other pages, so all of them are optional. Rate limit: 120
    requests per minute in production, 300 in the sandbox (page best-practices/rate-limits).

    Args:
        x_request_id (str | Unset):
        body (TopupPurchase): What to price.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Charges | ErrorEnvelope]
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
    body: TopupPurchase,
    x_request_id: str | Unset = UNSET,
) -> Charges | ErrorEnvelope | None:
    """Price a topup order

     Return what an order of this amount would cost. The page of the documentation was cut before the
    response: its fields are inferred from other pages, so all of them are optional. Rate limit: 120
    requests per minute in production, 300 in the sandbox (page best-practices/rate-limits).

    Args:
        x_request_id (str | Unset):
        body (TopupPurchase): What to price.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Charges | ErrorEnvelope
    """

    return sync_detailed(
        client=client,
        body=body,
        x_request_id=x_request_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TopupPurchase,
    x_request_id: str | Unset = UNSET,
) -> Response[Charges | ErrorEnvelope]:
    """Price a topup order

     Return what an order of this amount would cost. The page of the documentation was cut before the
    response: its fields are inferred from other pages, so all of them are optional. Rate limit: 120
    requests per minute in production, 300 in the sandbox (page best-practices/rate-limits).

    Args:
        x_request_id (str | Unset):
        body (TopupPurchase): What to price.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Charges | ErrorEnvelope]
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
    body: TopupPurchase,
    x_request_id: str | Unset = UNSET,
) -> Charges | ErrorEnvelope | None:
    """Price a topup order

     Return what an order of this amount would cost. The page of the documentation was cut before the
    response: its fields are inferred from other pages, so all of them are optional. Rate limit: 120
    requests per minute in production, 300 in the sandbox (page best-practices/rate-limits).

    Args:
        x_request_id (str | Unset):
        body (TopupPurchase): What to price.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Charges | ErrorEnvelope
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_request_id=x_request_id,
        )
    ).parsed
