# Made by `nox -s generate` (openapi-python-client 0.29.1) from spec/openapi.yaml.
# Sealed: edit the contract, never this file.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_envelope import ErrorEnvelope
from ...models.topup_lookup import TopupLookup
from ...models.topup_operator import TopupOperator
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: TopupLookup,
    x_request_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(x_request_id, Unset):
        headers["X-Request-Id"] = x_request_id

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/topups/lookup",
    }

    _kwargs["content"] = body.to_json(private=True)

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorEnvelope | list[TopupOperator] | None:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = TopupOperator.from_dict(response_200_item_data)

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
) -> Response[ErrorEnvelope | list[TopupOperator]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TopupLookup,
    x_request_id: str | Unset = UNSET,
) -> Response[ErrorEnvelope | list[TopupOperator]]:
    """Find the operators of a mobile number

     Return the mobile products of the account that may serve a number, the best guess first. The
    response may be empty. The order takes the same number as `phone_number` in its `input_data`.

    Args:
        x_request_id (str | Unset):
        body (TopupLookup): The mobile number whose operators are wanted.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | list[TopupOperator]]
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
    body: TopupLookup,
    x_request_id: str | Unset = UNSET,
) -> ErrorEnvelope | list[TopupOperator] | None:
    """Find the operators of a mobile number

     Return the mobile products of the account that may serve a number, the best guess first. The
    response may be empty. The order takes the same number as `phone_number` in its `input_data`.

    Args:
        x_request_id (str | Unset):
        body (TopupLookup): The mobile number whose operators are wanted.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | list[TopupOperator]
    """

    return sync_detailed(
        client=client,
        body=body,
        x_request_id=x_request_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: TopupLookup,
    x_request_id: str | Unset = UNSET,
) -> Response[ErrorEnvelope | list[TopupOperator]]:
    """Find the operators of a mobile number

     Return the mobile products of the account that may serve a number, the best guess first. The
    response may be empty. The order takes the same number as `phone_number` in its `input_data`.

    Args:
        x_request_id (str | Unset):
        body (TopupLookup): The mobile number whose operators are wanted.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorEnvelope | list[TopupOperator]]
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
    body: TopupLookup,
    x_request_id: str | Unset = UNSET,
) -> ErrorEnvelope | list[TopupOperator] | None:
    """Find the operators of a mobile number

     Return the mobile products of the account that may serve a number, the best guess first. The
    response may be empty. The order takes the same number as `phone_number` in its `input_data`.

    Args:
        x_request_id (str | Unset):
        body (TopupLookup): The mobile number whose operators are wanted.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorEnvelope | list[TopupOperator]
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            x_request_id=x_request_id,
        )
    ).parsed
