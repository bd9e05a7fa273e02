"""The operations of the contract as calls, by the two pure functions of each generated endpoint module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, partial
from typing import Any, Generic, Protocol, TypeVar, cast, get_args, get_origin

from msgspec import MsgspecError, Struct, convert
from msgspec.json import Decoder
from msgspec.structs import force_setattr, replace

from octopus_cards._base.responses import RawResponse
from octopus_cards._engine.effects import Private
from octopus_cards_api.api.authentication import login as _login
from octopus_cards_api.api.authentication import logout as _logout
from octopus_cards_api.api.authentication import refresh_tokens as _refresh_tokens
from octopus_cards_api.api.topup_orders import (
    get_topup_order,
    list_topup_orders,
    set_topup_order_notification_email,
)
from octopus_cards_api.client import Client
from octopus_cards_api.models import (
    ErrorDetail,
    ErrorEnvelope,
    Login,
    LogoutAnswer,
    NotificationEmail,
    NotificationEmailConfirmation,
    Refresh,
    TokenAnswer,
    TopupOrder,
    TopupStatus,
)
from octopus_cards_api.types import UNSET

__all__ = [
    "Call",
    "NotificationEmailConfirmation",
    "TokenAnswer",
    "TopupOrder",
    "TopupStatus",
    "error_detail",
    "get_order",
    "list_orders",
    "login",
    "logout",
    "refresh_tokens",
    "set_notification_email",
]

# The generator gives its enums no docstring.
TopupStatus.__doc__ = "The statuses that the list can be filtered by, each equal to its plain string."

T_co = TypeVar("T_co", covariant=True)


class _Endpoint(Protocol[T_co]):
    """The two pure functions of a generated endpoint module."""

    @property
    def _get_kwargs(self) -> Callable[..., dict[str, Any]]: ...

    @property
    def _parse_response(self) -> Callable[..., T_co | ErrorEnvelope | None]: ...


class Call(Private, Generic[T_co], frozen=True):
    """One request of the contract and how to read its success.

    Attributes:
        request: What the generated endpoint makes of the arguments: query, headers and body.
        read: What the answer to it holds; raises TypeError or ValueError where that is not what the contract says.
        repeatable: Whether sending it twice does no more than sending it once.
        secrets: What in its body no text may show; the answer to such a call is private, too.
    """

    method: str
    path: str
    request: Mapping[str, Any]
    read: Callable[[RawResponse], T_co]
    repeatable: bool
    secrets: tuple[str, ...] = ()


class _Success(Struct, frozen=True):
    """As much of a response as a generated parser looks at.

    Every 2xx is read as the 200 of the contract: the documentation does not name the status of reads.
    """

    decoded: Any
    status_code: int = 200

    def json(self) -> Any:
        return self.decoded


_UNUSED_CLIENT = Client(base_url="")
_JSON = Decoder(float_hook=Decimal)
# Where a generated model keeps the fields that it does not know.
_KEPT = "_additional_properties"


@cache
def _decoder(kind: Any) -> Decoder[Any]:
    # What msgspec does not know by itself, an object without declared fields, makes itself from a dict.
    return Decoder(kind, dec_hook=_from_dict, float_hook=Decimal)


def _from_dict(kind: Any, value: Any) -> Any:
    return kind.from_dict(value)


def _read(endpoint: _Endpoint[T_co], kind: Any, answer: RawResponse) -> T_co:
    """What an answer holds, by the quickest way that goes; where something is amiss, the last one names it."""
    for way in (_at_once, _but_for_new_fields):
        try:
            return cast("T_co", way(kind, answer.content))
        except (MsgspecError, TypeError, ValueError, ArithmeticError, RecursionError):
            pass
    return _parse(endpoint, get_origin(kind) or dict, answer.json())


def _at_once(kind: Any, content: bytes) -> Any:
    return _decoder(kind).decode(content)


def _but_for_new_fields(kind: Any, content: bytes) -> Any:
    """Puts the fields aside that nobody knows yet, and reads the rest at once."""
    decoded, many = _JSON.decode(content), get_origin(kind) is list
    model: Any = get_args(kind)[0] if many else kind
    rows = decoded if many else [decoded]
    if any(row.__class__ is not dict for row in rows):
        raise TypeError("objects expected")
    new = set[str]().union(*rows).difference(name for name in model.__struct_encode_fields__ if name != _KEPT)
    kept = [_put_aside(new, row) for row in rows]
    read: Any = convert(decoded, kind, dec_hook=_from_dict)
    for one, fields in zip(read if many else [read], kept, strict=True):
        if fields:
            force_setattr(one, _KEPT, type(getattr(one, _KEPT))(fields))
    return read


def _put_aside(new: set[str], row: dict[str, Any]) -> dict[str, Any]:
    """The new fields of an object, out of it, in the order that they came in."""
    names = new if len(new) == 1 else [name for name in row if name in new]
    return {name: row.pop(name) for name in names if name in row}


def _parse(endpoint: _Endpoint[T_co], shape: type, decoded: Any) -> T_co:
    # The generated loop over a list takes an empty object for an empty list.
    if not isinstance(decoded, shape):
        wanted = "an array" if shape is list else "an object"
        raise TypeError(f"{wanted} expected, got {type(decoded).__name__}")
    return cast("T_co", endpoint._parse_response(client=_UNUSED_CLIENT, response=_Success(decoded)))


def _call(endpoint: _Endpoint[T_co], kind: type[T_co], *arguments: Any, repeatable: bool, **options: Any) -> Call[T_co]:
    given = {name: UNSET if value is None else value for name, value in options.items()}
    request = endpoint._get_kwargs(*arguments, **given)
    method, path = request.pop("method").upper(), request.pop("url")
    return Call(method, path, request, partial(_read, endpoint, kind), repeatable)


def list_orders(**parameters: Any) -> Call[list[TopupOrder]]:
    """One page of the list; a parameter that is None is left out."""
    return _call(list_topup_orders, list[TopupOrder], repeatable=True, **parameters)


def get_order(order_id: int) -> Call[TopupOrder]:
    """One order, refreshed by the server."""
    return _call(get_topup_order, TopupOrder, order_id, repeatable=True)


def set_notification_email(order_id: int, email: str) -> Call[NotificationEmailConfirmation]:
    """The e-mail address of one order. The documentation says "attaches (or updates)", so it may be repeated."""
    body, answer = NotificationEmail(email=email), NotificationEmailConfirmation
    return _call(set_topup_order_notification_email, answer, order_id, body=body, repeatable=True)


def login(api_key: str, api_secret: str) -> Call[TokenAnswer]:
    """A pair of tokens for a key. A second login only makes another pair, so it may be repeated."""
    call = _call(_login, TokenAnswer, body=Login(username=api_key, password=api_secret), repeatable=True)
    return replace(call, secrets=(api_secret, api_key))


def refresh_tokens(refresh_token: str) -> Call[TokenAnswer]:
    """The next pair of tokens. It spends the token that it is made with, so it may not be repeated."""
    call = _call(_refresh_tokens, TokenAnswer, body=Refresh(refresh_token=refresh_token), repeatable=False)
    return replace(call, secrets=(refresh_token,))


def logout() -> Call[LogoutAnswer]:
    """The end of all tokens of the account, also of those that others got meanwhile: it may not be repeated."""
    return _call(_logout, LogoutAnswer, repeatable=False)


def error_detail(answer: RawResponse) -> ErrorDetail | None:
    """What the error envelope says; None where the answer does not carry one."""
    try:
        return ErrorEnvelope.from_dict(answer.json()).error
    except (TypeError, ValueError):
        return None
