# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_envelope import ErrorEnvelope
from ...models.topup_order import TopupOrder
from ...models.topup_status import TopupStatus
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    page: int | Unset = UNSET,
    per_page: int | Unset = UNSET,
    status: TopupStatus | Unset = UNSET,
    product_id: int | Unset = UNSET,
    country: str | Unset = UNSET,
    client_reference: str | Unset = UNSET,
    x_request_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_request_id, Unset):
        headers["X-Request-Id"] = x_request_id

    params: dict[str, Any] = {}

    params["page"] = page

    params["per_page"] = per_page

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["product_id"] = product_id

    params["country"] = country

    params["client_reference"] = client_reference

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/v1/topups/orders",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | list[TopupOrder] | None:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = TopupOrder.from_dict(response_200_item_data)

            response_200.append(response_200_item)

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
) -> Response[ErrorEnvelope | list[TopupOrder]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    page: int | Unset = UNSET,
    per_page: int | Unset = UNSET,
    status: TopupStatus | Unset = UNSET,
    product_id: int | Unset = UNSET,
    country: str | Unset = UNSET,
    client_reference: str | Unset = UNSET,
    x_request_id: str | Unset = UNSET,
) -> Response[ErrorEnvelope | list[TopupOrder]]:
    """List topup orders

     Return one page of the account's topup orders, newest first. The list shows the stored status of
    each order; only `getTopupOrder` refreshes it. Paging information is in the response headers, never
    in the body. Orders move between pages while new orders are created.

    Args:
        page (int | Unset):
        per_page (int | Unset):
        status (TopupStatus | Unset): Statuses accepted by the list filter. The meaning of
            `RECHARGED`, and whether it is final, is not documented.
        product_id (int | Unset):
        country (str | Unset):
        client_reference (str | Unset):
        x_request_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | list[TopupOrder]]
    """

    kwargs = _get_kwargs(
        page=page,
        per_page=per_page,
        status=status,
        product_id=product_id,
        country=country,
        client_reference=client_reference,
        x_request_id=x_request_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    page: int | Unset = UNSET,
    per_page: int | Unset = UNSET,
    status: TopupStatus | Unset = UNSET,
    product_id: int | Unset = UNSET,
    country: str | Unset = UNSET,
    client_reference: str | Unset = UNSET,
    x_request_id: str | Unset = UNSET,
) -> ErrorEnvelope | list[TopupOrder] | None:
    """List topup orders

     Return one page of the account's topup orders, newest first. The list shows the stored status of
    each order; only `getTopupOrder` refreshes it. Paging information is in the response headers, never
    in the body. Orders move between pages while new orders are created.

    Args:
        page (int | Unset):
        per_page (int | Unset):
        status (TopupStatus | Unset): Statuses accepted by the list filter. The meaning of
            `RECHARGED`, and whether it is final, is not documented.
        product_id (int | Unset):
        country (str | Unset):
        client_reference (str | Unset):
        x_request_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | list[TopupOrder]
    """

    return sync_detailed(
        client=client,
        page=page,
        per_page=per_page,
        status=status,
        product_id=product_id,
        country=country,
        client_reference=client_reference,
        x_request_id=x_request_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    page: int | Unset = UNSET,
    per_page: int | Unset = UNSET,
    status: TopupStatus | Unset = UNSET,
    product_id: int | Unset = UNSET,
    country: str | Unset = UNSET,
    client_reference: str | Unset = UNSET,
    x_request_id: str | Unset = UNSET,
) -> Response[ErrorEnvelope | list[TopupOrder]]:
    """List topup orders

     Return one page of the account's topup orders, newest first. The list shows the stored status of
    each order; only `getTopupOrder` refreshes it. Paging information is in the response headers, never
    in the body. Orders move between pages while new orders are created.

    Args:
        page (int | Unset):
        per_page (int | Unset):
        status (TopupStatus | Unset): Statuses accepted by the list filter. The meaning of
            `RECHARGED`, and whether it is final, is not documented.
        product_id (int | Unset):
        country (str | Unset):
        client_reference (str | Unset):
        x_request_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | list[TopupOrder]]
    """

    kwargs = _get_kwargs(
        page=page,
        per_page=per_page,
        status=status,
        product_id=product_id,
        country=country,
        client_reference=client_reference,
        x_request_id=x_request_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    page: int | Unset = UNSET,
    per_page: int | Unset = UNSET,
    status: TopupStatus | Unset = UNSET,
    product_id: int | Unset = UNSET,
    country: str | Unset = UNSET,
    client_reference: str | Unset = UNSET,
    x_request_id: str | Unset = UNSET,
) -> ErrorEnvelope | list[TopupOrder] | None:
    """List topup orders

     Return one page of the account's topup orders, newest first. The list shows the stored status of
    each order; only `getTopupOrder` refreshes it. Paging information is in the response headers, never
    in the body. Orders move between pages while new orders are created.

    Args:
        page (int | Unset):
        per_page (int | Unset):
        status (TopupStatus | Unset): Statuses accepted by the list filter. The meaning of
            `RECHARGED`, and whether it is final, is not documented.
        product_id (int | Unset):
        country (str | Unset):
        client_reference (str | Unset):
        x_request_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | list[TopupOrder]
    """

    return (
        await asyncio_detailed(
            client=client,
            page=page,
            per_page=per_page,
            status=status,
            product_id=product_id,
            country=country,
            client_reference=client_reference,
            x_request_id=x_request_id,
        )
    ).parsed
